"""A visit at which no kits are given, as a phone call or a follow-up: recorded as done."""

from datetime import date

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.subjects import LockedSubject, TooEarly, audit_subject, lock_subject, refusals_concern
from irt.services.visits import VisitReceipt, mark_visit, receipt_of_visit, visit_on_record
from irt.services.work import Work
from irt.states.records import VisitEvent
from irt.study.visits import Visit


class RecordVisit(SQLModel):
    """A planned visit without kits that took place."""

    study_id: int
    subject: str
    visit: str
    occurrence: int = Field(default=0, ge=0)
    on_day: date


class KitsAreGiven(BadInput):
    """The visit is held by giving its kits."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Kits are given at {name}, so it is recorded by assigning them. Nothing was booked. "
            "If the visit did not take place, record it as skipped."
        )


class RecordedElsewhere(BadInput):
    """Screening and randomization are on record by themselves."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is on record by the step of that name. Nothing was booked.")


class NotRandomizedYet(Refusal):
    """The visit is counted from a randomization that has not been."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} comes after randomization, which has not been. Nothing was booked.")


def record_visit(work: Work, ask: RecordVisit) -> VisitReceipt:
    """Records a visit without kits as done on a day."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.DISPENSE)
    with refusals_concern(subject.about("visit")):
        visit = visit_on_record(work, subject, ask.visit, ask.occurrence)
        _require_recordable(work, subject, subject.definition.visit(ask.visit), ask.on_day)
        visit.require_not_done()
        marked = mark_visit(work, subject, visit, VisitEvent.HOLD_VISIT, ask.on_day)
    audit_subject(
        work,
        subject,
        "visit_recorded",
        old={"status": visit.status},
        new={"visit": ask.visit, "occurrence": ask.occurrence, "on_day": ask.on_day.isoformat()},
    )
    return receipt_of_visit(subject, marked)


def _require_recordable(work: Work, subject: LockedSubject, visit: Visit, on_day: date) -> None:
    if visit.dispenses:
        raise KitsAreGiven(visit.name)
    if visit.kind in ("screening", "randomization"):
        raise RecordedElsewhere(visit.name)
    subject.site.require_come(on_day, work.at)
    first = subject.randomized_on if visit.anchor == "randomization" else subject.screened_on
    if first is None:
        raise NotRandomizedYet(visit.name)
    if on_day < first:
        raise TooEarly(first)
