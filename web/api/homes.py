"""Deliveries to homes: addresses, release, the carrier's steps. What is told once is in the first answer alone."""

from dataclasses import dataclass

from pydantic import AwareDatetime
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.reads.blinded_pickups import PickupLine, pickups_at
from irt.reads.blinded_sites import sites_reached
from irt.services.carry_home import AddressRead, bring_back, read_address, report_attempt, reschedule
from irt.services.collect_returns import (
    PickupAddress,
    ask_pickup,
    cancel_pickup,
    collect_kits,
    pickup_label,
    read_pickup_address,
    report_pickup_attempt,
    reschedule_pickup,
)
from irt.services.confirm_delivery import CodeGiven, give_code
from irt.services.home_addresses import erase_address, record_address
from irt.services.release_delivery import cancel_delivery, release_delivery
from irt.services.send_from_site import give_to_carrier, pack_parcel
from web.api.operations import Caller, Records, StudyId, command, question

_SUBJECT = {"study_id": 1, "subject": "1014-0037"}
_DISPENSING = {"study_id": 1, "dispensing_id": 12}
_SIGNING = {"password": "the owner's password", "code": "123456"}
_LABEL = {"label": "a47f39114cd05b5ebb2bc5be74"}
_SLOT = {"slot_from": "2026-03-03T09:00:00Z", "slot_to": "2026-03-03T11:00:00Z"}


class AddressTold(SQLModel):
    """A parcel's address; none where the same key is sent again."""

    shipment: str
    attempts: int
    slot_from: AwareDatetime | None
    slot_to: AwareDatetime | None
    address: str | None


class CodeTold(SQLModel):
    """A one-time code for the patient; none where the same key is sent again."""

    subject: str
    expires_at: AwareDatetime
    code: str | None


def told_address(read: AddressRead) -> AddressTold:
    """The answer to the carrier."""
    facts = read.model_dump(exclude={"address"})
    return AddressTold(**facts, address=read.address.get_secret_value() if read.address else None)


class PickupAddressTold(SQLModel):
    """A pick-up's address; none where the same key is sent again."""

    number: str
    attempts: int
    slot_from: AwareDatetime
    slot_to: AwareDatetime
    address: str | None


def told_pickup_address(read: PickupAddress) -> PickupAddressTold:
    """The answer to the carrier."""
    facts = read.model_dump(exclude={"address"})
    return PickupAddressTold(**facts, address=read.address.get_secret_value() if read.address else None)


@dataclass(frozen=True)
class LabelledPickup:
    """A pick-up with the label that its carrier scans."""

    pickup: PickupLine
    label: str


@dataclass(frozen=True)
class PickupsShown:
    """Pick-ups, the newest first, at most two hundred."""

    items: tuple[LabelledPickup, ...]


@question("/studies/{study_id:int}/pickups", Permission.TAKE_BACK, "Pick-ups at homes that sites asked for")
def list_pickups(study_id: StudyId, caller: Caller, store: Records) -> PickupsShown:
    """Pick-ups of the token's sites, each with its label."""
    caller.require(Permission.TAKE_BACK, study_id)
    with store.reading() as connection:
        sites = [s for s in sites_reached(connection, caller, Permission.TAKE_BACK) if s.study_id == study_id]
        lines = pickups_at(connection, sites)
    return PickupsShown(tuple(LabelledPickup(line, pickup_label(store.seal, line.shipment_id)) for line in lines))


def told_code(given: CodeGiven) -> CodeTold:
    """The answer to the site."""
    code = given.code.get_secret_value() if given.code else None
    return CodeTold(subject=given.subject, expires_at=given.expires_at, code=code)


OPERATIONS = (
    list_pickups,
    command(
        "/homes/ask-pickup",
        ask_pickup,
        Permission.TAKE_BACK,
        "Ask for a pick-up of kits at a subject's home",
        {**_SUBJECT, "kits": ["48213377"], **_SLOT},
    ),
    command(
        "/homes/cancel-pickup",
        cancel_pickup,
        Permission.TAKE_BACK,
        "Call off a pick-up of which nothing was collected",
        {"study_id": 1, "number": "P-1001", "reason": "Moved away"},
    ),
    command(
        "/homes/read-pickup-address",
        read_pickup_address,
        Permission.CARRY_HOME,
        "Read the address of the pick-up with this label, once for each key",
        _LABEL,
        told_pickup_address,
    ),
    command(
        "/homes/report-pickup-attempt",
        report_pickup_attempt,
        Permission.CARRY_HOME,
        "Report that nobody was there to hand kits over",
        {**_LABEL, "reason": "Nobody at home"},
    ),
    command(
        "/homes/reschedule-pickup",
        reschedule_pickup,
        Permission.CARRY_HOME,
        "Agree another time for a pick-up",
        {**_LABEL, **_SLOT},
    ),
    command(
        "/homes/collect",
        collect_kits,
        Permission.CARRY_HOME,
        "Collect kits at a subject's home, each by scan",
        {**_LABEL, "scanned": ["48213377"]},
    ),
    command(
        "/homes/record-address",
        record_address,
        Permission.RECORD_ADDRESS,
        "Record where a subject gets kits; it is sealed at once",
        {**_SUBJECT, "address": "1 Example Street"},
    ),
    command(
        "/homes/erase-address",
        erase_address,
        Permission.RECORD_ADDRESS,
        "Destroy the key of a subject's address",
        {**_SUBJECT, "reason": "Asked by the subject"},
    ),
    command(
        "/homes/release",
        release_delivery,
        Permission.RELEASE_DELIVERY,
        "Release a dispensing to the subject's home, signed",
        {**_DISPENSING, **_SLOT, "signing": _SIGNING},
    ),
    command(
        "/homes/cancel",
        cancel_delivery,
        Permission.DISPENSE,
        "Cancel a delivery that was not released, or whose parcel has not left its site",
        {**_DISPENSING, "reason": "Wrong weight"},
    ),
    command(
        "/homes/pack",
        pack_parcel,
        Permission.DISPENSE,
        "Pack a site's own parcel to a home, every kit scanned",
        {**_DISPENSING, "scanned": ["48213377"]},
    ),
    command(
        "/homes/send",
        give_to_carrier,
        Permission.DISPENSE,
        "Give a site's own parcel to the carrier",
        {**_DISPENSING, "waybill": "W-77"},
    ),
    command(
        "/homes/give-code",
        give_code,
        Permission.DISPENSE,
        "Give a one-time code for the patient",
        _DISPENSING,
        told_code,
    ),
    command(
        "/homes/read-address",
        read_address,
        Permission.CARRY_HOME,
        "Read the address of the parcel with this label, once for each key",
        _LABEL,
        told_address,
    ),
    command(
        "/homes/report-attempt",
        report_attempt,
        Permission.CARRY_HOME,
        "Report an attempt in vain",
        {**_LABEL, "reason": "Nobody at home"},
    ),
    command(
        "/homes/reschedule",
        reschedule,
        Permission.CARRY_HOME,
        "Agree another time with the patient",
        {**_LABEL, **_SLOT},
    ),
    command(
        "/homes/bring-back",
        bring_back,
        Permission.CARRY_HOME,
        "Bring a parcel back to where it came from",
        {**_LABEL, "reason": "Moved away"},
    ),
)
