"""Somebody looks after an exception of supply from now on."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.reads.blinded_exceptions import open_exceptions
from irt.services.audit_draft import AuditDraft
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.supply.exceptions import ExceptionKind
from irt.tables.supply import ExceptionTaken


class TakeException(SQLModel):
    """The exception by what it is and what it is about, and what the person means to do."""

    study_id: int
    kind: ExceptionKind
    record: str = Field(min_length=1, max_length=100)
    note: str = Field(default="", max_length=500)


class ExceptionOwned(SQLModel):
    """Who owns it now, and until when they must have acted."""

    kind: ExceptionKind
    record: str
    deadline: datetime


class ExceptionSettled(Refusal):
    """It is not in the inbox, or no longer."""

    def __init__(self) -> None:
        super().__init__("This is no longer in the inbox. Nothing was booked. Look at the inbox again.")


def take_exception(work: Work, ask: TakeException) -> ExceptionOwned:
    """The person becomes its owner, also where somebody else was; the deadline stays."""
    work.actor.require(Permission.RUN_RESUPPLY, ask.study_id)
    study = lock_study(work, ask.study_id)
    inbox = open_exceptions(work.connection, study.id, work.at)
    found = next((one for one in inbox if (one.kind, one.record) == (ask.kind, ask.record)), None)
    if found is None:
        raise ExceptionSettled
    owner = {"account_id": work.actor.account_id, "note": ask.note.strip(), "at": work.at}
    work.append(ExceptionTaken, **study.owner, kind=ask.kind, record=ask.record, **owner)
    work.audit(
        AuditDraft(
            act="exception_taken",
            record_kind="exception",
            record=ask.record,
            study_id=study.id,
            old={"owner": found.owner} if found.owner else None,
            new={"kind": ask.kind, "note": ask.note.strip()},
        )
    )
    return ExceptionOwned(kind=ask.kind, record=ask.record, deadline=found.deadline)
