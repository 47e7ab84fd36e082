"""Shipments that wait for the supply manager."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from irt.blinding.roles import Role
from irt.errors import NotAllowed
from irt.services.approve_shipment import ApproveShipment, approve_shipment
from irt.states.table import TransitionRefused
from irt.tables.shipment import Shipment
from tests.builders_supply import SupplyHouse, a_house


def with_a_question(house: SupplyHouse) -> None:
    """One shipment that awaits approval."""
    house.load()
    house.sites(1)
    house.resupply(needs_approval=True)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study with a shipment awaiting approval."""
    with a_house(with_a_question, tmp_path) as made:
        yield made


@pytest.mark.parametrize(("approve", "status", "reserved"), [(True, "requested", 60), (False, "cancelled", 0)])
def test_the_decision(house: SupplyHouse, approve: bool, status: str, reserved: int) -> None:
    """Approved, it is requested from the depot; otherwise its kits are free again."""
    assert house.rows(Shipment)[0]["status"] == "awaiting_approval"
    ask = ApproveShipment(study_id=house.study_id, number="S-10001", approve=approve, reason="Too early")
    assert house.do(Role.SUPPLY_MANAGER, approve_shipment, ask).status == status
    assert sum(kits for key, kits in house.stock().items() if key[3] == "reserved") == reserved
    with pytest.raises(TransitionRefused):
        house.do(Role.SUPPLY_MANAGER, approve_shipment, ApproveShipment(study_id=house.study_id, number="S-10001"))


def test_nothing_leaves_before_it(house: SupplyHouse) -> None:
    """A shipment that waits is not carried, and still counts as on its way."""
    assert house.carry().dispatched == 0
    assert house.resupply().shipments == []
    with pytest.raises(NotAllowed):
        house.do(Role.DEPOT, approve_shipment, ApproveShipment(study_id=house.study_id, number="S-10001"))
