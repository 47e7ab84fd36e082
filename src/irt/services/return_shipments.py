"""Return shipments: verified kits in sealed boxes from a site to the depot that has them destroyed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, NotAllowed, NotFound, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.move_kits import HeldKit, lock_kits, lock_kits_by_number, move_kits
from irt.services.shipments import HeldShipment, kits_underway, lock_shipment, note_outcome, step_shipments
from irt.services.site_kits import need_reason
from irt.services.supply_study import SupplySite, depot_ids, lock_row, site_numbered
from irt.services.work import Work
from irt.states.kit import Accountability, Custody, KitEvent
from irt.states.shipment import OPEN, ShipmentEvent, ShipmentStatus
from irt.tables.columns import table_of
from irt.tables.returning import ReturnBox, ReturnedInBox, ReturnShipment
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Depot, Site

KITS_MAX = 1000
BOXES_MAX = 50
AWAITED_AFTER_DAYS = 7
"""A return is awaited so long after it left, where nobody said otherwise."""


class PackedBox(SQLModel):
    """One box: the number on its seal, and the kits in it."""

    seal: str = Field(min_length=1, max_length=60)
    kits: list[str] = Field(min_length=1, max_length=KITS_MAX)


class PackReturn(SQLModel):
    """Verified kits of a site, boxed and sealed, for a depot."""

    study_id: int
    site: str
    depot: str
    boxes: list[PackedBox] = Field(min_length=1, max_length=BOXES_MAX)


class SendReturn(SQLModel):
    """The boxes leave with a carrier."""

    study_id: int
    number: str
    waybill: str | None = Field(default=None, max_length=100)
    expected_on: date | None = None


class CancelReturn(SQLModel):
    """The boxes are opened again before they left."""

    study_id: int
    number: str
    reason: str = Field(min_length=1)


class ReceiveReturn(SQLModel):
    """Kits by number as the depot found them; a kit named nowhere is still to come."""

    study_id: int
    number: str
    received: list[str] = []
    damaged: list[str] = []
    missing: list[str] = []
    seals_whole: bool = True
    reason: str | None = None


class ReturnStepped(SQLModel):
    """The return shipment and how it stands."""

    number: str
    status: ShipmentStatus
    kits: int
    boxes: int


class ReturnReceived(SQLModel):
    """What the depot has now, what it lacks, and how many kits are still to come."""

    number: str
    status: ShipmentStatus
    received: list[str]
    missing: list[str]
    still_to_come: int


class NotVerified(Refusal):
    """A kit that site and monitor have not both verified."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Kit {number} is not verified by the site and the monitor. Nothing was booked. "
            "Only verified kits are sent back. Take it out of the box."
        )


