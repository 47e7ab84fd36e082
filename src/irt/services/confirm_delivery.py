"""The patient's own word at the door: a one-time code, every kit scanned, and the kits are dispensed."""

import hmac
from collections.abc import Sequence
from datetime import date, timedelta

from pydantic import AwareDatetime, SecretStr
from sqlalchemy import bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import IntegrityFault, Refusal
from irt.services.carry_home import NotWithTheCarrier
from irt.services.dispensings import LockedDispensing, end_dispensing, lock_dispensing, set_lines
from irt.services.home_deliveries import (
    LockedDelivery,
    audit_delivery,
    delivery_in,
    lock_delivery,
    parcel_of,
    step_delivery,
)
from irt.services.move_kits import lock_kits, move_kits
from irt.services.refusals import RecordedRefusal
from irt.services.seal import Seal
from irt.services.shipments import HeldShipment, kits_underway, lock_shipment, note_outcome, step_shipments
from irt.services.subjects import move_subject, refusals_concern
from irt.services.work import Work
from irt.states.home_delivery import ENDED_IN_VAIN, DeliveryEvent, DeliveryStatus
from irt.states.kit import KitEvent
from irt.states.records import DispensingEvent, KitCheck
from irt.states.shipment import ShipmentEvent, ShipmentStatus
from irt.states.subject import SubjectEvent, SubjectStatus
from irt.supply.barcode import kit_number_in
from irt.tables.columns import table_of
from irt.tables.home import HomeCode

CODE_DIGITS = 6
CODE_LASTS = timedelta(hours=24)
MISSES_MAX = 5


class GiveCode(SQLModel):
    """The patient of a delivery asks the site for a code."""

    study_id: int
    dispensing_id: int


class CodeGiven(SQLModel):
    """The code: told once, to be told to the patient, and in no record."""

    subject: str
    expires_at: AwareDatetime
    code: SecretStr | None = Field(default=None, exclude=True)


class ConfirmDelivery(SQLModel):
    """What the patient enters at the door: the parcel's label, the code, and every kit's code."""

    label: str
    code: SecretStr = Field(exclude=True)
    scanned: list[str]


class DeliveryConfirmed(SQLModel):
    """The kits are the patient's."""

    kits: int
    delivered_at: AwareDatetime


class CodeNotAccepted(RecordedRefusal):
    """Wrong, too old, used, or tried too often: all read the same, and a miss counts."""

    status_code = 403

    def __init__(self, delivery: LockedDelivery, code_id: int | None) -> None:
        super().__init__(
            "This code does not fit, or it is no longer valid. Nothing was booked. "
            "Check the digits, or call your study site for a new code."
        )
        self.delivery = delivery
        self.code_id = code_id

    def record(self, work: Work) -> None:
        """One miss against the code, and a line in the audit trail."""
        if self.code_id is not None:
            work.run(_MISS, {"of_id": self.code_id})
        audit_delivery(work, self.delivery, "delivery_code_missed")


class NotTheseKits(Refusal):
    """What was scanned is not what is in the parcel."""


def give_code(work: Work, ask: GiveCode) -> CodeGiven:
    """A new code for a patient, in place of any earlier one."""
    dispensing = lock_dispensing(work, ask.study_id, ask.dispensing_id, Permission.DISPENSE, home=True)
    delivery = lock_delivery(work, dispensing.id)
    with refusals_concern(dispensing.subject.about("one_time_code")):
        if delivery.status in ENDED_IN_VAIN | {DeliveryStatus.AWAITING_RELEASE, DeliveryStatus.DELIVERED}:
            raise NotWithTheCarrier
    code = f"{int.from_bytes(work.store.entropy(8)) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"
    expires_at = work.at + CODE_LASTS
    hashed = _hash(work.store.seal, delivery.id, code)
    work.append(HomeCode, **delivery.owner, delivery_id=delivery.id, code_hash=hashed, expires_at=expires_at)
    audit_delivery(work, delivery, "delivery_code_given", expires_at=expires_at.isoformat())
    return CodeGiven(subject=delivery.subject, expires_at=expires_at, code=SecretStr(code))


def confirm_delivery(work: Work, ask: ConfirmDelivery) -> DeliveryConfirmed:
    """Books the kits as delivered and dispensed, on the day of record that the study names."""
    study_id, number = parcel_of(work, ask.label)
    work.actor.require(Permission.CONFIRM_DELIVERY, study_id)
    shipment = lock_shipment(work, study_id, number)
    delivery = delivery_in(work, shipment)
    if delivery.status not in (DeliveryStatus.UNDERWAY, DeliveryStatus.ATTEMPTED):
        raise NotWithTheCarrier
    _take_code(work, delivery, ask.code.get_secret_value())
    dispensing = lock_dispensing(work, study_id, delivery.dispensing_id, Permission.CONFIRM_DELIVERY, home=True)
    with refusals_concern(dispensing.subject.about("delivery")):
        kits = _require_all(dispensing, ask.scanned)
        return _book(work, shipment, delivery, dispensing, kits)


