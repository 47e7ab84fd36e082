"""A visit marked in error: the mark is taken back by a new step with its reason, and the visit waits again."""

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.services.subjects import audit_subject, lock_subject, refusals_concern
from irt.services.visits import (
    KitsAreAssigned,
    VisitOnRecord,
    VisitReceipt,
    mark_visit,
    receipt_of_visit,
    visit_on_record,
)
from irt.services.work import Work
from irt.states.records import DispensingStatus, VisitEvent, VisitStatus


class CorrectVisit(SQLModel):
    """A visit that was marked done or skipped in error."""

    study_id: int
    subject: str
    visit: str
    occurrence: int = Field(default=0, ge=0)
    reason: str = Field(min_length=1)


class NothingToCorrect(Refusal):
    """Nothing was recorded of the visit."""

    def __init__(self) -> None:
        super().__init__("Nothing is on record for this visit. Nothing was booked. Record what happened at it.")


class KitsWereGiven(Refusal):
    """The subject got kits at the visit, so that it took place."""

    def __init__(self) -> None:
        super().__init__(
            "Kits were handed over at this visit, so it took place. Nothing was booked. Take back kits that come "
            "back; if the subject got other kits than assigned, record it with the dispensing."
        )


def correct_visit(work: Work, ask: CorrectVisit) -> VisitReceipt:
    """Opens a visit again that was marked in error; the mark stays in the history."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.DISPENSE)
    with refusals_concern(subject.about("correction")):
        visit = visit_on_record(work, subject, ask.visit, ask.occurrence)
        _require_correctable(visit)
        today = subject.site.today(work.at)
        opened = mark_visit(work, subject, visit, VisitEvent.CORRECT, today, ask.reason)
    audit_subject(
        work,
        subject,
        "visit_corrected",
        old={"status": visit.status},
        new={"visit": ask.visit, "occurrence": ask.occurrence, "on_day": today.isoformat()},
        reason=ask.reason,
    )
    return receipt_of_visit(subject, opened)


def _require_correctable(visit: VisitOnRecord) -> None:
    if visit.status == VisitStatus.PLANNED:
        raise NothingToCorrect
    if visit.status == VisitStatus.SKIPPED:
        return
    if visit.dispensing == DispensingStatus.ASSIGNED:
        raise KitsAreAssigned
    if visit.dispensing is not None:
        raise KitsWereGiven
