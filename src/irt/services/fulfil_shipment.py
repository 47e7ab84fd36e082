"""What depot, carrier and supply manager do with a shipment: one small verb a step, all by one step function."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.services.carry_items import items_come_back, items_leave, items_lost
from irt.services.controlled_drugs import require_licences
from irt.services.holds import under_hold_among
from irt.services.home_deliveries import delivery_in, follow_shipment
from irt.services.import_licences import require_import_licence
from irt.services.label_kits import refuse_unlabelled
from irt.services.move_kits import Move, lock_kits, move_each, move_kits
from irt.services.shipments import (
    HeldShipment,
    kits_underway,
    lock_shipment,
    note_outcome,
    require_at_depot,
    step_shipments,
)
from irt.services.site_kits import can_move, need_reason
from irt.services.work import Work
from irt.states.kit import KitEvent, Quality
from irt.states.shipment import ShipmentEvent, ShipmentStatus


class StepShipment(SQLModel):
    """A step of a shipment; `occurred_at` where it happened earlier than it is typed.

    The waybill and the serial of the temperature monitor belong to the dispatch.
    """

    study_id: int
    number: str
    reason: str | None = None
    occurred_at: datetime | None = None
    waybill: str | None = None
    monitor: str | None = None


class ShipmentStepped(SQLModel):
    """The shipment, its status now, and the kits that moved with the step."""

    number: str
    status: ShipmentStatus
    kits: int


_Effect = Callable[[Work, HeldShipment, dict[int, int], StepShipment], None]


def acknowledge_shipment(work: Work, ask: StepShipment) -> ShipmentStepped:
    """The depot has read the request."""
    return _at_depot(work, ask, ShipmentEvent.ACKNOWLEDGE)


def reject_shipment(work: Work, ask: StepShipment) -> ShipmentStepped:
    """The depot cannot fulfil the request; its kits are free again."""
    need_reason(ask.reason or "")
    return _at_depot(work, ask, ShipmentEvent.REJECT, _free)


def pick_shipment(work: Work, ask: StepShipment) -> ShipmentStepped:
    """The depot has the kits together."""
    return _at_depot(work, ask, ShipmentEvent.PICK)


def pack_shipment(work: Work, ask: StepShipment) -> ShipmentStepped:
    """The depot has closed the parcel; KitsNotLabelled where a kit lacks the label of the country it goes to."""
    shipment = _lock_at_depot(work, ask)
    refuse_unlabelled(work, shipment)
    return _step(work, shipment, ShipmentEvent.PACK, ask, None)


def dispatch_shipment(work: Work, ask: StepShipment) -> ShipmentStepped:
    """The parcel leaves; its kits are in the shipment's custody from now on.

    KitsNotLabelled where the date of a lot was shortened after its kits got their label.
    """
    shipment = _lock_at_depot(work, ask)
    require_licences(work, shipment)
    refuse_unlabelled(work, shipment)
    at = ask.occurred_at or work.at
    facts = {"waybill": ask.waybill, "monitor": ask.monitor, "dispatched_at": at}
    on_day = at.astimezone(ZoneInfo(shipment.depot_zone or "UTC")).date()
    require_import_licence(work, shipment, on_day)
    return _step(work, shipment, ShipmentEvent.DISPATCH, ask, _pack, {**facts, **delayed(shipment, on_day)})


def hold_at_customs(work: Work, ask: StepShipment) -> ShipmentStepped:
    """Customs keep the parcel."""
    return _at_depot(work, ask, ShipmentEvent.HOLD_AT_CUSTOMS)


def clear_customs(work: Work, ask: StepShipment) -> ShipmentStepped:
    """Customs let the parcel go."""
    return _at_depot(work, ask, ShipmentEvent.CLEAR_CUSTOMS)


def deliver_shipment(work: Work, ask: StepShipment) -> ShipmentStepped:
    """The carrier says it is there; no kit is usable before the site has received it."""
    shipment = _lock_at_depot(work, ask)
    return _step(work, shipment, ShipmentEvent.DELIVER, ask, None, {"delivered_at": ask.occurred_at or work.at})


def cancel_shipment(work: Work, ask: StepShipment) -> ShipmentStepped:
    """Supply takes the shipment back before it leaves; its kits are free again."""
    need_reason(ask.reason or "")
    return _by_supply(work, ask, ShipmentEvent.CANCEL, _free)


def lose_shipment(work: Work, ask: StepShipment) -> ShipmentStepped:
    """The parcel is lost: its kits are missing, and the next resupply makes up for them."""
    need_reason(ask.reason or "")
    return _by_supply(work, ask, ShipmentEvent.LOSE, _miss)


def return_shipment(work: Work, ask: StepShipment) -> ShipmentStepped:
    """The parcel is back at its depot: its kits wait there for a quality decision."""
    need_reason(ask.reason or "")
    return _by_supply(work, ask, ShipmentEvent.RETURN, _bring_back)


def close_shipment(work: Work, ask: StepShipment) -> ShipmentStepped:
    """Nothing more is expected of the shipment; kits that never came are missing."""
    return _by_supply(work, ask, ShipmentEvent.CLOSE, _miss)


def bring_parcel_back(work: Work, shipment: HeldShipment, reason: str) -> None:
    """A locked parcel is back at its depot, brought there by its carrier."""
    ask = StepShipment(study_id=shipment.study_id, number=shipment.number, reason=reason)
    _step(work, shipment, ShipmentEvent.RETURN, ask, _bring_back)


def delayed(shipment: HeldShipment, dispatched_on: date) -> dict[str, Any]:
    """The later arrival of a shipment that left after its planned day."""
    if shipment.dispatch_on is None or shipment.expected_on is None:
        return {}
    late_days = max((dispatched_on - shipment.dispatch_on).days, 0)
    return {"expected_on": shipment.expected_on + timedelta(days=late_days)} if late_days else {}


def free_kits(work: Work, kit_ids: Iterable[int], **facts: Any) -> None:
    """Gives kits that were meant for somebody back: reserved ones to the free stock, assigned ones to quality.

    One that was damaged or went missing in the meantime stays what it is.
    """
    kits = lock_kits(work, kit_ids)
    for event in (KitEvent.UNRESERVE, KitEvent.REVERSE):
        if some := [kit for kit in kits if can_move(kit, event)]:
            move_kits(work, some, event, **facts)


def pack_kits(
    work: Work,
    shipments: Sequence[HeldShipment],
    kits: dict[int, int],
    occurred_at: datetime | None = None,
) -> None:
    """Puts reserved kits, kit id -> shipment id, into their parcels; unreleased and held ones stay behind."""
    locked = lock_kits(work, kits)
    held = under_hold_among(work, locked)
    fit = {kit.id for kit in locked if kit.state.quality == Quality.RELEASED and kit.id not in held}
    leaving = [kit for kit in locked if kit.id in fit]
    move_each(
        work, [Move(kit, kits[kit.id], kits[kit.id]) for kit in leaving], KitEvent.PACK, occurred_at=occurred_at
    )
    if staying := [kit for kit in locked if kit.id not in fit]:
        move_each(work, [Move(kit, kit.place_id, kits[kit.id]) for kit in staying], KitEvent.UNRESERVE)
        note_outcome(work, shipments, [kit.id for kit in staying], "left_at_depot")


def _free(work: Work, shipment: HeldShipment, kits: dict[int, int], ask: StepShipment) -> None:
    free_kits(work, kits, shipment_id=shipment.id, reason=ask.reason)


def _pack(work: Work, shipment: HeldShipment, kits: dict[int, int], ask: StepShipment) -> None:
    items_leave(work, [shipment])
    pack_kits(work, [shipment], kits, ask.occurred_at)


def _miss(work: Work, shipment: HeldShipment, kits: dict[int, int], ask: StepShipment) -> None:
    items_lost(work, shipment)
    moves = [Move(kit, None, shipment.id) for kit in lock_kits(work, kits)]
    move_each(work, moves, KitEvent.GO_MISSING, reason=ask.reason, occurred_at=ask.occurred_at)
    note_outcome(work, [shipment], kits, "missing")


def _bring_back(work: Work, shipment: HeldShipment, kits: dict[int, int], ask: StepShipment) -> None:
    items_come_back(work, shipment)
    if shipment.depot_id is None:
        _bring_back_to_site(work, shipment, kits, ask)
        return
    moves = [Move(kit, shipment.depot_id, shipment.id) for kit in lock_kits(work, kits)]
    back = move_each(work, moves, KitEvent.RETURN_TO_DEPOT, reason=ask.reason, occurred_at=ask.occurred_at)
    # Nobody knows at what temperature they travelled.
    usable = [kit for kit in back if can_move(kit, KitEvent.QUARANTINE)]
    move_kits(work, usable, KitEvent.QUARANTINE, shipment_id=shipment.id, reason=ask.reason)
    note_outcome(work, [shipment], kits, "returned")


def _bring_back_to_site(work: Work, shipment: HeldShipment, kits: dict[int, int], ask: StepShipment) -> None:
    """A site's own parcel to a home is back: its kits wait there for a quality decision."""
    site_id = delivery_in(work, shipment).site_id
    locked = lock_kits(work, kits)
    move_kits(
        work, locked, KitEvent.RECEIVE_QUARANTINED, place_id=site_id, shipment_id=shipment.id, reason=ask.reason
    )
    note_outcome(work, [shipment], kits, "returned")