class InAnotherReturn(Refusal):
    """A kit that waits in another shipment."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Kit {number} is packed in another shipment. Nothing was booked. Take it out of the list."
        )


class NotInReturn(Refusal):
    """A kit was scanned that this return does not hold."""

    def __init__(self, kit: str, number: str) -> None:
        super().__init__(
            f"Kit {kit} is not awaited with return {number}. Nothing was booked. Keep it apart and call the site."
        )


@dataclass(frozen=True, slots=True)
class LockedReturn:
    """A return shipment whose row this transaction has locked."""

    shipment: HeldShipment
    site: SupplySite
    depot_id: int
    depot: str
    boxes: int


_RETURNS, _BOXES, _SITES, _DEPOTS = table_of(ReturnShipment), table_of(ReturnBox), table_of(Site), table_of(Depot)
_SHIPPED, _SHIPMENTS = table_of(ShipmentKit), table_of(Shipment)
_RETURN = (
    select(
        _SITES.c.id,
        _SITES.c.sponsor_id,
        _SITES.c.number,
        _SITES.c.zone,
        _SITES.c.country,
        _RETURNS.c.depot_id,
        _DEPOTS.c.code.label("depot"),
        select(func.count()).where(_BOXES.c.shipment_id == _RETURNS.c.shipment_id).scalar_subquery().label("boxes"),
    )
    .join(_SITES, _SITES.c.id == _RETURNS.c.site_id)
    .join(_DEPOTS, _DEPOTS.c.id == _RETURNS.c.depot_id)
    .where(_RETURNS.c.shipment_id == bindparam("shipment_id"))
)
_HOW_MANY = select(func.count()).select_from(_RETURNS).where(_RETURNS.c.study_id == bindparam("study_id"))
_PACKED_ELSEWHERE = (
    select(_SHIPPED.c.kit_id)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _SHIPPED.c.shipment_id)
    .where(
        _SHIPPED.c.kit_id.in_(bindparam("ids", expanding=True)),
        _SHIPPED.c.outcome.is_(None),
        _SHIPMENTS.c.status.in_(sorted({*OPEN, ShipmentStatus.RECEIVED_PARTLY})),
    )
)
_SENDABLE = (Accountability.VERIFIED_BY_MONITOR, Accountability.RETURN_SHIPPED)
_AT_THE_SITE = (ShipmentEvent.REQUEST, ShipmentEvent.ACKNOWLEDGE, ShipmentEvent.PICK, ShipmentEvent.PACK)
_FATES = ("received", "damaged", "missing")
_OVER = (ShipmentStatus.RECEIVED_WITH_DISCREPANCY, ShipmentStatus.CLOSED, ShipmentStatus.LOST)
"""A return that lacked kits, and may still get them."""


def pack_return(work: Work, ask: PackReturn) -> ReturnStepped:
    """Puts verified kits into sealed boxes under a number of their own; they stay at the site until they leave."""
    site = site_numbered(work, ask.study_id, ask.site)
    work.actor.require(Permission.SHIP_RETURNS, ask.study_id, site.id)
    lock_row(work, ask.study_id)
    depot_id = depot_ids(work, ask.study_id).get(ask.depot)
    if depot_id is None:
        raise NotFound(f"{ask.depot} is not a depot of this study. Nothing was booked. Choose another.")
    box_of = _box_of(ask.boxes)
    kits = lock_kits_by_number(work, ask.study_id, box_of)
    _require_sendable(work, site, kits)
    shipment = _record(work, ask, site, depot_id)
    of = {**shipment.owner, "shipment_id": shipment.id}
    work.record_all(ShipmentKit, ({**of, "kit_id": kit.id} for kit in kits))
    work.record_all(ReturnBox, ({**of, "box": n, "seal": box.seal.strip()} for n, box in _numbered(ask.boxes)))
    work.record_all(ReturnedInBox, ({**of, "kit_id": kit.id, "box": box_of[kit.number]} for kit in kits))
    (after,) = step_shipments(work, [shipment], _AT_THE_SITE, tell=lambda _: {"kits": len(kits)})
    seals = [box.seal.strip() for box in ask.boxes]
    _audit(work, "return_packed", after, site, kits=sorted(box_of), depot=ask.depot, seals=seals)
    return ReturnStepped(number=after.number, status=after.status, kits=len(kits), boxes=len(ask.boxes))


def send_return(work: Work, ask: SendReturn) -> ReturnStepped:
    """The boxes leave the site; from now on their kits are in the shipment's custody."""
    found = lock_return(work, ask.study_id, ask.number)
    work.actor.require(Permission.SHIP_RETURNS, ask.study_id, found.site.id)
    today = work.at.astimezone(ZoneInfo(found.site.zone)).date()
    expected_on = ask.expected_on or today + timedelta(days=AWAITED_AFTER_DAYS)
    if expected_on < today:
        raise BadInput("The day it is awaited lies in the past. Nothing was booked. Enter it again.")
    facts = {"dispatched_at": work.at, "waybill": ask.waybill, "expected_on": expected_on}
    kits = lock_kits(work, kits_underway(work, [found.shipment]))
    after = _step(work, found, ShipmentEvent.DISPATCH, len(kits), facts)
    place = found.shipment.id
    move_kits(work, kits, KitEvent.SHIP_RETURN, place_id=place, shipment_id=place)
    _audit(work, "return_sent", after, found.site, depot=found.depot, waybill=ask.waybill)
    return ReturnStepped(number=after.number, status=after.status, kits=len(kits), boxes=found.boxes)


