"""What a carrier does at a door, by the opaque label of the parcel: read the address, try, agree another time."""

from pydantic import AwareDatetime, SecretStr
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.services.fulfil_shipment import bring_parcel_back
from irt.services.home_addresses import open_address
from irt.services.home_deliveries import LockedDelivery, audit_delivery, delivery_in, parcel_of, step_delivery
from irt.services.release_delivery import require_slot
from irt.services.shipments import lock_shipment
from irt.services.site_kits import need_reason
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.states.home_delivery import DeliveryEvent, DeliveryStatus
from irt.tables.home import AddressReading

_WITH_THE_CARRIER = (DeliveryStatus.UNDERWAY, DeliveryStatus.ATTEMPTED)


class ReadAddress(SQLModel):
    """The label of a parcel as the carrier scanned it."""

    label: str


class AddressRead(SQLModel):
    """The address, told once and kept in no answer; and what the carrier needs at the door."""

    shipment: str
    attempts: int
    slot_from: AwareDatetime | None = None
    slot_to: AwareDatetime | None = None
    address: SecretStr | None = Field(default=None, exclude=True)


class ReportAttempt(SQLModel):
    """Nobody was there, or would not take the parcel."""

    label: str
    reason: str = Field(min_length=1)


class Reschedule(SQLModel):
    """Another time, as agreed with the patient."""

    label: str
    slot_from: AwareDatetime
    slot_to: AwareDatetime


class DoorStep(SQLModel):
    """How the delivery stands after a step at the door."""

    shipment: str
    status: DeliveryStatus
    attempts: int
    attempts_left: int


class NotWithTheCarrier(Refusal):
    """The parcel has not left, or its way has ended."""

    def __init__(self) -> None:
        super().__init__("This parcel is not on its way now. Nothing is shown and nothing was booked.")


class NoAttemptLeft(Refusal):
    """The study's number of attempts is used up."""

    def __init__(self) -> None:
        super().__init__(
            "No attempt is left for this parcel. Nothing was booked. Bring it back to where it came from."
        )


def read_address(work: Work, ask: ReadAddress) -> AddressRead:
    """Shows the address to the carrier who has the parcel; each reading is written down."""
    delivery = _at_the_door(work, ask.label)
    address = open_address(work, delivery.subject_id)
    work.append(
        AddressReading, **delivery.owner, delivery_id=delivery.id, at=work.at, account_id=work.actor.account_id
    )
    audit_delivery(work, delivery, "address_read", shipment=delivery.shipment)
    return AddressRead(
        shipment=delivery.shipment or "",
        attempts=delivery.attempts,
        slot_from=delivery.slot_from,
        slot_to=delivery.slot_to,
        address=SecretStr(address),
    )


def report_attempt(work: Work, ask: ReportAttempt) -> DoorStep:
    """One more attempt in vain; after the study's last one the parcel only goes back."""
    delivery = _at_the_door(work, ask.label)
    reason = need_reason(ask.reason)
    attempts = delivery.attempts + 1
    status = step_delivery(work, delivery, DeliveryEvent.FAIL_ATTEMPT, reason=reason, attempts=attempts)
    audit_delivery(work, delivery, "delivery_fail_attempt", attempts=attempts, reason=reason)
    return _told(work, delivery, status, attempts)


def reschedule(work: Work, ask: Reschedule) -> DoorStep:
    """Another attempt at another time, while the study has one left."""
    delivery = _at_the_door(work, ask.label)
    require_slot(ask.slot_from, ask.slot_to, work.at)
    if attempts_max(work, delivery) <= delivery.attempts:
        raise NoAttemptLeft
    status = step_delivery(work, delivery, DeliveryEvent.RESCHEDULE, slot_from=ask.slot_from, slot_to=ask.slot_to)
    audit_delivery(work, delivery, "delivery_reschedule", attempts=delivery.attempts)
    return _told(work, delivery, status, delivery.attempts)


def bring_back(work: Work, ask: ReportAttempt) -> DoorStep:
    """The parcel is back where it came from; its kits wait there for a quality decision."""
    delivery = _at_the_door(work, ask.label)
    reason = need_reason(ask.reason)
    shipment = lock_shipment(work, delivery.study_id, delivery.shipment or "")
    bring_parcel_back(work, shipment, reason)
    return _told(work, delivery, DeliveryStatus.RETURNED, delivery.attempts)


def attempts_max(work: Work, delivery: LockedDelivery) -> int:
    """How often the study lets a carrier try."""
    rules = definition_of(work, delivery.study_id, delivery.version_number).delivery
    return 0 if rules is None else rules.attempts_max


def _at_the_door(work: Work, label: str) -> LockedDelivery:
    """The delivery under a label, if this person carries parcels of its study and this one is with the carrier."""
    study_id, number = parcel_of(work, label)
    work.actor.require(Permission.CARRY_HOME, study_id)
    delivery = delivery_in(work, lock_shipment(work, study_id, number))
    if delivery.status not in _WITH_THE_CARRIER:
        raise NotWithTheCarrier
    return delivery


def _told(work: Work, delivery: LockedDelivery, status: DeliveryStatus, attempts: int) -> DoorStep:
    return DoorStep(
        shipment=delivery.shipment or "",
        status=status,
        attempts=attempts,
        attempts_left=max(attempts_max(work, delivery) - attempts, 0),
    )
