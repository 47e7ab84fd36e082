"""A second person compares an entry with the paper: as written, it is booked at its true time; or it is wrong."""

from typing import Any

from sqlalchemy import RowMapping, bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.two_persons import refuse_same_person
from irt.errors import BadInput, NotFound, Refusal
from irt.services.outage_packs import LockedPack, audit_pack, lock_pack
from irt.services.paper_code_break import book_code_break
from irt.services.paper_dispensing import book_dispensing
from irt.services.paper_receipt import book_receipt
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.witness import Witnessing
from irt.services.witness_paper import note_paper_witness, witness_paper
from irt.services.work import Work
from irt.states.outage import EntryKind
from irt.tables.columns import table_of
from irt.tables.outage import OutageCheck, OutageEntry


class CheckOutageEntry(SQLModel):
    """An entry and whether it says what the paper says; where it does not, how it differs."""

    study_id: int
    pack: str
    entry: int
    as_on_paper: bool
    reason: str | None = None
    signing: Signing = Field(exclude=True)
    witness: Witnessing | None = Field(default=None, exclude=True, description="where a kit is a controlled drug")


class OutageEntryChecked(SQLModel):
    """How each kit was booked, and the deviations that were opened; nothing where the entry was typed wrongly."""

    pack: str
    entry: int
    as_on_paper: bool
    booked: dict[str, str]
    deviations: list[str]


class EntryChecked(Refusal):
    """An entry is checked once."""


_ENTRIES, _CHECKS = table_of(OutageEntry), table_of(OutageCheck)
_ENTRY = (
    select(_ENTRIES, _CHECKS.c.id.label("checked"))
    .outerjoin(_CHECKS, _CHECKS.c.entry_id == _ENTRIES.c.id)
    .where(_ENTRIES.c.pack_id == bindparam("pack_id"), _ENTRIES.c.number == bindparam("number"))
)
_OWN = "You typed this entry, so somebody else compares it with the paper. Nothing was booked. Ask a colleague."


def check_outage_entry(work: Work, ask: CheckOutageEntry) -> OutageEntryChecked:
    """Signs the comparison; an entry that is as on paper is booked in the same transaction, with both its times.

    WitnessMissing where it books a controlled drug and nobody signs beside.
    """
    pack, grant = lock_pack(work, ask.study_id, ask.pack, Permission.DISPENSE)
    entry = work.row(_ENTRY, pack_id=pack.id, number=ask.entry)
    if entry is None:
        raise NotFound(f"Pack {pack.number} has no entry {ask.entry}. Reload the page.")
    if entry["checked"] is not None:
        raise EntryChecked(f"Entry {ask.entry} was checked before. Nothing was booked twice.")
    refuse_same_person(entry["account_id"], work.actor.account_id, _OWN)
    reason = (ask.reason or "").strip() or None
    if not ask.as_on_paper and reason is None:
        raise BadInput("Say how the entry differs from the paper. Nothing was booked.")
    content = _signed(entry, ask.as_on_paper)
    name = f"{pack.number}/{ask.entry}"
    signable = Signable(
        Meaning.CHECK_OUTAGE_ENTRY, "outage entry", name, content, pack.study_id, pack.site_id, pack.zone
    )
    signature_id = sign_record(work, ask.signing, signable, grant)
    outcome: dict[str, Any] = {"booked": {}, "deviations": []}
    if ask.as_on_paper:
        seen = witness_paper(work, pack, entry, signable, ask.witness)
        outcome = _book(work, pack, entry, signature_id)
        if seen is not None:
            note_paper_witness(work, pack, seen, outcome["booked"])
    work.append(
        OutageCheck,
        **pack.owner,
        entry_id=entry["id"],
        as_on_paper=ask.as_on_paper,
        reason=reason,
        outcome=outcome,
        signature_id=signature_id,
        at=work.at,
        account_id=work.actor.account_id,
    )
    act = "outage_entry_booked" if ask.as_on_paper else "outage_entry_rejected"
    told = {"entry": ask.entry, "of": entry["record"], **outcome}
    audit_pack(work, pack, act, new=told, reason=reason)
    return OutageEntryChecked(pack=pack.number, entry=ask.entry, as_on_paper=ask.as_on_paper, **outcome)


def _book(work: Work, pack: LockedPack, entry: RowMapping, signature_id: int) -> dict[str, Any]:
    if entry["kind"] == EntryKind.RECEIPT:
        return book_receipt(work, pack, entry, signature_id)
    book = book_dispensing if entry["kind"] == EntryKind.DISPENSING else book_code_break
    return book(work, pack, entry)


def _signed(entry: RowMapping, as_on_paper: bool) -> dict[str, Any]:
    """What is signed: the entry as typed, with both its times."""
    return {
        "kind": entry["kind"],
        "record": entry["record"],
        "content": entry["content"],
        "happened_at": entry["happened_at"].isoformat(),
        "entered_at": entry["at"].isoformat(),
        "as_on_paper": as_on_paper,
    }