def cancel_return(work: Work, ask: CancelReturn) -> ReturnStepped:
    """The kits stay verified at the site and may be packed again."""
    found = lock_return(work, ask.study_id, ask.number)
    work.actor.require(Permission.SHIP_RETURNS, ask.study_id, found.site.id)
    reason = need_reason(ask.reason)
    kits = kits_underway(work, [found.shipment])
    after = _step(work, found, ShipmentEvent.CANCEL, len(kits), {}, reason)
    note_outcome(work, [found.shipment], kits, "left_at_site")
    _audit(work, "return_cancelled", after, found.site, reason=reason)
    return ReturnStepped(number=after.number, status=after.status, kits=len(kits), boxes=found.boxes)


def receive_return(work: Work, ask: ReceiveReturn) -> ReturnReceived:
    """Books each kit as the depot found it; a kit that lacked and turns up later is booked with the same list."""
    found = lock_return(work, ask.study_id, ask.number)
    _require_receiver(work, ask.study_id, found.depot_id)
    fates = _fates(ask)
    if found.shipment.status in _OVER:
        return _receive_late(work, ask, found, fates)
    kits = lock_kits(work, kits_underway(work, [found.shipment]))
    by_number = {kit.number: kit for kit in kits}
    if strange := next((number for number in fates if number not in by_number), None):
        raise NotInReturn(strange, found.shipment.number)
    odd = not ask.seals_whole or any(fate != "received" for fate in fates.values())
    reason = need_reason(ask.reason or "") if odd else ask.reason
    event = _receipt_event(len(fates) < len(kits), odd)
    after = _step(work, found, event, len(fates), {"received_at": work.at}, reason)
    told = {fate: sorted(number for number in fates if fates[number] == fate) for fate in _FATES}
    for fate, numbers in told.items():
        _arrive(work, found, [by_number[number] for number in numbers], fate, reason)
    seals = {"seals_whole": ask.seals_whole, "depot": found.depot}
    _audit(work, "return_received", after, found.site, reason=reason, **told, **seals)
    return ReturnReceived(
        number=after.number,
        status=after.status,
        received=sorted(number for number, fate in fates.items() if fate != "missing"),
        missing=told["missing"],
        still_to_come=len(kits) - len(fates),
    )


def lock_return(work: Work, study_id: int, number: str) -> LockedReturn:
    """Locks the return shipment of that number; NotFound for a shipment that is none."""
    shipment = lock_shipment(work, study_id, number)
    row = work.one("return", _RETURN, shipment_id=shipment.id)
    site = SupplySite(row["id"], row["sponsor_id"], row["number"], row["zone"], row["country"])
    return LockedReturn(shipment, site, row["depot_id"], row["depot"], row["boxes"])


def _numbered(boxes: Sequence[PackedBox]) -> Iterable[tuple[int, PackedBox]]:
    return enumerate(boxes, start=1)


def _box_of(boxes: Sequence[PackedBox]) -> dict[str, int]:
    """Kit number -> box; each kit and each seal once."""
    seals = [box.seal.strip() for box in boxes]
    if len(set(seals)) != len(seals) or "" in seals:
        raise BadInput("Each box has a seal with a number of its own. Nothing was booked.")
    named = [(kit, n) for n, box in _numbered(boxes) for kit in box.kits]
    if len(dict(named)) != len(named):
        raise BadInput("A kit is listed twice. Nothing was booked.")
    if len(named) > KITS_MAX:
        raise BadInput(f"At most {KITS_MAX} kits go back at once. Nothing was booked. Send several returns.")
    return dict(named)


def _require_sendable(work: Work, site: SupplySite, kits: Sequence[HeldKit]) -> None:
    for kit in kits:
        if (kit.state.custody, kit.place_id) != (Custody.SITE, site.id):
            raise NotFound(f"{kit.number} is not a kit at this site. Scan the code on the kit, or type its digits.")
        if kit.state.accountability not in _SENDABLE:
            raise NotVerified(kit.number)
    numbers = {kit.id: kit.number for kit in kits}
    if row := work.row(_PACKED_ELSEWHERE, ids=sorted(numbers)):
        raise InAnotherReturn(numbers[row["kit_id"]])


