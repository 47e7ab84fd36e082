"""A shipment's steps at depot, carrier and supply, and what they do to its kits."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.services import fulfil_shipment as steps
from irt.services.fulfil_shipment import ShipmentStepped, StepShipment
from irt.services.work import Work
from irt.states.table import TransitionRefused
from irt.tables.record import AuditEntry
from irt.tables.shipment import Shipment, ShipmentKit, ShipmentStep
from irt.tables.study import Depot
from tests.builders_supply import SupplyHouse, a_house, with_a_request

Step = Callable[[Work, StepShipment], ShipmentStepped]
TO_DISPATCH: tuple[Step, ...] = (
    steps.acknowledge_shipment,
    steps.pick_shipment,
    steps.pack_shipment,
    steps.dispatch_shipment,
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study with one shipment of sixty kits requested for its first site."""
    with a_house(with_a_request, tmp_path) as made:
        yield made


def take(house: SupplyHouse, role: Role, *wanted: Step, **facts: object) -> list[ShipmentStepped]:
    """Takes the shipment through these steps."""
    ask = StepShipment.model_validate({"study_id": house.study_id, "number": "S-10001", **facts})
    return [house.do(role, step, ask) for step in wanted]


def kits_by(house: SupplyHouse) -> dict[tuple[str, str, str], int]:
    """Custody, quality and assignment of the kits that are not free at the depot."""
    found: dict[tuple[str, str, str], int] = {}
    for (custody, _, quality, assignment, _), kits in house.stock().items():
        key = (custody, quality, assignment)
        found[key] = found.get(key, 0) + kits
    found.pop(("depot", "released", "free"), None)
    return found


def test_the_depot_takes_it_to_the_carrier(house: SupplyHouse) -> None:
    """Each step is recorded; at dispatch the kits are in the shipment's custody."""
    done = take(house, Role.DEPOT, *TO_DISPATCH, waybill="W-1", monitor="T-9")
    assert [step.status for step in done] == ["acknowledged", "picked", "packed", "in_transit"]
    assert kits_by(house) == {("shipment", "released", "reserved"): 60}
    shipment = house.rows(Shipment)[0]
    assert (shipment["waybill"], shipment["monitor"]) == ("W-1", "T-9")
    assert [row["event"] for row in house.rows(ShipmentStep)] == [
        "request",
        "acknowledge",
        "pick",
        "pack",
        "dispatch",
    ]
    assert house.rows(AuditEntry, act="shipment_in_transit")[0]["new"]["kits"] == 60


def test_delivery_makes_nothing_usable(house: SupplyHouse) -> None:
    """The carrier's word moves the shipment, not its kits."""
    take(house, Role.DEPOT, *TO_DISPATCH, steps.hold_at_customs, steps.clear_customs, steps.deliver_shipment)
    assert house.rows(Shipment)[0]["status"] == "delivered"
    assert kits_by(house) == {("shipment", "released", "reserved"): 60}


@pytest.mark.parametrize(
    ("role", "step", "before", "kits", "status"),
    [
        (Role.DEPOT, steps.reject_shipment, 0, {}, "rejected_by_depot"),
        (Role.SUPPLY_MANAGER, steps.cancel_shipment, 3, {}, "cancelled"),
        (Role.SUPPLY_MANAGER, steps.lose_shipment, 4, {("unknown", "released", "free"): 60}, "lost"),
        (
            Role.SUPPLY_MANAGER,
            steps.return_shipment,
            4,
            {("depot", "quarantined", "free"): 60},
            "returned_to_depot",
        ),
    ],
    ids=["rejected", "cancelled", "lost", "returned"],
)
def test_every_other_end_leaves_no_kit_reserved(
    house: SupplyHouse, role: Role, step: Step, before: int, kits: dict[tuple[str, str, str], int], status: str
) -> None:
    """Free again before dispatch; missing when lost; in quarantine when back at the depot."""
    take(house, Role.DEPOT, *TO_DISPATCH[:before])
    take(house, role, step, reason="Depot flooded")
    assert house.rows(Shipment)[0]["status"] == status
    assert kits_by(house) == kits


def test_a_lost_shipment_is_made_up_for_and_closed(house: SupplyHouse) -> None:
    """The next run orders again, as if the kits had never been on their way; closing moves nothing twice."""
    take(house, Role.DEPOT, *TO_DISPATCH)
    assert house.resupply().shipments == []
    take(house, Role.SUPPLY_MANAGER, steps.lose_shipment, steps.close_shipment, reason="Van stolen")
    assert {row["outcome"] for row in house.rows(ShipmentKit)} == {"missing"}
    assert house.resupply().kits == 60


def test_a_late_dispatch_arrives_later(house: SupplyHouse) -> None:
    """Two days after the planned dispatch moves the expected day by two days."""
    planned = house.rows(Shipment)[0]
    house.day = planned["dispatch_on"] + timedelta(days=2)
    take(house, Role.DEPOT, *TO_DISPATCH)
    assert house.rows(Shipment)[0]["expected_on"] == planned["expected_on"] + timedelta(days=2)


def test_steps_out_of_order_are_refused_and_written_down(house: SupplyHouse) -> None:
    """Nothing is dispatched that was not packed, lost that has not left, or cancelled that has."""
    for role, step in ((Role.DEPOT, steps.dispatch_shipment), (Role.SUPPLY_MANAGER, steps.lose_shipment)):
        with pytest.raises(TransitionRefused):
            take(house, role, step, reason="No")
    take(house, Role.DEPOT, *TO_DISPATCH)
    with pytest.raises(TransitionRefused):
        take(house, Role.SUPPLY_MANAGER, steps.cancel_shipment, reason="No")
    refused = [row["act"] for row in house.rows(AuditEntry) if row["act"].endswith("_refused")]
    assert refused == ["shipment_dispatch_refused", "shipment_lose_refused", "shipment_cancel_refused"]
    assert kits_by(house) == {("shipment", "released", "reserved"): 60}


def test_who_may(house: SupplyHouse) -> None:
    """The depot fulfils, supply cancels; a depot of another country does neither; a reason is asked for."""
    ask = StepShipment(study_id=house.study_id, number="S-10001", reason="-")
    with pytest.raises(NotAllowed):
        house.do(Role.PHARMACIST, steps.acknowledge_shipment, ask)
    with pytest.raises(NotAllowed):
        house.do(Role.DEPOT, steps.cancel_shipment, ask)
    depots = {row["code"]: row["id"] for row in house.rows(Depot)}
    with pytest.raises(NotAllowed):
        house.do(house.actor(Role.DEPOT, depot_id=depots["USA"]), steps.acknowledge_shipment, ask)
    with pytest.raises(BadInput):
        take(house, Role.SUPPLY_MANAGER, steps.cancel_shipment)
    house.do(house.actor(Role.DEPOT, depot_id=depots["NLD"]), steps.acknowledge_shipment, ask)
    assert house.rows(Shipment)[0]["status"] == "acknowledged"
