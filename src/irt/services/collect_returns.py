"""Pick-ups at subjects' homes: asked for by the site, collected by an opaque label, counted on arrival."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, SecretStr
from sqlalchemy import bindparam, func, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, NotFound, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.home_addresses import open_address, require_address
from irt.services.home_deliveries import LABEL_CHARACTERS, label_hash
from irt.services.move_kits import HeldKit, lock_kits, lock_kits_by_number, move_kits
from irt.services.release_delivery import require_slot
from irt.services.seal import Seal
from irt.services.shipments import HeldShipment, kits_underway, lock_shipment, note_outcome, step_shipments
from irt.services.site_kits import need_reason
from irt.services.subjects import LockedSubject, lock_subject, refusals_concern
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.states.kit import Custody, KitEvent
from irt.states.returning import PickupAct
from irt.states.shipment import OPEN, ShipmentEvent, ShipmentStatus
from irt.supply.barcode import kit_number_in
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.returning import HomePickup, HomePickupStep
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Site
from irt.tables.subject import Subject

ARRIVES_AFTER_DAYS = 3
"""What was collected is awaited at the site so long after."""


class AskPickup(SQLModel):
    """Kits to be collected at a subject's home, used or not; all that the subject has where none is named."""

    study_id: int
    subject: str
    kits: list[str] = []
    slot_from: AwareDatetime
    slot_to: AwareDatetime


class PickupLabel(SQLModel):
    """The label of a pick-up as the carrier scanned it."""

    label: str


class PickupAttempt(SQLModel):
    """Nobody was there."""

    label: str
    reason: str = Field(min_length=1)


class PickupSlot(SQLModel):
    """Another time, as agreed with the patient."""

    label: str
    slot_from: AwareDatetime
    slot_to: AwareDatetime


class CollectKits(SQLModel):
    """What the carrier took along, each kit scanned; kits not handed over stay with the subject."""

    label: str
    scanned: list[str] = Field(min_length=1)


class CancelPickup(SQLModel):
    """The carrier need not go after all."""

    study_id: int
    number: str
    reason: str = Field(min_length=1)


class PickupAsked(SQLModel):
    """The pick-up. Its label is printed, and stored as a hash."""

    subject: str
    number: str
    kits: list[str]


class PickupStepped(SQLModel):
    """How a pick-up stands."""

    number: str
    status: ShipmentStatus
    kits: int
    attempts: int


class PickupAddress(SQLModel):
    """The address, told once and kept in no answer."""

    number: str
    attempts: int
    slot_from: AwareDatetime
    slot_to: AwareDatetime
    address: SecretStr | None = Field(default=None, exclude=True)


class NothingToCollect(Refusal):
    """The subject has no kit, or another pick-up already fetches it."""

    def __init__(self, kit: str = "") -> None:
        what = f"Kit {kit} is not with this subject, or a pick-up is under way for it." if kit else ""
        super().__init__(
            f"{what or 'This subject has no kit that is not being collected already.'} Nothing was booked."
        )


class PickupNotOpen(Refusal):
    """The kits were collected, or the pick-up was called off."""

    def __init__(self) -> None:
        super().__init__("This pick-up is over. Nothing is shown and nothing was booked.")


@dataclass(frozen=True, slots=True)
class LockedPickup:
    """A pick-up whose shipment this transaction has locked."""

    id: int
    shipment: HeldShipment
    subject_id: int
    subject: str
    site_id: int
    zone: str
    slot_from: datetime
    slot_to: datetime
    attempts: int


