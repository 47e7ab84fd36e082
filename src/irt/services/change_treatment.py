"""A subject's treatment in time: skipped visits, dose hold and resumption, dose changes, end of treatment."""

from datetime import date
from typing import Literal

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.services.subjects import LockedSubject, audit_subject, lock_subject, move_subject, refusals_concern
from irt.services.visits import mark_visit, visit_on_record
from irt.services.work import Work
from irt.states.records import VisitEvent
from irt.states.subject import ON_STUDY_TREATMENT, SubjectEvent, SubjectStatus


class SkipVisit(SQLModel):
    """A planned visit that did not take place."""

    study_id: int
    subject: str
    visit: str
    occurrence: int = Field(default=0, ge=0)
    on_day: date
    reason: str = Field(min_length=1)


class ChangeStatus(SQLModel):
    """A step in a subject's life, with its reason."""

    study_id: int
    subject: str
    step: Literal["hold_dose", "resume_dose", "stop_treatment", "complete", "withdraw", "lose_contact"]
    on_day: date
    reason: str = Field(min_length=1)


class ChangeDose(SQLModel):
    """A move along the titration graph."""

    study_id: int
    subject: str
    dose_level: str
    on_day: date
    reason: str = Field(min_length=1)


class SubjectReceipt(SQLModel):
    """Where the subject stands now."""

    study_id: int
    subject: str
    status: SubjectStatus
    dose_level: str | None = None


class MoveNotAllowed(Refusal):
    """The titration graph has no such move."""


_ACTS = {
    "hold_dose": "dose_held",
    "resume_dose": "dose_resumed",
    "stop_treatment": "treatment_ended",
    "complete": "subject_completed",
    "withdraw": "subject_withdrawn",
    "lose_contact": "contact_lost",
}


def skip_visit(work: Work, ask: SkipVisit) -> SubjectReceipt:
    """Records a planned visit as skipped, with the reason."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.DISPENSE)
    with refusals_concern(subject.about("skipping")):
        subject.require_day(ask.on_day, work.at)
        visit = visit_on_record(work, subject, ask.visit, ask.occurrence)
        visit.require_planned()
    mark_visit(work, subject, visit, VisitEvent.SKIP, ask.on_day, ask.reason)
    audit_subject(
        work,
        subject,
        "visit_skipped",
        new={"visit": ask.visit, "occurrence": ask.occurrence, "on_day": ask.on_day.isoformat()},
        reason=ask.reason,
    )
    return _receipt(subject, subject.status, subject.dose_level)


def change_status(work: Work, ask: ChangeStatus) -> SubjectReceipt:
    """Holds or resumes dosing, or ends treatment or participation."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.END_TREATMENT)
    with refusals_concern(subject.about(ask.step)):
        subject.require_day(ask.on_day, work.at)
        status = move_subject(work, subject, SubjectEvent(ask.step), ask.on_day, reason=ask.reason)
    audit_subject(
        work,
        subject,
        _ACTS[ask.step],
        old={"status": subject.status},
        new={"status": status, "on_day": ask.on_day.isoformat()},
        reason=ask.reason,
    )
    return _receipt(subject, status, subject.dose_level)


def change_dose(work: Work, ask: ChangeDose) -> SubjectReceipt:
    """Moves a subject to another dose level where the titration graph allows it, in every arm alike (L19)."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.CHANGE_DOSE)
    with refusals_concern(subject.about("dose_change")):
        subject.require_day(ask.on_day, work.at)
        _require_move(subject, ask.dose_level)
    status = move_subject(
        work, subject, SubjectEvent.CHANGE_DOSE, ask.on_day, reason=ask.reason, dose_level=ask.dose_level
    )
    audit_subject(
        work,
        subject,
        "dose_changed",
        old={"dose_level": subject.dose_level},
        new={"dose_level": ask.dose_level, "on_day": ask.on_day.isoformat()},
        reason=ask.reason,
    )
    return _receipt(subject, status, ask.dose_level)


def _require_move(subject: LockedSubject, dose_level: str) -> None:
    allowed = {move.target for move in subject.definition.titration if move.origin == subject.dose_level}
    if subject.status not in ON_STUDY_TREATMENT or dose_level not in allowed:
        raise MoveNotAllowed(
            f"The dose cannot be changed to {dose_level} now. Nothing was booked. "
            "See the protocol for the moves it allows."
        )


def _receipt(subject: LockedSubject, status: SubjectStatus, dose_level: str | None) -> SubjectReceipt:
    return SubjectReceipt(study_id=subject.study_id, subject=subject.number, status=status, dose_level=dose_level)
