"""The run-in: its first day, and that nobody is randomized before its days have passed."""

from datetime import date

from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.subjects import LockedSubject, audit_subject, lock_subject, move_subject, refusals_concern
from irt.services.work import Work
from irt.states.subject import BEFORE_RANDOMIZATION, SubjectEvent, SubjectStatus


class StartRunIn(SQLModel):
    """A screened subject enters the run-in."""

    study_id: int
    subject: str
    on_day: date


class RunInReceipt(SQLModel):
    """A run-in and the first day on which the subject may be randomized."""

    study_id: int
    subject: str
    status: SubjectStatus
    started_on: date
    ends_on: date


class NoRunIn(BadInput):
    """The study has no run-in to start."""

    def __init__(self) -> None:
        super().__init__("This study has no run-in. Nothing was booked. Randomize the subject from its page.")


class RunInTooLate(Refusal):
    """The screening would expire before the run-in ends."""

    def __init__(self, ends_on: date, last: date) -> None:
        super().__init__(
            f"This run-in would end on {day_words(ends_on)}, and the screening is valid until {day_words(last)}. "
            "Nothing was booked. Record a screening failure; the protocol says whether the subject may be "
            "screened again."
        )


class RunInNotStarted(Refusal):
    """The study has a run-in, and this subject has not had it."""

    def __init__(self) -> None:
        super().__init__(
            "The run-in of this subject has not started. Nothing was drawn. Start it on the subject's page."
        )


class RunInNotOver(Refusal):
    """The days of the run-in have not passed."""

    def __init__(self, ends_on: date) -> None:
        super().__init__(
            f"Run-in ends on {day_words(ends_on)}. Nothing was drawn. Randomize the subject on that day or later."
        )


def day_words(day: date) -> str:
    """3 March 2026."""
    return f"{day.day} {day:%B} {day.year}"


def start_run_in(work: Work, ask: StartRunIn) -> RunInReceipt:
    """Puts a screened subject into the run-in, from a day on."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.SCREEN)
    with refusals_concern(subject.about("run_in")):
        ends_on = _require_startable(work, subject, ask.on_day)
        status = move_subject(work, subject, SubjectEvent.START_RUN_IN, ask.on_day, run_in_on=ask.on_day)
    audit_subject(
        work,
        subject,
        "run_in_started",
        old={"status": subject.status},
        new={"status": status, "on_day": ask.on_day.isoformat(), "ends_on": ends_on.isoformat()},
    )
    return RunInReceipt(
        study_id=ask.study_id, subject=subject.number, status=status, started_on=ask.on_day, ends_on=ends_on
    )


def _require_startable(work: Work, subject: LockedSubject, on_day: date) -> date:
    """The last day of the run-in, where it may start on this day."""
    rule = subject.definition.screening
    if not rule.run_in_days:
        raise NoRunIn
    subject.site.require_active()
    subject.require_day(on_day, work.at)
    ends_on, last = rule.run_in_ends(on_day), rule.valid_until(subject.screened_on)
    if last is not None and ends_on > last:
        raise RunInTooLate(ends_on, last)
    return ends_on


def require_run_in_over(subject: LockedSubject, on_day: date) -> None:
    """Refuses a randomization on a day before the run-in is over, where the study has one."""
    rule = subject.definition.screening
    if not rule.run_in_days or subject.status not in BEFORE_RANDOMIZATION:
        return
    if subject.run_in_on is None:
        raise RunInNotStarted
    if on_day < (ends_on := rule.run_in_ends(subject.run_in_on)):
        raise RunInNotOver(ends_on)
