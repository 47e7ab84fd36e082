"""A blind count: what is on the shelf decides, and every difference has its reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.services.count_stock import CountStock, DifferencesUnexplained, StockCounted, count_stock
from irt.services.report_kit import Report, ReportKit, report_kit
from irt.tables.kit import Kit, StockCount
from tests.builders_supply import SupplyHouse, a_house, with_stocked_sites


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study with sixty kits at each of two sites."""
    with a_house(with_stocked_sites, tmp_path) as made:
        yield made


def places(house: SupplyHouse) -> list[tuple[str, int]]:
    """The two sites' numbers and ids."""
    return [(row["number"], row["id"]) for row in house.active_sites()]


def at(house: SupplyHouse, site_id: int) -> list[str]:
    """Numbers the record has at a site."""
    return [row["number"] for row in house.rows(Kit, custody="site", place_id=site_id)]


def count(house: SupplyHouse, scanned: list[str], **reasons: str) -> StockCounted:
    """A count at the first site; reasons by kit number, after a k."""
    given = {number.removeprefix("k"): reason for number, reason in reasons.items()}
    ask = CountStock(study_id=house.study_id, site=places(house)[0][0], scanned=scanned, reasons=given)
    return house.do(Role.PHARMACIST, count_stock, ask)


def state(house: SupplyHouse, number: str) -> tuple[str, int | None, str]:
    """Custody, place and quality of a kit."""
    (row,) = house.rows(Kit, number=number)
    return row["custody"], row["place_id"], row["quality"]


def test_a_count_that_agrees(house: SupplyHouse) -> None:
    """Everything matched, nothing moved."""
    (_, site), _ = places(house)
    done = count(house, at(house, site))
    assert (done.matched, done.differences) == (60, [])
    assert len(house.rows(StockCount)) == 1


def test_differences_need_reasons(house: SupplyHouse) -> None:
    """Without reasons the differences are named and nothing is booked."""
    (_, site), _ = places(house)
    gone, *rest = at(house, site)
    with pytest.raises(DifferencesUnexplained, match=rf"{gone} \(not found\)"):
        count(house, rest)
    assert state(house, gone) == ("site", site, "released")
    assert house.rows(StockCount) == []


def test_the_shelf_decides(house: SupplyHouse) -> None:
    """A kit not found is missing; one of another site is here now, in quarantine; a strange number is noted."""
    (_, site), (_, other) = places(house)
    gone, *rest = at(house, site)
    stray = at(house, other)[0]
    done = count(house, [*rest, stray, "0"], **{f"k{gone}": "Shelf empty", f"k{stray}": "Wrong bag", "k0": "A pen"})
    assert done.matched == 59
    assert {d["number"]: d["difference"] for d in done.differences} == {
        gone: "not_found",
        stray: "from_elsewhere",
        "0": "unknown_number",
    }
    assert state(house, gone) == ("unknown", None, "released")
    assert state(house, stray) == ("site", site, "quarantined")


def test_a_missing_kit_is_found_again(house: SupplyHouse) -> None:
    """Missing last month, on the shelf today: in quarantine until somebody decides."""
    (number, site), _ = places(house)
    lost, *rest = at(house, site)
    ask = ReportKit(study_id=house.study_id, site=number, kit=lost, report=Report.MISSING, reason="Not there")
    house.do(Role.PHARMACIST, report_kit, ask)
    assert state(house, lost) == ("unknown", None, "released")
    done = count(house, [lost, *rest], **{f"k{lost}": "Behind the fridge"})
    assert done.differences[0]["difference"] == "found_again"
    assert state(house, lost) == ("site", site, "quarantined")


def test_a_parcel_not_yet_received_is_only_noted(house: SupplyHouse) -> None:
    """Its kits are received by the receipt, with the word of the monitor."""
    (_, site), _ = places(house)
    shelf = at(house, site)
    parcel = house.move_to_parcel(shelf[0])
    done = count(house, shelf, **{f"k{shelf[0]}": "In the box"})
    assert done.differences[0]["difference"] == "not_received"
    assert state(house, shelf[0]) == ("shipment", parcel, "released")


def test_what_is_refused(house: SupplyHouse) -> None:
    """A number scanned twice; a monitor's count."""
    number = places(house)[0][0]
    ask = CountStock(study_id=house.study_id, site=number, scanned=["1", "1"])
    with pytest.raises(BadInput):
        house.do(Role.PHARMACIST, count_stock, ask)
    with pytest.raises(NotAllowed):
        house.do(Role.MONITOR, count_stock, ask)
