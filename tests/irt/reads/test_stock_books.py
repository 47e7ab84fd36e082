"""A study's stock as its ledger tells it, and each way in which it might not add up."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, update

from irt.blinding.roles import Role
from irt.reads.stock_books import Reconciliation, reconcile_stock
from irt.services.report_kit import Report, ReportKit, report_kit
from irt.services.store import Store
from irt.states.kit import KitEvent
from irt.tables.columns import table_of
from irt.tables.kit import ItemMovement, Kit, Movement
from irt.tables.shipment import ShipmentKit
from tests.builders_supply import SupplyHouse, a_house, with_stocked_sites

KITS, MOVEMENTS, SHIPPED = table_of(Kit), table_of(Movement), table_of(ShipmentKit)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """Two hundred kits of one blinded lot, sixty of them at each of two sites."""
    with a_house(with_stocked_sites, tmp_path) as made:
        yield made


def reconciled(house: SupplyHouse) -> Reconciliation:
    """What the read tells now."""
    with house.store.reading() as connection:
        return reconcile_stock(connection, house.study_id)


def test_it_adds_up_on_both_databases(store: Store) -> None:
    """Received is what lies at the depot, travels and lies at sites."""
    house = SupplyHouse.of(store)
    house.load()
    house.sites(2)
    house.resupply()
    house.carry()
    found = reconciled(house)
    (lot,) = found.lots
    told = (lot["received"], lot["depot"], lot["shipment"], lot["site"], lot["adds_up"])
    assert told == (200, 80, 120, 0, True)
    assert found.faults == []


def test_every_shelf_tells_where_its_kits_came_from(house: SupplyHouse) -> None:
    """A kit that goes missing leaves its site's account, and comes back to it when it is found."""
    site = house.active_sites()[0]
    kit = house.rows(Kit, custody="site", place_id=site["id"])[0]["number"]
    asked = {"study_id": house.study_id, "site": site["number"], "kit": kit, "reason": "Behind the fridge"}
    for report in (Report.MISSING, Report.FOUND):
        house.do(Role.PHARMACIST, report_kit, ReportKit.model_validate({**asked, "report": report}))
    shelves = {line["place"]: line for line in reconciled(house).shelves}
    line = shelves[f"site {site['number']}"]
    assert (line["came_from"], line["went_to"]) == ({"shipment": 60, "unknown": 1}, {"unknown": 1})
    assert line["should_lie_there"] == line["written_there"] == 60
    depot = shelves["depot NLD"]
    assert (depot["came_from"], depot["went_to"]) == ({"loaded": 200}, {"shipment": 120})


def moved_by_hand(connection: Connection, kit_id: int) -> None:
    """Somebody writes another place on a kit."""
    connection.execute(update(KITS).where(KITS.c.id == kit_id).values(place_id=99))


def sent_twice(connection: Connection, kit_id: int) -> None:
    """Somebody puts a kit on two packing lists."""
    row = connection.execute(select(SHIPPED).where(SHIPPED.c.kit_id == kit_id)).mappings().one()
    other = connection.execute(select(SHIPPED.c.shipment_id).where(SHIPPED.c.shipment_id != row["shipment_id"]))
    facts = {**row, "id": None, "shipment_id": other.scalars().first(), "outcome": None}
    connection.execute(insert(SHIPPED).values(**facts))
    connection.execute(update(SHIPPED).where(SHIPPED.c.kit_id == kit_id).values(outcome=None))
    connection.exec_driver_sql("UPDATE shipment SET status = 'in_transit'")


def of_another_study(connection: Connection, kit_id: int) -> None:
    """Somebody books a movement of the kit in another study."""
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    last = select(MOVEMENTS).where(MOVEMENTS.c.kit_id == kit_id).order_by(MOVEMENTS.c.id.desc()).limit(1)
    row = dict(connection.execute(last).mappings().one())
    study = "INSERT INTO study SELECT 77, sponsor_id, 'other', name, mode, opened_at, 0 FROM study LIMIT 1"
    connection.exec_driver_sql(study)
    event = KitEvent.UNRESERVE
    connection.execute(insert(MOVEMENTS).values(**{**row, "id": None, "study_id": 77, "event": event}))


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (moved_by_hand, "it is not where its movements left it"),
        (sent_twice, "it is under way in two shipments"),
        (of_another_study, "it belongs to two studies"),
    ],
)
def test_what_somebody_changed_by_hand_is_told(
    house: SupplyHouse, tamper: Callable[[Connection, int], None], told: str
) -> None:
    """The kit is named by its number, and what is wrong with it."""
    site = house.active_sites()[0]
    kit = house.rows(Kit, custody="site", place_id=site["id"])[0]
    with house.store.writing() as connection:
        tamper(connection, kit["id"])
    assert f"kit {kit['number']}: {told}" in reconciled(house).faults


def test_items_never_fall_below_nothing(house: SupplyHouse) -> None:
    """Ten bags came and eleven left: told by place, item and lot."""
    site = house.active_sites()[0]
    facts = {
        **{name: site[name] for name in ("sponsor_id", "study_id")},
        "item": "BAG",
        "lot": "B7",
        "expiry": house.day,
        "custody": "site",
        "act": "count",
        "pile": "usable",
        "place_id": site["id"],
        "at": datetime.combine(house.day, time(12), UTC),
        "account_id": 1,
    }
    with house.store.writing() as connection:
        for quantity in (10, -11):
            connection.execute(insert(table_of(ItemMovement)).values(**facts, quantity=quantity))
    found = reconciled(house)
    assert (found.items[0]["came"], found.items[0]["went"]) == (10, 11)
    assert found.faults == [f"lot B7 of BAG at site {site['number']} does not add up"]
