"""What a site did on paper during an outage, typed afterwards with its true time; a second person compares it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.blinding.code_break import ReasonCategory
from irt.blinding.roles import Permission
from irt.errors import BadInput, NotFound, Refusal
from irt.services.outage_packs import LockedPack, audit_pack, lock_pack
from irt.services.receive_shipment import Temperature
from irt.services.shipments import lock_shipment
from irt.services.subjects import lock_subject
from irt.services.work import Work
from irt.states.outage import EntryKind, PackStatus
from irt.supply.barcode import kit_number_in
from irt.tables.columns import table_of
from irt.tables.outage import OutageEntry, OutageSeal
from irt.tables.subject import Subject


class PaperEntry(SQLModel):
    """The pack it was done from, when the outage began, and when it happened."""

    study_id: int
    pack: str
    outage_from: datetime
    happened_at: datetime
    note: str = ""


class EnterDispensing(PaperEntry):
    """Kits handed over on paper for a visit of a subject, as they were written down."""

    subject: str
    visit: str
    occurrence: int = Field(default=0, ge=0)
    kits: list[str] = Field(min_length=1)


class EnterCodeBreak(PaperEntry):
    """A seal that was opened: why, and by whom."""

    seal: int
    reason: ReasonCategory
    opened_by: str = Field(min_length=1, max_length=120)


class EnterReceipt(PaperEntry):
    """A shipment received on paper, kit by kit, with the word of its monitor."""

    shipment: str
    received: list[str] = []
    damaged: list[str] = []
    missing: list[str] = []
    temperature: Temperature = Temperature.NO_ALARM


class PaperEntered(SQLModel):
    """The entry, which is booked once a second person has compared it with the paper."""

    pack: str
    entry: int
    kind: EntryKind
    record: str


class OutageTimeImpossible(Refusal):
    """The time lies before the pack or the outage, or has not come yet."""

    status_code = 400

    def __init__(self) -> None:
        super().__init__(
            "It cannot have happened then: it must lie between the beginning of the outage and now, and after the "
            "pack was issued. Nothing was booked. Enter the time on the paper."
        )


class PackClosed(Refusal):
    """The pack is accounted for."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Pack {number} is closed, so nothing is entered for it any more. Nothing was booked. Record what is "
            "missing as a deviation with the study team."
        )


_ENTRIES, _SEALS, _SUBJECTS = table_of(OutageEntry), table_of(OutageSeal), table_of(Subject)
_SO_FAR = select(func.count().label("n")).where(_ENTRIES.c.pack_id == bindparam("pack_id"))
_SEALED = (
    select(_SUBJECTS.c.number)
    .join(_SEALS, _SEALS.c.subject_id == _SUBJECTS.c.id)
    .where(_SEALS.c.pack_id == bindparam("pack_id"), _SEALS.c.number == bindparam("number"))
)


def enter_dispensing(work: Work, ask: EnterDispensing) -> PaperEntered:
    """Types a dispensing that was done on paper."""
    pack = _open_pack(work, ask, Permission.DISPENSE)
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.DISPENSE)
    if subject.site.id != pack.site_id:
        raise NotFound("No such subject at the site of this pack. Check the number.")
    visit = next((one for one in subject.definition.visits if one.code == ask.visit), None)
    if visit is None or not visit.dispenses or not visit.occurs(ask.occurrence):
        raise BadInput(f"No kits are given at visit {ask.visit}. Nothing was booked. Choose another visit.")
    content = {"visit": ask.visit, "occurrence": ask.occurrence, "kits": _numbers(ask.kits)}
    return _enter(work, ask, pack, EntryKind.DISPENSING, subject.number, content)


def enter_code_break(work: Work, ask: EnterCodeBreak) -> PaperEntered:
    """Types that a seal was opened; the treatment is not typed."""
    pack = _open_pack(work, ask, Permission.BREAK_CODE)
    sealed = work.row(_SEALED, pack_id=pack.id, number=ask.seal)
    if sealed is None:
        raise NotFound(f"Pack {pack.number} has no seal {ask.seal}. Check the number on the envelope.")
    content = {"seal": ask.seal, "reason_category": ask.reason, "opened_by": ask.opened_by.strip()}
    return _enter(work, ask, pack, EntryKind.CODE_BREAK, sealed["number"], content)


def enter_receipt(work: Work, ask: EnterReceipt) -> PaperEntered:
    """Types a receipt that was done on paper."""
    pack = _open_pack(work, ask, Permission.RECEIVE_SHIPMENT)
    shipment = lock_shipment(work, ask.study_id, ask.shipment)
    if shipment.site_id != pack.site_id:
        raise NotFound("No such shipment to the site of this pack. Check the number.")
    content = {
        "received": _numbers(ask.received),
        "damaged": _numbers(ask.damaged),
        "missing": _numbers(ask.missing),
        "temperature": ask.temperature,
    }
    return _enter(work, ask, pack, EntryKind.RECEIPT, ask.shipment, content)


def _open_pack(work: Work, ask: PaperEntry, permission: Permission) -> LockedPack:
    pack, _ = lock_pack(work, ask.study_id, ask.pack, permission)
    if pack.status == PackStatus.CLOSED:
        raise PackClosed(pack.number)
    aware = ask.outage_from.tzinfo is not None and ask.happened_at.tzinfo is not None
    if not aware or not max(ask.outage_from, pack.issued_at) <= ask.happened_at <= work.at:
        raise OutageTimeImpossible
    return pack


def _numbers(reads: Iterable[str]) -> list[str]:
    """Kit numbers as read or typed, each once; what is no number stays as it was written."""
    return sorted({kit_number_in(read) or read.strip() for read in reads if read.strip()})


def _enter(
    work: Work, ask: PaperEntry, pack: LockedPack, kind: EntryKind, record: str, content: dict[str, Any]
) -> PaperEntered:
    number = int(work.one("pack", _SO_FAR, pack_id=pack.id)["n"]) + 1
    work.append(
        OutageEntry,
        **pack.owner,
        pack_id=pack.id,
        number=number,
        kind=kind,
        record=record,
        content={**content, "note": ask.note.strip()},
        outage_from=ask.outage_from,
        happened_at=ask.happened_at,
        at=work.at,
        account_id=work.actor.account_id,
    )
    times = {"outage_from": ask.outage_from.isoformat(), "happened_at": ask.happened_at.isoformat()}
    told = {"entry": number, "what": kind.replace("_", " "), "of": record, **times, **content}
    audit_pack(work, pack, "outage_entered", new=told, reason="outage")
    return PaperEntered(pack=pack.number, entry=number, kind=kind, record=record)
