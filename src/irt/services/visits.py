"""Visits as services find and mark them: what is on record, and each mark as a step of its own."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, func, select, update
from sqlmodel import SQLModel

from irt.errors import BadInput, Refusal
from irt.services.subjects import LockedSubject
from irt.services.work import Work
from irt.states.records import VISIT, DispensingStatus, VisitEvent, VisitStatus
from irt.states.table import next_status
from irt.study.schedule import UNSCHEDULED
from irt.tables.columns import table_of
from irt.tables.kit import Dispensing
from irt.tables.subject import Visit, VisitStep


class VisitReceipt(SQLModel):
    """How a visit stands now."""

    study_id: int
    subject: str
    visit: str
    occurrence: int
    status: VisitStatus


class VisitNotPlanned(Refusal):
    """The visit is held or skipped already."""

    def __init__(self, status: VisitStatus) -> None:
        super().__init__(f"The visit is already recorded as '{status}'. Nothing was booked.")


class KitsAreAssigned(Refusal):
    """Kits wait to be handed over at the visit."""

    def __init__(self) -> None:
        super().__init__(
            "Kits are assigned for this visit. Nothing was booked. Open them on the worklist and choose "
            "‘Visit not done’; there you also say what becomes of the visit."
        )


@dataclass(frozen=True, slots=True)
class VisitOnRecord:
    """A visit of one subject; without an id where nothing was recorded of it yet."""

    id: int | None
    code: str
    occurrence: int
    status: VisitStatus
    dispensing: DispensingStatus | None = None

    def require_planned(self) -> None:
        """Refuses a visit that is held, skipped, or being held with kits."""
        if self.dispensing == DispensingStatus.ASSIGNED:
            raise KitsAreAssigned
        if self.status != VisitStatus.PLANNED:
            raise VisitNotPlanned(self.status)

    def require_not_done(self) -> None:
        """Refuses a visit that is held; a skipped one may be recorded late."""
        if self.status == VisitStatus.DONE:
            raise VisitNotPlanned(self.status)


_VISITS, _DISPENSINGS = table_of(Visit), table_of(Dispensing)
_KNOWN = (
    select(_VISITS.c.id, _VISITS.c.status, _DISPENSINGS.c.status.label("dispensing"))
    .outerjoin(_DISPENSINGS, _DISPENSINGS.c.visit_id == _VISITS.c.id)
    .where(
        _VISITS.c.subject_id == bindparam("subject_id"),
        _VISITS.c.code == bindparam("code"),
        _VISITS.c.occurrence == bindparam("occurrence"),
    )
    .order_by(_DISPENSINGS.c.id.desc())
    .limit(1)
)
_MARK = (
    update(_VISITS)
    .where(_VISITS.c.id == bindparam("of_id"))
    .values(status=bindparam("to_status"), held_on=bindparam("on_day"), reason=bindparam("why"), weight_kg=None)
)


_UNSCHEDULED = select(func.count().label("n")).where(
    _VISITS.c.subject_id == bindparam("subject_id"), _VISITS.c.code == UNSCHEDULED
)


def next_unscheduled(work: Work, subject_id: int) -> int:
    """The occurrence of the subject's next unscheduled visit."""
    return int(work.one("visit", _UNSCHEDULED, subject_id=subject_id)["n"])


def visit_on_record(work: Work, subject: LockedSubject, code: str, occurrence: int) -> VisitOnRecord:
    """The visit of a locked subject; BadInput where the study plans no such visit."""
    if not any(visit.code == code and visit.occurs(occurrence) for visit in subject.definition.visits):
        raise BadInput(f"{code} is not a visit of this study. Nothing was booked.")
    row = work.row(_KNOWN, subject_id=subject.id, code=code, occurrence=occurrence)
    if row is None:
        return VisitOnRecord(None, code, occurrence, VisitStatus.PLANNED)
    dispensing = None if row["dispensing"] is None else DispensingStatus(row["dispensing"])
    return VisitOnRecord(row["id"], code, occurrence, VisitStatus(row["status"]), dispensing)


def mark_visit(
    work: Work,
    subject: LockedSubject,
    visit: VisitOnRecord,
    event: VisitEvent,
    on_day: date,
    reason: str | None = None,
) -> VisitOnRecord:
    """Marks a visit by an event: the table decides, the step is appended, the visit's row follows."""
    status = next_status(VISIT, visit.status, event)
    held_on, why = (None, None) if status == VisitStatus.PLANNED else (on_day, reason)
    visit_id = visit.id
    if visit_id is None:
        facts = {"code": visit.code, "occurrence": visit.occurrence, "status": status}
        row = {**facts, "subject_id": subject.id, "held_on": held_on, "reason": why}
        visit_id = work.record(Visit, **subject.owner, **row)
    else:
        work.run(_MARK, {"of_id": visit_id, "to_status": status, "on_day": held_on, "why": why})
    step = {"visit_id": visit_id, "event": event, "on_day": on_day, "reason": reason, "at": work.at}
    under = {"version_number": subject.site.version_number, "account_id": work.actor.account_id}
    work.append(VisitStep, **subject.owner, **step, **under)
    return VisitOnRecord(visit_id, visit.code, visit.occurrence, status, visit.dispensing)


def leave_visit(work: Work, subject: LockedSubject, visit: VisitOnRecord, *, skip: bool, reason: str) -> str:
    """What becomes of a visit whose kits were given back: open again, or skipped; the act, for the audit trail.

    An unscheduled visit is on no plan to wait on, so it is always skipped.
    """
    today = subject.site.today(work.at)
    opened = mark_visit(work, subject, visit, VisitEvent.REOPEN, today, reason)
    if not skip and visit.code != UNSCHEDULED:
        return "visit_reopened"
    mark_visit(work, subject, opened, VisitEvent.SKIP, today, reason)
    return "visit_skipped"


def receipt_of_visit(subject: LockedSubject, visit: VisitOnRecord) -> VisitReceipt:
    """What the site is told."""
    return VisitReceipt(
        study_id=subject.study_id,
        subject=subject.number,
        visit=visit.code,
        occurrence=visit.occurrence,
        status=visit.status,
    )
