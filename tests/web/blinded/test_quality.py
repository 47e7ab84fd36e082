"""The button Sign the decision: kits set apart are let go or rejected, one or many."""

import re

import pytest

from irt.blinding.roles import Role
from irt.services.quarantine_kits import QuarantineKits, quarantine_kits
from irt.services.receive_shipment import ReceiveShipment, Temperature, receive_shipment
from irt.services.report_kit import Report, ReportKit, report_kit
from irt.tables.kit import Kit
from irt.tables.record import Signature
from irt.tables.shipment import Excursion
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.parcels import house_of, kits_of, parcel
from tests.web.world import World

DECIDE = "/quality/decide"


def _set_apart(world: World, how_many: int) -> list[str]:
    house = house_of(world)
    site_id = world.sites[0][1]
    kits = [row["number"] for row in house.rows(Kit, custody="site", place_id=site_id)][:how_many]
    ask = QuarantineKits(study_id=world.study_id, kits=kits, reason="Fridge stood open")
    house.do(Role.PHARMACIST, quarantine_kits, ask)
    return sorted(kits)


def _qualities(world: World, kits: list[str]) -> list[str]:
    return [house_of(world).rows(Kit, number=kit)[0]["quality"] for kit in kits]


def _opened(world: World, kits: list[str]) -> Browser:
    browser = world.signed_in("quality.all")
    browser.get(f"{DECIDE}?study={world.study_id}&" + "&".join(f"kit={kit}" for kit in kits))
    return browser


def test_quality_lands_on_what_waits(world: World) -> None:
    """Kits set apart with place and reason, damaged ones beside them; no kit type anywhere."""
    (kit,) = _set_apart(world, 1)
    house, site = house_of(world), world.sites[0]
    other = next(row["number"] for row in house.rows(Kit, custody="site", place_id=site[1]) if row["number"] != kit)
    ask = ReportKit(study_id=world.study_id, site=site[0], kit=other, report=Report.DAMAGED, reason="Dropped")
    world.office.does(world.office.account("pharmacist.0"), report_kit, ask)
    browser = world.signed_in("quality.all")
    page = browser.get("/").text
    assert browser.path == "/quality"
    assert all(words in page for words in (kit, f"Site {site[0]}", "Fridge stood open", other, "Dropped"))
    assert not re.search(r"PEN-[AP]", page)


def test_many_kits_are_decided_with_one_signature(world: World) -> None:
    """Accepted here; the list is empty afterwards."""
    kits = _set_apart(world, 3)
    browser = _opened(world, kits)
    browser.press(DECIDE, decision_on_kits="accept", reason="Within the stability data", password=PASSWORD)
    assert "The decision is booked" in browser.text
    assert "No kit waits" in browser.text
    assert _qualities(world, kits) == ["released"] * 3
    assert len(house_of(world).rows(Signature, meaning="I decide the quality of these kits")) == 1


def test_one_kit_is_rejected_for_ever(world: World) -> None:
    """A second decision on it is refused in words."""
    one, other = _set_apart(world, 2)
    browser = _opened(world, [one])
    fields = {**browser.form(DECIDE).fields, "reason": "Too warm", "password": PASSWORD}
    browser.send(DECIDE, {**fields, "decision_on_kits": "reject"})
    assert _qualities(world, [one, other]) == ["rejected", "quarantined"]
    again = browser.send(DECIDE, {**fields, "decision_on_kits": "accept", "command_key": "another-key"})
    assert again.status_code == 409
    assert "None of these kits waits" in again.text


@pytest.mark.parametrize(
    ("typed", "words", "status"),
    [
        ({"decision_on_kits": ""}, "The decision is missing", 400),
        ({"reason": " "}, "The reason is missing", 400),
        ({"password": "a guess"}, "Nothing was signed", 403),
        ({"kits": ""}, "Name each kit once", 400),
    ],
)
def test_a_decision_is_refused_in_words(world: World, typed: dict[str, str], words: str, status: int) -> None:
    """What was typed stays, but for the password."""
    kits = _set_apart(world, 1)
    browser = _opened(world, kits)
    whole = {"decision_on_kits": "reject", "reason": "Too warm", "password": PASSWORD}
    answer = browser.press(DECIDE, **{**whole, **typed})
    assert answer.status_code == status
    assert words in answer.text
    assert PASSWORD not in answer.text
    assert _qualities(world, kits) == ["quarantined"]


def test_an_excursion_is_decided_with_its_kits(world: World) -> None:
    """All kits of the alarmed parcel at once, and the excursion with them."""
    number = parcel(world)
    kits, house = kits_of(world, number), house_of(world)
    ask = ReceiveShipment(study_id=world.study_id, number=number, received=kits, temperature=Temperature.ALARM)
    house.do(Role.PHARMACIST, receive_shipment, ask)
    browser = world.signed_in("quality.all")
    assert "X-0001" in browser.get("/quality").text
    browser.get(f"{DECIDE}?study={world.study_id}&excursion=X-0001")
    browser.press(DECIDE, decision_on_kits="reject", reason="Two days at 25 °C", password=PASSWORD)
    assert set(_qualities(world, kits)) == {"rejected"}
    assert house.rows(Excursion)[0]["status"] == "rejected"
    assert "X-0001" not in browser.text


@pytest.mark.parametrize("person", ["pharmacist.0", "supply_manager.all"])
def test_nobody_else_decides(world: World, person: str) -> None:
    """403 for the pages and the button."""
    browser = world.signed_in(person)
    assert browser.get(f"{DECIDE}?study={world.study_id}").status_code == 403
    fields = {**browser.form("/sign-out").fields, "command_key": "k", "study": str(world.study_id)}
    assert browser.send(DECIDE, fields).status_code in (400, 403)
    assert browser.get("/quality").status_code in (403,)
