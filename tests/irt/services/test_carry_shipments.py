"""A day's dispatches and arrivals at once, each step recorded as if done by hand."""

from pathlib import Path

import pytest

from irt.blinding.roles import Role
from irt.errors import NotAllowed
from irt.reads.ledger import ledger_discrepancies
from irt.services.carry_shipments import CarryShipments, carry_shipments
from irt.services.store import Store
from irt.tables.record import AuditEntry
from irt.tables.shipment import Shipment, ShipmentStep
from tests.builders_supply import SupplyHouse, a_house, with_a_request


def test_what_is_due_leaves_and_arrives(store: Store) -> None:
    """On the day of dispatch it leaves, not before its expected day it arrives, whole."""
    house = SupplyHouse.of(store)
    house.load()
    house.sites(2)
    house.resupply()
    gone = house.carry()
    assert (gone.dispatched, gone.received, gone.kits_received) == (2, 0, 0)
    (due,) = {row["expected_on"] for row in house.rows(Shipment)}
    house.later((due - house.day).days - 1)
    assert house.carry().received == 0
    house.later(1)
    come = house.carry()
    assert (come.dispatched, come.received, come.kits_received) == (0, 2, 120)
    steps = [row["event"] for row in house.rows(ShipmentStep, shipment_id=house.rows(Shipment)[0]["id"])]
    assert steps == ["request", "acknowledge", "pick", "pack", "dispatch", "deliver", "receive"]
    sites = {row["id"] for row in house.active_sites()}
    here = {key: kits for key, kits in house.stock().items() if key[0] == "site"}
    assert {key[1] for key in here} == sites
    assert sum(here.values()) == 120
    assert len(house.rows(AuditEntry, act="shipment_received")) == 2
    with store.reading() as connection:
        assert ledger_discrepancies(connection, house.study_id) == []


def test_a_depot_that_wakes_late_sends_late(tmp_path: Path) -> None:
    """What should have left three days ago leaves today and is expected three days later."""
    with a_house(with_a_request, tmp_path) as house:
        planned = house.rows(Shipment)[0]
        house.later((planned["dispatch_on"] - house.day).days + 3)
        assert house.carry().dispatched == 1
        assert (house.rows(Shipment)[0]["expected_on"] - planned["expected_on"]).days == 3


@pytest.mark.parametrize("role", [Role.DEPOT, Role.PHARMACIST, Role.SUPPLY_MANAGER])
def test_one_role_alone_may_not(tmp_path: Path, role: Role) -> None:
    """It takes the depot's and the site's rights together."""
    with a_house(with_a_request, tmp_path) as house, pytest.raises(NotAllowed):
        house.do(role, carry_shipments, CarryShipments(study_id=house.study_id, day=house.day))
