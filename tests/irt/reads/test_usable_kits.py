"""Kits counted by what is in them are those that a look at every single kit finds, on both databases."""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from irt.errors import IntegrityFault
from irt.reads.unblinded_depots import depot_stock
from irt.reads.usable_kits import Shelves, usable_by
from irt.services.store import Store
from irt.states.kit import Custody
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.secret import KitContent, ManufacturingLot
from irt.tables.study import Depot
from tests.builders_supply import SupplyHouse, a_lot

KITS, CONTENTS = table_of(Kit), table_of(KitContent)
LOTS = (
    a_lot(),
    a_lot(lot="P1", kit_type="PEN-P", kits=70),
    a_lot(lot="A2", blinded_lot="L2", kits=30),
    a_lot(lot="A3", blinded_lot="L2", kits=20),
    a_lot(lot="P2", kit_type="PEN-P", blinded_lot="L2", kits=40),
    a_lot(lot="A4", blinded_lot="L3", kits=15, depot="USA"),
)
"""Two lots that mix the pens, one of them of two bulk lots of the active one, and one of active pens alone."""


@pytest.fixture
def house(store: Store) -> SupplyHouse:
    """Kits at two depots and two sites, some of them with a later last day, set apart or given away."""
    house = SupplyHouse.of(store)
    house.load(LOTS)
    places = ({"custody": "site", "place_id": 1}, {"custody": "site", "place_id": 2})
    states = ({"quality": "quarantined"}, {"assignment": "assigned"}, {"expiry": date(2028, 5, 1)})
    with store.writing() as connection:
        for kit in house.rows(Kit):
            changes: dict[str, Any] = {}
            for found, among in ((kit["id"] % 5, places), (kit["id"] % 11, states)):
                changes |= among[found] if found < len(among) else {}
            if changes:
                connection.execute(update(KITS).where(KITS.c.id == kit["id"]).values(**changes))
    return house


def one_by_one(house: SupplyHouse, custody: Custody, content: str) -> Counter[tuple[Any, ...]]:
    """Free, released kits in some custody, looked at singly."""
    inside = {row["kit_id"]: row[content] for row in house.rows(KitContent)}
    return Counter(
        (kit["place_id"], kit["blinded_lot_id"], kit["label_group"], kit["expiry"], inside[kit["id"]])
        for kit in house.rows(Kit, custody=custody, quality="released", assignment="free")
    )


def contents_of_lots(house: SupplyHouse, content: str) -> dict[int, list[Any]]:
    """What each blinded lot may hold."""
    found: dict[int, set[Any]] = defaultdict(set)
    for row in house.rows(ManufacturingLot):
        found[row["blinded_lot_id"]].add(row["kit_type"] if content == "kit_type" else row["id"])
    return {lot_id: list(contents) for lot_id, contents in found.items()}


@pytest.mark.parametrize("content", ["kit_type", "manufacturing_lot_id"])
@pytest.mark.parametrize("custody", [Custody.SITE, Custody.DEPOT])
def test_every_kit_is_counted_once_with_what_it_holds(house: SupplyHouse, custody: Custody, content: str) -> None:
    """By kit type and by bulk lot, at sites and at depots; lots of one content and lots of several."""
    wanted = one_by_one(house, custody, content)
    shelves = Shelves(custody, sorted({place for place, *_ in wanted}))
    with house.store.reading() as connection:
        found = list(usable_by(connection, shelves, CONTENTS.c[content], contents_of_lots(house, content)))
    assert len(wanted) > 2
    assert {tuple(row[:-1]): row[-1] for row in found} == wanted
    assert len(found) == len(wanted)


def test_kits_that_do_not_fit_and_places_not_named_are_left_out(house: SupplyHouse) -> None:
    """One of the sites, without the kits of a lot."""
    (lot_id, *_) = contents_of_lots(house, "kit_type")
    shelves = Shelves(Custody.SITE, [1], KITS.c.blinded_lot_id != lot_id)
    with house.store.reading() as connection:
        found = list(usable_by(connection, shelves, CONTENTS.c.kit_type, contents_of_lots(house, "kit_type")))
    everything = one_by_one(house, Custody.SITE, "kit_type").items()
    wanted = {alike: kits for alike, kits in everything if alike[0] == 1 and alike[1] != lot_id}
    assert {tuple(row[:-1]): row[-1] for row in found} == wanted


def test_a_kit_with_a_content_that_its_lot_does_not_have_is_not_passed_over(house: SupplyHouse) -> None:
    """Nothing is counted wrong in silence."""
    types = {lot_id: ["PEN-A", "PEN-X"] for lot_id in contents_of_lots(house, "kit_type")}
    shelves = Shelves(Custody.SITE, [1, 2])
    with house.store.reading() as connection, pytest.raises(IntegrityFault, match="a content that is not its own"):
        list(usable_by(connection, shelves, CONTENTS.c.kit_type, types))


def test_depots_tell_their_kits_by_bulk_lot(house: SupplyHouse) -> None:
    """Labels added up; in order of depot, kit type and last day."""
    codes = {row["id"]: row["code"] for row in house.rows(Depot)}
    made = {row["id"]: row for row in house.rows(ManufacturingLot)}
    wanted: Counter[tuple[Any, ...]] = Counter()
    for (depot_id, _, _, expiry, bulk), kits in one_by_one(house, Custody.DEPOT, "manufacturing_lot_id").items():
        wanted[codes[depot_id], made[bulk]["kit_type"], expiry, made[bulk]["number"]] += kits
    with house.store.reading() as connection:
        told = depot_stock(connection, house.study_id)
    found = [((one.depot, one.kit_type, one.expiry, one.manufacturing_lot), one.kits) for one in told]
    assert dict(found) == wanted
    assert [alike[:3] for alike, _ in found] == sorted(alike[:3] for alike, _ in found)
    assert {one.lot for one in told} == {"L1", "L2", "L3"}


def test_no_places_hold_no_kits(house: SupplyHouse) -> None:
    """A study without active sites is asked like any other."""
    shelves, types = Shelves(Custody.SITE, []), contents_of_lots(house, "kit_type")
    with house.store.reading() as connection:
        assert list(usable_by(connection, shelves, CONTENTS.c.kit_type, types)) == []
