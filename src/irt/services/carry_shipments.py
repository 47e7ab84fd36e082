"""Everything that depots, carriers and sites do with the shipments due on a day, for demonstrations and replays."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import bindparam, or_
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.services.audit_draft import AuditDraft
from irt.services.carry_items import items_arrive, items_leave
from irt.services.fulfil_shipment import delayed, pack_kits
from irt.services.holds import under_hold_among
from irt.services.move_kits import HeldKit, Move, lock_kits, move_each
from irt.services.receive_shipment import Temperature, receive_at_depot
from irt.services.shipments import (
    HELD_SHIPMENTS,
    HeldShipment,
    held_shipment,
    kits_underway,
    note_outcome,
    step_shipments,
)
from irt.services.work import Work
from irt.states.kit import KitEvent, Quality
from irt.states.shipment import ShipmentEvent, ShipmentStatus
from irt.tables.columns import table_of
from irt.tables.shipment import Shipment


class CarryShipments(SQLModel):
    """The day whose dispatches and arrivals take place."""

    study_id: int
    day: date


class ShipmentsCarried(SQLModel):
    """How many shipments left, how many arrived, and how many kits arrived with them."""

    dispatched: int
    received: int
    kits_received: int


_SHIPMENTS = table_of(Shipment)
_TO_PLACES = HELD_SHIPMENTS.where(or_(_SHIPMENTS.c.site_id.is_not(None), _SHIPMENTS.c.target_depot_id.is_not(None)))
_TO_LEAVE = _TO_PLACES.where(
    _SHIPMENTS.c.status == ShipmentStatus.REQUESTED, _SHIPMENTS.c.dispatch_on <= bindparam("day")
)
_TO_ARRIVE = _TO_PLACES.where(
    _SHIPMENTS.c.status == ShipmentStatus.IN_TRANSIT, _SHIPMENTS.c.expected_on <= bindparam("day")
)
_DEPOT_STEPS = (ShipmentEvent.ACKNOWLEDGE, ShipmentEvent.PICK, ShipmentEvent.PACK, ShipmentEvent.DISPATCH)
AT_ONCE = 100
"""Shipments named in one statement, with all their kits."""
_SITE_STEPS = (ShipmentEvent.DELIVER, ShipmentEvent.RECEIVE)


def carry_shipments(work: Work, ask: CarryShipments) -> ShipmentsCarried:
    """Dispatches what should have left by the day and receives, whole and in order, what should have arrived."""
    work.actor.require(Permission.FULFIL_SHIPMENT, ask.study_id)
    work.actor.require(Permission.RECEIVE_SHIPMENT, ask.study_id)
    leaving = [held_shipment(row) for row in work.rows(_TO_LEAVE, study_id=ask.study_id, day=ask.day)]
    for some in _some_at_once(leaving):
        _dispatch(work, some, ask.day)
    arriving = [held_shipment(row) for row in work.rows(_TO_ARRIVE, study_id=ask.study_id, day=ask.day)]
    kits = sum(_receive(work, some) for some in _some_at_once(arriving))
    work.audit(
        AuditDraft(
            act="shipments_carried",
            record_kind="day",
            record=ask.day.isoformat(),
            study_id=ask.study_id,
            new={"dispatched": len(leaving), "received": len(arriving), "kits_received": kits},
        )
    )
    return ShipmentsCarried(dispatched=len(leaving), received=len(arriving), kits_received=kits)


def _some_at_once(shipments: Sequence[HeldShipment]) -> Iterator[Sequence[HeldShipment]]:
    return (shipments[start : start + AT_ONCE] for start in range(0, len(shipments), AT_ONCE))


def _dispatch(work: Work, shipments: Sequence[HeldShipment], day: date) -> None:
    items_leave(work, shipments)
    kits = kits_underway(work, shipments)
    pack_kits(work, shipments, kits)
    late: dict[date | None, list[HeldShipment]] = defaultdict(list)
    for shipment in shipments:
        late[delayed(shipment, day).get("expected_on", shipment.expected_on)].append(shipment)
    counts = Counter(kits.values())
    for expected_on, some in late.items():
        step_shipments(
            work,
            some,
            _DEPOT_STEPS,
            facts={"dispatched_at": work.at, "expected_on": expected_on},
            tell=lambda shipment: {"kits": counts[shipment.id]},
        )


def _receive(work: Work, shipments: Sequence[HeldShipment]) -> int:
    items_arrive(work, shipments)
    kits = kits_underway(work, shipments)
    by_id = {shipment.id: shipment for shipment in shipments}
    usable: list[Move] = []
    held_back: list[Move] = []
    locked = lock_kits(work, kits)
    held = under_hold_among(work, locked)
    for kit in locked:
        fit = kit.state.quality == Quality.RELEASED and kit.id not in held
        pile = usable if fit else held_back
        pile.append(Move(kit, by_id[kits[kit.id]].site_id, kits[kit.id]))
    for moves, event, outcome in (
        (usable, KitEvent.RECEIVE, "received"),
        (held_back, KitEvent.RECEIVE_QUARANTINED, "quarantined"),
    ):
        if to_sites := [move for move in moves if move.place_id is not None]:
            move_each(work, to_sites, event)
        _receive_at_depots(work, by_id, [move for move in moves if move.place_id is None], event)
        if moves:
            note_outcome(work, shipments, [move.kit.id for move in moves], outcome)
    counts = Counter(kits.values())
    step_shipments(
        work,
        shipments,
        _SITE_STEPS,
        facts={"delivered_at": work.at, "received_at": work.at, "temperature": Temperature.NO_ALARM},
        tell=lambda shipment: {"kits": counts[shipment.id]},
    )
    return len(kits)


def _receive_at_depots(
    work: Work, by_id: Mapping[int, HeldShipment], moves: Sequence[Move], event: KitEvent
) -> None:
    there: dict[int, list[HeldKit]] = defaultdict(list)
    for move in moves:
        there[move.shipment_id or 0].append(move.kit)
    for shipment_id, kits in there.items():
        receive_at_depot(work, by_id[shipment_id], kits, event)