_PICKUPS, _SHIPMENTS, _SHIPPED = table_of(HomePickup), table_of(Shipment), table_of(ShipmentKit)
_SUBJECTS, _SITES, _KITS = table_of(Subject), table_of(Site), table_of(Kit)
_LABELLED = (
    select(_SHIPMENTS.c.study_id, _SHIPMENTS.c.number)
    .join(_PICKUPS, _PICKUPS.c.shipment_id == _SHIPMENTS.c.id)
    .where(_PICKUPS.c.label_hash == bindparam("label_hash"))
)
_PICKUP = (
    select(
        _PICKUPS.c.id,
        _PICKUPS.c.subject_id,
        _SUBJECTS.c.number.label("subject"),
        _PICKUPS.c.site_id,
        _SITES.c.zone,
        _PICKUPS.c.slot_from,
        _PICKUPS.c.slot_to,
        _PICKUPS.c.attempts,
    )
    .join(_SUBJECTS, _SUBJECTS.c.id == _PICKUPS.c.subject_id)
    .join(_SITES, _SITES.c.id == _PICKUPS.c.site_id)
    .where(_PICKUPS.c.shipment_id == bindparam("shipment_id"))
)
_HOW_MANY = select(func.count()).select_from(_PICKUPS).where(_PICKUPS.c.study_id == bindparam("study_id"))
_BEING_COLLECTED = (
    select(_SHIPPED.c.kit_id)
    .join(_PICKUPS, _PICKUPS.c.shipment_id == _SHIPPED.c.shipment_id)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _SHIPPED.c.shipment_id)
    .where(
        _PICKUPS.c.subject_id == bindparam("subject_id"),
        _SHIPPED.c.outcome.is_(None),
        _SHIPMENTS.c.status.in_(sorted(OPEN)),
    )
)
_HELD = select(_KITS.c.id).where(
    _KITS.c.study_id == bindparam("study_id"),
    _KITS.c.custody == Custody.SUBJECT,
    _KITS.c.place_id == bindparam("subject_id"),
)
_OPEN_OF = (
    select(_SHIPMENTS.c.number)
    .join(_PICKUPS, _PICKUPS.c.shipment_id == _SHIPMENTS.c.id)
    .where(_PICKUPS.c.subject_id == bindparam("subject_id"), _SHIPMENTS.c.status.in_(sorted(OPEN)))
    .order_by(_SHIPMENTS.c.id)
)
_ASKED = (ShipmentEvent.REQUEST, ShipmentEvent.ACKNOWLEDGE)
_COLLECTED = (ShipmentEvent.PICK, ShipmentEvent.PACK, ShipmentEvent.DISPATCH)


def pickup_label(seal: Seal, shipment_id: int) -> str:
    """The opaque code of a pick-up, the same each time it is printed."""
    return seal.derived_key(f"label of pick-up {shipment_id}")[:LABEL_CHARACTERS]