def _at_depot(
    work: Work, ask: StepShipment, event: ShipmentEvent, effect: _Effect | None = None
) -> ShipmentStepped:
    return _step(work, _lock_at_depot(work, ask), event, ask, effect)


def _lock_at_depot(work: Work, ask: StepShipment) -> HeldShipment:
    work.actor.require(Permission.FULFIL_SHIPMENT, ask.study_id)
    shipment = lock_shipment(work, ask.study_id, ask.number)
    require_at_depot(work, shipment)
    return shipment


def _by_supply(
    work: Work, ask: StepShipment, event: ShipmentEvent, effect: _Effect | None = None
) -> ShipmentStepped:
    work.actor.require(Permission.APPROVE_SHIPMENT, ask.study_id)
    return _step(work, lock_shipment(work, ask.study_id, ask.number), event, ask, effect)


def _step(
    work: Work,
    shipment: HeldShipment,
    event: ShipmentEvent,
    ask: StepShipment,
    effect: _Effect | None,
    facts: dict[str, Any] | None = None,
) -> ShipmentStepped:
    """Locks the kits underway, takes the step, and lets it act on the kits."""
    if ask.occurred_at is not None and ask.occurred_at > work.at:
        raise BadInput("The time of the step lies ahead. Nothing was booked. Enter when it happened.")
    if shipment.left_after(ask.occurred_at):
        raise BadInput("The time of the step lies before the dispatch. Nothing was booked. Enter when it happened.")
    kits = kits_underway(work, [shipment])
    (after,) = step_shipments(
        work,
        [shipment],
        [event],
        occurred_at=ask.occurred_at,
        reason=ask.reason,
        facts=facts,
        tell=lambda _: {"kits": len(kits)},
    )
    if effect is not None:
        effect(work, shipment, kits, ask)
    follow_shipment(work, shipment, event, ask.reason, ask.occurred_at)
    return ShipmentStepped(number=shipment.number, status=after.status, kits=len(kits))
