"""The buttons of licences, shippers, stops and ways: each proposes, nothing holds until a second person signs."""

import pytest

from irt.tables.network import ImportLicence, PlanWay, Shipper
from irt.tables.supply import SupplyStop
from tests.web.blinded.test_network import approves, at, manager
from tests.web.parcels import house_of
from tests.web.world import World

LICENCE = {
    "country": "GB",
    "number": "GB-7/26",
    "valid_from": "2026-01-01",
    "valid_until": "2027-01-31",
    "kits_PEN": "500",
    "reason": "Granted",
}


def test_a_licence_is_proposed_and_approved(world: World) -> None:
    """Its days and its quantity are read before the signature; then it stands in the list with what was used."""
    browser, page = manager(world), at(world, "supply", "licence")
    browser.get(page)
    browser.press(page, **LICENCE)
    assert "Import licence GB-7/26 of GB" in browser.text.replace("Change of import", "Import")
    assert house_of(world).rows(ImportLicence) == []
    second = approves(world)
    (row,) = house_of(world).rows(ImportLicence)
    assert (row["number"], row["kits"]) == ("GB-7/26", {"PEN": 500})
    second.get(at(world, "supply"))
    assert "of 500 kits used" in second.text


def test_a_shipper_is_proposed_and_named_by_a_lane(world: World) -> None:
    """Hours by storage class; the form of a lane then offers it."""
    browser, page = manager(world), at(world, "supply", "shipper")
    browser.get(page)
    browser.press(page, code="CB72", name="Cold box", reason="Qualified", **{"hold_2-8C": "72"})
    approves(world)
    (row,) = house_of(world).rows(Shipper)
    assert row["hold_hours"] == {"2-8C": 72}
    assert "Cold box" in browser.get(f"{at(world, 'lanes', 'change')}?origin=NLD&target=GB").text


def test_supply_to_a_country_stops_and_goes_on(world: World) -> None:
    """A day, or the end of an earlier stop; the list tells what was agreed last."""
    browser, page = manager(world), at(world, "supply", "stop")
    browser.get(page)
    browser.press(page, country="GB", stops_on="2027-01-31", reason="Enrolment ended")
    second = approves(world)
    assert "31 Jan 2027" in second.get(at(world, "supply")).text
    browser.get(page)
    browser.press(page, country="GB", goes_on="yes", reason="Extended")
    approves(world)
    assert [row["stops_on"] is None for row in house_of(world).rows(SupplyStop)] == [False, True]
    assert "Supply goes on" in browser.get(at(world, "supply")).text


COURIER = {
    "code": "COURIER",
    "origin": "NLD",
    "target": "GB",
    "lead_time_days": "1",
    "on_sat": "yes",
    "consignment": "900.50",
    "reason": "Contracted",
}


def test_a_further_way_is_proposed_priced_and_closed(world: World) -> None:
    """Weekdays are ticked, amounts have a point; what is left empty is as for every other one."""
    browser, page = manager(world), at(world, "supply", "way")
    browser.get(page)
    browser.press(page, **COURIER)
    assert "way COURIER to GB" in browser.text
    second = approves(world)
    (row,) = house_of(world).rows(PlanWay)
    assert (row["way"]["consignment_cents"], row["way"]["travel_cents"], row["open"]) == (90_050, None, True)
    assert row["way"]["dispatch_days"] == ["mon", "tue", "wed", "thu", "fri", "sat"]
    assert "Consignment 900.50" in second.get(at(world, "supply")).text
    browser.get(page)
    browser.press(page, **COURIER, closed="yes")
    approves(world)
    assert "Closed" in browser.get(at(world, "supply")).text


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("licence", {**LICENCE, "valid_until": "2025-01-01"}, "ends before it begins"),
        ("licence", {**LICENCE, "kits_PEN": "many"}, "not a whole number"),
        ("shipper", {"code": "CB", "name": "Box", "reason": "x"}, "hold hours"),
        ("way", {**COURIER, "consignment": "12,5"}, "is not written as 120"),
        ("way", {**COURIER, "target": "XX"}, "no country, depot or site"),
        ("stop", {"country": "GB", "reason": "x"}, "Say from which day"),
        ("stop", {"stops_on": "2027-01-31", "reason": "x"}, "one country or one site"),
        ("stop", {"country": "GB", "stops_on": "2027-01-31", "reason": " "}, "reason is missing"),
    ],
)
def test_what_cannot_be_is_said_and_stays_typed(world: World, kind: str, typed: dict[str, str], said: str) -> None:
    """Nothing is proposed."""
    browser, page = manager(world), at(world, "supply", kind)
    browser.get(page)
    answer = browser.press(page, **typed)
    assert (answer.status_code, said in answer.text) == (400, True)
    assert browser.get(at(world, "supply", "nothing")).status_code == 404


def test_only_supply_reads_it(world: World) -> None:
    """Not a pharmacist."""
    assert world.signed_in("pharmacist.0").get(at(world, "supply")).status_code == 403