_CODES = table_of(HomeCode)
_LATEST = (
    select(_CODES).where(_CODES.c.delivery_id == bindparam("delivery_id")).order_by(_CODES.c.id.desc()).limit(1)
)
_MISS = update(_CODES).where(_CODES.c.id == bindparam("of_id")).values(misses=_CODES.c.misses + 1)
_USE = update(_CODES).where(_CODES.c.id == bindparam("of_id")).values(used_at=bindparam("at"))


def _hash(seal: Seal, delivery_id: int, code: str) -> str:
    """Under the installation's key: a code has too few digits for a plain hash to hide it."""
    return seal.derived_key(f"one-time code {code} of delivery {delivery_id}")


def _take_code(work: Work, delivery: LockedDelivery, typed: str) -> None:
    """Uses up the latest code; CodeNotAccepted where it does not fit or holds no more."""
    known = work.row(_LATEST, delivery_id=delivery.id)
    if known is None:
        raise CodeNotAccepted(delivery, None)
    fits = hmac.compare_digest(known["code_hash"], _hash(work.store.seal, delivery.id, typed.strip()))
    holds = known["used_at"] is None and work.at < known["expires_at"] and known["misses"] < MISSES_MAX
    if not (fits and holds):
        raise CodeNotAccepted(delivery, known["id"])
    work.run(_USE, {"of_id": known["id"], "at": work.at})


def _require_all(dispensing: LockedDispensing, reads: Sequence[str]) -> tuple[str, ...]:
    """Every kit of the parcel was scanned and nothing else was."""
    expected = dispensing.open_kits()
    numbers = [(kit_number_in(read), read) for read in reads]
    if strange := next((number or read for number, read in numbers if number not in expected), None):
        raise NotTheseKits(
            f"{strange} does not belong to this parcel. Nothing was booked. "
            "Check the number. If it stands on the kit, do not use the kit and call your study site."
        )
    if missing := len(set(expected) - {number for number, _ in numbers}):
        kits = "1 kit" if missing == 1 else f"{missing} kits"
        raise NotTheseKits(
            f"{kits} of this parcel still to scan. Nothing was booked. "
            "If it is not in the parcel, do not take the parcel and call your study site."
        )
    return expected


def _book(
    work: Work,
    shipment: HeldShipment,
    delivery: LockedDelivery,
    dispensing: LockedDispensing,
    kits: Sequence[str],
) -> DeliveryConfirmed:
    subject, underway = dispensing.subject, kits_underway(work, [shipment])
    if set(underway) != {dispensing.id_of(number) for number in kits}:
        raise IntegrityFault(f"shipment {shipment.number} does not hold the kits of its dispensing")
    day = _day_of_record(work, delivery, dispensing)
    step_delivery(work, delivery, DeliveryEvent.DELIVER, delivered_at=work.at, recorded_on=day)
    _receive(work, shipment)
    end_dispensing(work, dispensing, DispensingEvent.HAND_OVER)
    locked = lock_kits(work, underway)
    move_kits(work, locked, KitEvent.DELIVER, place_id=subject.id, subject_id=subject.id, shipment_id=shipment.id)
    note_outcome(work, [shipment], underway, "received")
    set_lines(work, dispensing, list(underway), KitCheck.HANDED_OVER, work.at)
    if subject.status == SubjectStatus.RANDOMIZED:
        move_subject(work, subject, SubjectEvent.START_TREATMENT, day)
    audit_delivery(work, delivery, "delivery_confirmed", kits=list(kits), recorded_on=day.isoformat())
    return DeliveryConfirmed(kits=len(kits), delivered_at=work.at)


def _receive(work: Work, shipment: HeldShipment) -> None:
    """The carrier may have said before that it is there."""
    said = shipment.status == ShipmentStatus.DELIVERED
    events = [ShipmentEvent.RECEIVE] if said else [ShipmentEvent.DELIVER, ShipmentEvent.RECEIVE]
    facts = {"received_at": work.at} if said else {"delivered_at": work.at, "received_at": work.at}
    step_shipments(work, [shipment], events, facts=facts)


def _day_of_record(work: Work, delivery: LockedDelivery, dispensing: LockedDispensing) -> date:
    """The day of release was stored with it; else it is today at the subject's site."""
    return delivery.recorded_on or dispensing.subject.site.today(work.at)