def ask_pickup(work: Work, ask: AskPickup) -> PickupAsked:
    """The carrier is to collect kits at the subject's home, at the time agreed with the patient."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.TAKE_BACK)
    with refusals_concern(subject.about("pickup")):
        if subject.definition.delivery is None:
            raise BadInput("In this study nothing is collected at patients' homes. Nothing was booked.")
        require_slot(ask.slot_from, ask.slot_to, work.at)
        require_address(work, subject.id)
        # The study before its kits, as everybody locks them.
        lock_row(work, ask.study_id)
        kits = _to_collect(work, subject, ask.kits)
    shipment = _record(work, subject, ask, kits)
    work.record(
        HomePickup,
        **shipment.owner,
        shipment_id=shipment.id,
        subject_id=subject.id,
        site_id=subject.site.id,
        label_hash=label_hash(pickup_label(work.store.seal, shipment.id)),
        slot_from=ask.slot_from,
        slot_to=ask.slot_to,
    )
    step_shipments(work, [shipment], _ASKED, tell=lambda _: {"kits": len(kits)})
    pickup = _locked(work, shipment)
    _note(work, pickup, PickupAct.ASK)
    numbers = sorted(kit.number for kit in kits)
    _audit(work, pickup, "pickup_asked", kits=numbers, shipment=shipment.number)
    return PickupAsked(subject=subject.number, number=shipment.number, kits=numbers)


def read_pickup_address(work: Work, ask: PickupLabel) -> PickupAddress:
    """Shows the address to the carrier who is to go there; each reading is written down."""
    pickup = _at_the_door(work, ask.label)
    address = open_address(work, pickup.subject_id)
    _note(work, pickup, PickupAct.READ_ADDRESS)
    _audit(work, pickup, "pickup_address_read", shipment=pickup.shipment.number)
    return PickupAddress(
        number=pickup.shipment.number,
        attempts=pickup.attempts,
        slot_from=pickup.slot_from,
        slot_to=pickup.slot_to,
        address=SecretStr(address),
    )


def report_pickup_attempt(work: Work, ask: PickupAttempt) -> PickupStepped:
    """One more attempt in vain; the kits stay with the subject."""
    pickup = _at_the_door(work, ask.label)
    reason, attempts = need_reason(ask.reason), pickup.attempts + 1
    work.run(update(_PICKUPS).where(_PICKUPS.c.id == pickup.id).values(attempts=attempts))
    _note(work, pickup, PickupAct.FAIL_ATTEMPT, reason)
    _audit(work, pickup, "pickup_attempt", attempts=attempts, reason=reason)
    return _told(work, pickup, pickup.shipment, attempts)


def reschedule_pickup(work: Work, ask: PickupSlot) -> PickupStepped:
    """Another time, as agreed with the patient."""
    pickup = _at_the_door(work, ask.label)
    require_slot(ask.slot_from, ask.slot_to, work.at)
    slot = {"slot_from": ask.slot_from, "slot_to": ask.slot_to}
    work.run(update(_PICKUPS).where(_PICKUPS.c.id == pickup.id).values(**slot))
    days = _days(ask.slot_from, pickup.zone)
    work.run(update(_SHIPMENTS).where(_SHIPMENTS.c.id == pickup.shipment.id).values(**days))
    _note(work, pickup, PickupAct.RESCHEDULE)
    _audit(work, pickup, "pickup_rescheduled", attempts=pickup.attempts)
    return _told(work, pickup, pickup.shipment, pickup.attempts)


def collect_kits(work: Work, ask: CollectKits) -> PickupStepped:
    """The carrier has the kits that were scanned; they are counted where they arrive."""
    pickup = _at_the_door(work, ask.label)
    kits = lock_kits(work, kits_underway(work, [pickup.shipment]))
    by_number = {kit.number: kit for kit in kits}
    numbers = {kit_number_in(read) or read for read in ask.scanned}
    if strange := next((number for number in sorted(numbers) if number not in by_number), None):
        raise NothingToCollect(strange)
    left = sorted(set(by_number) - numbers)
    facts = {"dispatched_at": work.at}
    (after,) = step_shipments(
        work, [pickup.shipment], _COLLECTED, facts=facts, tell=lambda _: {"kits": len(numbers)}
    )
    place = pickup.shipment.id
    taken = [by_number[number] for number in sorted(numbers)]
    move_kits(work, taken, KitEvent.COLLECT, place_id=place, subject_id=pickup.subject_id, shipment_id=place)
    if left:
        note_outcome(work, [pickup.shipment], [by_number[number].id for number in left], "not_collected")
    _note(work, pickup, PickupAct.COLLECT)
    _audit(work, pickup, "pickup_collected", kits=sorted(numbers), not_there=left)
    return _told(work, pickup, after, pickup.attempts)


def cancel_pickup(work: Work, ask: CancelPickup) -> PickupStepped:
    """The site calls a pick-up off before anything was collected."""
    pickup = _locked(work, lock_shipment(work, ask.study_id, ask.number))
    work.actor.require(Permission.TAKE_BACK, ask.study_id, pickup.site_id)
    reason = need_reason(ask.reason)
    after = _call_off(work, pickup, reason)
    _audit(work, pickup, "pickup_cancelled", shipment=pickup.shipment.number, reason=reason)
    return _told(work, pickup, after, pickup.attempts)


def open_pickups(work: Work, subject: LockedSubject) -> list[LockedPickup]:
    """Pick-ups of a subject that have not ended, locked; nothing is asked where a study collects nothing."""
    if subject.definition.delivery is None:
        return []
    rows = work.rows(_OPEN_OF, subject_id=subject.id)
    return [_locked(work, lock_shipment(work, subject.study_id, row["number"])) for row in rows]


def note_arrival(work: Work, pickups: Sequence[LockedPickup], kit_ids: Sequence[int]) -> None:
    """Kits were counted at the site: the pick-ups that were to bring them await them no more."""
    for pickup in pickups:
        awaited = kits_underway(work, [pickup.shipment])
        here = [kit_id for kit_id in awaited if kit_id in kit_ids]
        if not here:
            continue
        note_outcome(work, [pickup.shipment], here, "received")
        _note(work, pickup, PickupAct.ARRIVE)
        if len(here) == len(awaited):
            _end(work, pickup)


def _end(work: Work, pickup: LockedPickup) -> None:
    """All that was awaited is there: brought by the carrier, or handed in by the subject before."""
    if pickup.shipment.dispatched_at is None:
        _call_off(work, pickup, "Handed in at the site")
        return
    arrived = {"delivered_at": work.at, "received_at": work.at}
    steps = [ShipmentEvent.RECEIVE] if pickup.shipment.status == ShipmentStatus.DELIVERED else _ARRIVES
    step_shipments(work, [pickup.shipment], steps, facts=arrived)


_ARRIVES = (ShipmentEvent.DELIVER, ShipmentEvent.RECEIVE)


def _call_off(work: Work, pickup: LockedPickup, reason: str) -> HeldShipment:
    kits = kits_underway(work, [pickup.shipment])
    (after,) = step_shipments(work, [pickup.shipment], [ShipmentEvent.CANCEL], reason=reason)
    if kits:
        note_outcome(work, [pickup.shipment], kits, "not_collected")
    _note(work, pickup, PickupAct.CANCEL, reason)
    return after


def _to_collect(work: Work, subject: LockedSubject, numbers: Sequence[str]) -> list[HeldKit]:
    """The kits asked for, or all the subject has, less those that a pick-up already fetches."""
    study_id = subject.study_id
    asked = {"study_id": study_id, "subject_id": subject.id}
    busy = {row["kit_id"] for row in work.rows(_BEING_COLLECTED, subject_id=subject.id)}
    if not numbers:
        held = lock_kits(work, [row["id"] for row in work.rows(_HELD, **asked) if row["id"] not in busy])
        if not held:
            raise NothingToCollect
        return held
    kits = lock_kits_by_number(work, study_id, numbers)
    for kit in kits:
        if (kit.state.custody, kit.place_id) != (Custody.SUBJECT, subject.id) or kit.id in busy:
            raise NothingToCollect(kit.number)
    return kits


def _record(work: Work, subject: LockedSubject, ask: AskPickup, kits: Sequence[HeldKit]) -> HeldShipment:
    number = f"P-{1001 + int(work.connection.execute(_HOW_MANY, {'study_id': ask.study_id}).scalar_one())}"
    shipment_id = work.record(
        Shipment,
        **subject.owner,
        number=number,
        status=ShipmentStatus.PROPOSED,
        raised_by="pickup",
        storage="",
        raised_at=work.at,
        **_days(ask.slot_from, subject.site.zone),
    )
    of = {**subject.owner, "shipment_id": shipment_id}
    work.record_all(ShipmentKit, ({**of, "kit_id": kit.id} for kit in kits))
    return lock_shipment(work, ask.study_id, number)


def _days(slot_from: datetime, zone: str) -> dict[str, Any]:
    """The day of the pick-up, and the day its kits are awaited at the site."""
    day = slot_from.astimezone(ZoneInfo(zone)).date()
    return {"dispatch_on": day, "expected_on": day + timedelta(days=ARRIVES_AFTER_DAYS)}


def _locked(work: Work, shipment: HeldShipment) -> LockedPickup:
    row = work.one("pick-up", _PICKUP, shipment_id=shipment.id)
    return LockedPickup(shipment=shipment, **row)


def _at_the_door(work: Work, label: str) -> LockedPickup:
    """The pick-up under a label, if this person collects in its study and it is still to be done."""
    row = work.row(_LABELLED, label_hash=label_hash(label))
    if row is None:
        raise NotFound("No pick-up has this label. Scan it again, or call the number on it.")
    work.actor.require(Permission.CARRY_HOME, row["study_id"])
    pickup = _locked(work, lock_shipment(work, row["study_id"], row["number"]))
    if pickup.shipment.status != ShipmentStatus.ACKNOWLEDGED:
        raise PickupNotOpen
    return pickup


def _note(work: Work, pickup: LockedPickup, act: PickupAct, reason: str | None = None) -> None:
    work.append(
        HomePickupStep,
        **pickup.shipment.owner,
        pickup_id=pickup.id,
        act=act,
        at=work.at,
        account_id=work.actor.account_id,
        reason=reason,
    )


def _audit(work: Work, pickup: LockedPickup, act: str, *, reason: str | None = None, **new: Any) -> None:
    work.audit(
        AuditDraft(
            act=act,
            record_kind="subject",
            record=pickup.subject,
            study_id=pickup.shipment.study_id,
            site_id=pickup.site_id,
            zone=pickup.zone,
            new=new,
            reason=reason,
        )
    )


def _told(work: Work, pickup: LockedPickup, shipment: HeldShipment, attempts: int) -> PickupStepped:
    kits = len(kits_underway(work, [pickup.shipment]))
    return PickupStepped(number=shipment.number, status=shipment.status, kits=kits, attempts=attempts)