def _record(work: Work, ask: PackReturn, site: SupplySite, depot_id: int) -> HeldShipment:
    """The shipment under a number of its own, and that it is a return."""
    owner = {"sponsor_id": site.sponsor_id, "study_id": ask.study_id}
    number = f"R-{1001 + int(work.connection.execute(_HOW_MANY, {'study_id': ask.study_id}).scalar_one())}"
    today = work.at.astimezone(ZoneInfo(site.zone)).date()
    shipment_id = work.record(
        Shipment,
        **owner,
        number=number,
        status=ShipmentStatus.PROPOSED,
        raised_by="return",
        storage="",
        raised_at=work.at,
        dispatch_on=today,
    )
    work.record(
        ReturnShipment, **owner, shipment_id=shipment_id, site_id=site.id, depot_id=depot_id, packed_on=today
    )
    return lock_shipment(work, ask.study_id, number)


def _step(
    work: Work,
    found: LockedReturn,
    event: ShipmentEvent,
    kits: int,
    facts: dict[str, Any],
    reason: str | None = None,
) -> HeldShipment:
    (after,) = step_shipments(
        work, [found.shipment], [event], facts=facts, reason=reason, tell=lambda _: {"kits": kits}
    )
    return after


def _require_receiver(work: Work, study_id: int, depot_id: int) -> None:
    """NotAllowed unless this person receives returns at that depot, or at every depot of the study."""
    work.actor.require(Permission.RECEIVE_RETURNS, study_id)
    if work.actor.grant_at_depot(Permission.RECEIVE_RETURNS, study_id, depot_id) is None:
        raise NotAllowed("This return goes to another depot. Nothing was booked. Ask that depot.")


def _fates(ask: ReceiveReturn) -> dict[str, str]:
    """Kit number -> received, damaged or missing."""
    named = [
        *((number, "received") for number in ask.received),
        *((number, "damaged") for number in ask.damaged),
        *((number, "missing") for number in ask.missing),
    ]
    if not named or len(dict(named)) != len(named):
        raise BadInput("Name each kit once: received, damaged or missing. Nothing was booked.")
    return dict(named)


def _receipt_event(some_to_come: bool, odd: bool) -> ShipmentEvent:
    if some_to_come:
        return ShipmentEvent.RECEIVE_PARTLY
    return ShipmentEvent.RECEIVE_WITH_DISCREPANCY if odd else ShipmentEvent.RECEIVE


def _arrive(work: Work, found: LockedReturn, kits: Sequence[HeldKit], fate: str, reason: str | None) -> None:
    if not kits:
        return
    missing = fate == "missing"
    move_kits(
        work,
        kits,
        KitEvent.GO_MISSING if missing else KitEvent.RECEIVE_FOR_DESTRUCTION,
        place_id=None if missing else found.depot_id,
        shipment_id=found.shipment.id,
        reason=reason,
    )
    note_outcome(work, [found.shipment], [kit.id for kit in kits], fate)


_LACKED = select(_SHIPPED.c.kit_id).where(
    _SHIPPED.c.shipment_id == bindparam("shipment_id"), _SHIPPED.c.outcome == "missing"
)


def _receive_late(work: Work, ask: ReceiveReturn, found: LockedReturn, fates: dict[str, str]) -> ReturnReceived:
    """Kits that lacked turn up at the depot: the return stays as it was received, the kits are found."""
    reason = need_reason(ask.reason or "")
    lacked = lock_kits(work, [row["kit_id"] for row in work.rows(_LACKED, shipment_id=found.shipment.id)])
    by_number = {kit.number: kit for kit in lacked if kit.state.custody == Custody.UNKNOWN}
    for number, fate in fates.items():
        if number not in by_number or fate == "missing":
            raise NotInReturn(number, found.shipment.number)
    some = [by_number[number] for number in fates]
    there = move_kits(work, some, KitEvent.FIND_AT_DEPOT, place_id=found.depot_id, reason=reason)
    _arrive(work, found, there, "received", reason)
    _audit(
        work, "return_found", found.shipment, found.site, reason=reason, received=sorted(fates), depot=found.depot
    )
    return ReturnReceived(
        number=found.shipment.number,
        status=found.shipment.status,
        received=sorted(fates),
        missing=sorted(set(by_number) - set(fates)),
        still_to_come=0,
    )


def _audit(
    work: Work, act: str, shipment: HeldShipment, site: SupplySite, *, reason: str | None = None, **new: Any
) -> None:
    work.audit(
        AuditDraft(
            act=act,
            record_kind="shipment",
            record=shipment.number,
            study_id=shipment.study_id,
            site_id=site.id,
            zone=site.zone,
            new={"site": site.number, **new},
            reason=reason,
        )
    )
