"""The supply manager's decision on a shipment that waits for approval."""

from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.services.controlled_drugs import require_licences
from irt.services.fulfil_shipment import free_kits
from irt.services.shipments import kits_underway, lock_shipment, step_shipments
from irt.services.work import Work
from irt.states.shipment import ShipmentEvent, ShipmentStatus


class ApproveShipment(SQLModel):
    """The decision: request the goods from the depot, or cancel them."""

    study_id: int
    number: str
    approve: bool = True
    reason: str | None = None


class ShipmentDecided(SQLModel):
    """The shipment and its status now."""

    number: str
    status: ShipmentStatus


def approve_shipment(work: Work, ask: ApproveShipment) -> ShipmentDecided:
    """Requests an awaiting shipment from its depot, or cancels it and frees its kits."""
    work.actor.require(Permission.APPROVE_SHIPMENT, ask.study_id)
    shipment = lock_shipment(work, ask.study_id, ask.number)
    if ask.approve:
        require_licences(work, shipment)
    event = ShipmentEvent.REQUEST if ask.approve else ShipmentEvent.CANCEL
    (after,) = step_shipments(work, [shipment], [event], reason=ask.reason)
    if not ask.approve:
        free_kits(work, kits_underway(work, [shipment]), shipment_id=shipment.id)
    return ShipmentDecided(number=shipment.number, status=after.status)
