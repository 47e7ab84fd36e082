"""The run-in: started on a day, waited for to its end, and failed with a reason."""

from datetime import timedelta

import pytest

from irt.blinding.roles import Role
from irt.errors import NotAllowed
from irt.services.randomize_subject import ScreeningExpired, randomize_subject
from irt.services.screen_subject import FailScreening, RescreenSubject, fail_screening, rescreen_subject
from irt.services.start_run_in import (
    NoRunIn,
    RunInNotOver,
    RunInNotStarted,
    RunInTooLate,
    StartRunIn,
    start_run_in,
)
from irt.services.subjects import NotInTheFuture, TooEarly
from irt.states.table import TransitionRefused
from irt.tables.subject import SubjectEvent
from tests.builders_trial import FIRST_DAY, Trial
from tests.builders_visits import RUN_IN_DAYS, VisitsTrial


def starting(trial: Trial, subject: str, days: int = 0) -> StartRunIn:
    """A run-in from today on, or so many days away."""
    return StartRunIn(study_id=1, subject=subject, on_day=trial.day + timedelta(days=days))


def test_a_run_in_starts_on_a_day(visits: VisitsTrial) -> None:
    """The receipt, the subject, the event and the audit line all know it."""
    subject = visits.screen()
    receipt = visits.start_run_in(subject)
    end = FIRST_DAY + timedelta(days=RUN_IN_DAYS)
    assert (receipt.status, receipt.started_on, receipt.ends_on) == ("run_in", FIRST_DAY, end)
    row = visits.subject(subject)
    assert (row["status"], row["run_in_on"]) == ("run_in", FIRST_DAY)
    event = visits.rows(SubjectEvent)[-1]
    assert (event["kind"], event["on_day"]) == ("start_run_in", FIRST_DAY)
    line = visits.audit()
    assert (line["act"], line["record"], line["old"]) == ("run_in_started", subject, {"status": "screening"})
    assert line["new"] == {"status": "run_in", "on_day": FIRST_DAY.isoformat(), "ends_on": end.isoformat()}


def test_nobody_is_randomized_before_its_days_have_passed(visits: VisitsTrial) -> None:
    """Not without it, not on its last day but one; on the day it ends the draw takes place."""
    subject = visits.screen()
    refusal = visits.refuses(randomize_subject, visits.asking(subject), RunInNotStarted)
    assert refusal.sentence.startswith("The run-in of this subject has not started. Nothing was drawn.")
    visits.start_run_in(subject)
    visits.later(RUN_IN_DAYS - 1)
    refusal = visits.refuses(randomize_subject, visits.asking(subject), RunInNotOver)
    assert refusal.sentence.startswith("Run-in ends on 25 March 2026. Nothing was drawn.")
    visits.later(1)
    early = visits.asking(subject, on_day=visits.day - timedelta(days=1))
    visits.refuses(randomize_subject, early, RunInNotOver)
    assert visits.randomize(subject).status == "randomized"


def test_days_on_which_no_run_in_starts(sqlite_visits: VisitsTrial) -> None:
    """Not tomorrow, not before screening, not so late that the screening expires first."""
    subject = sqlite_visits.screen()
    for days, kind in ((1, NotInTheFuture), (-1, TooEarly)):
        sqlite_visits.refuses(start_run_in, starting(sqlite_visits, subject, days), kind)
    sqlite_visits.later(60 - RUN_IN_DAYS)
    other = sqlite_visits.screen()
    sqlite_visits.later(1)
    refusal = sqlite_visits.refuses(start_run_in, starting(sqlite_visits, subject), RunInTooLate)
    assert "would end on 11 May 2026, and the screening is valid until 10 May 2026" in refusal.sentence
    assert sqlite_visits.start_run_in(other).status == "run_in"


def test_a_screening_that_expires_in_the_run_in(sqlite_visits: VisitsTrial) -> None:
    """The end of the run-in is no help when nobody came in time."""
    subject = sqlite_visits.screen()
    sqlite_visits.start_run_in(subject)
    sqlite_visits.later(61)
    sqlite_visits.refuses(randomize_subject, sqlite_visits.asking(subject), ScreeningExpired)


def test_a_run_in_starts_once(sqlite_visits: VisitsTrial) -> None:
    """A second one is refused, by name, and so is one of a subject who is randomized."""
    subject = sqlite_visits.randomized()
    sqlite_visits.refuses(start_run_in, starting(sqlite_visits, subject), TransitionRefused)
    other = sqlite_visits.screen()
    sqlite_visits.start_run_in(other)
    sqlite_visits.refuses(start_run_in, starting(sqlite_visits, other), TransitionRefused)


def test_a_study_without_run_in(sqlite_trial: Trial) -> None:
    """There is nothing to start, and nothing to wait for."""
    subject = sqlite_trial.screen()
    sqlite_trial.refuses(start_run_in, starting(sqlite_trial, subject), NoRunIn)
    assert sqlite_trial.randomize(subject).status == "randomized"


def test_a_run_in_that_fails(visits: VisitsTrial) -> None:
    """An end of its own, with its reason; a later screening begins from the start."""
    subject = visits.screen()
    visits.start_run_in(subject)
    visits.later(3)
    facts = {"study_id": 1, "subject": subject, "reason": "Did not take the tablets"}
    early = FailScreening(**facts, on_day=visits.day - timedelta(days=4))
    visits.refuses(fail_screening, early, TooEarly)
    receipt = visits.do(visits.staff, fail_screening, FailScreening(**facts, on_day=visits.day))
    assert receipt.status == visits.subject(subject)["status"] == "run_in_failed"
    line = visits.audit()
    assert (line["act"], line["reason"]) == ("run_in_failed", "Did not take the tablets")
    visits.later(30)
    again = RescreenSubject(study_id=1, subject=subject, on_day=visits.day)
    assert visits.do(visits.staff, rescreen_subject, again).status == "screening"
    assert visits.subject(subject)["run_in_on"] is None
    visits.refuses(randomize_subject, visits.asking(subject), RunInNotStarted)


def test_a_failure_is_not_before_the_run_in(sqlite_visits: VisitsTrial) -> None:
    """The day of the failure follows the day of the start."""
    subject = sqlite_visits.screen()
    sqlite_visits.later(2)
    sqlite_visits.start_run_in(subject)
    ask = FailScreening(study_id=1, subject=subject, on_day=sqlite_visits.day - timedelta(days=1), reason="Other")
    sqlite_visits.refuses(fail_screening, ask, TooEarly)


def test_a_monitor_starts_nothing(sqlite_visits: VisitsTrial) -> None:
    """The role has no such act."""
    subject = sqlite_visits.screen()
    with pytest.raises(NotAllowed):
        sqlite_visits.do(Role.MONITOR, start_run_in, starting(sqlite_visits, subject))


def test_a_second_press_starts_once(sqlite_visits: VisitsTrial) -> None:
    """One key, one event."""
    subject = sqlite_visits.screen()
    sqlite_visits.keys = iter(["one", "one"])  # type: ignore[assignment]  # the same key twice
    ask = starting(sqlite_visits, subject)
    first = sqlite_visits.do(sqlite_visits.staff, start_run_in, ask)
    assert sqlite_visits.do(sqlite_visits.staff, start_run_in, ask) == first
    assert len(sqlite_visits.rows(SubjectEvent, kind="start_run_in")) == 1
