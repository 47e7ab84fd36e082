"""Visits without kits: recorded as done on a day, by somebody, once."""

from datetime import timedelta
from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.services.change_treatment import SkipVisit, skip_visit
from irt.services.record_visit import (
    KitsAreGiven,
    NotRandomizedYet,
    RecordedElsewhere,
    RecordVisit,
    record_visit,
)
from irt.services.subjects import NotInTheFuture, TooEarly
from irt.services.visits import VisitNotPlanned
from irt.study.rules import Cap
from irt.tables.subject import Visit, VisitStep
from tests.builders_trial import FIRST_SITE, Trial
from tests.builders_visits import RUN_IN_DAYS, VisitsTrial


def recording(trial: Trial, subject: str, visit: str = "CALL", **changes: Any) -> RecordVisit:
    """A visit of today."""
    facts = {"subject": subject, "visit": visit, "on_day": trial.day}
    return RecordVisit.model_validate({"study_id": 1, **facts, **changes})


def test_a_call_is_recorded(visits: VisitsTrial) -> None:
    """The visit, who recorded it as a step, and the audit line."""
    subject = visits.randomized()
    visits.later(15)
    receipt = visits.do(visits.staff, record_visit, recording(visits, subject))
    assert (receipt.visit, receipt.status) == ("CALL", "done")
    (row,) = visits.rows(Visit, code="CALL")
    assert (row["status"], row["held_on"], row["reason"]) == ("done", visits.day, None)
    (step,) = visits.rows(VisitStep)
    assert (step["visit_id"], step["event"], step["on_day"]) == (row["id"], "hold_visit", visits.day)
    assert step["account_id"] == visits.staff.account_id
    line = visits.audit()
    assert (line["act"], line["record"], line["old"]) == ("visit_recorded", subject, {"status": "planned"})
    assert line["new"] == {"visit": "CALL", "occurrence": 0, "on_day": visits.day.isoformat()}
    visits.refuses(record_visit, recording(visits, subject), VisitNotPlanned)


def test_a_skipped_call_that_took_place_after_all(sqlite_visits: VisitsTrial) -> None:
    """It is recorded late; the reason of the skipping stays in its step."""
    subject = sqlite_visits.randomized()
    facts = {"study_id": 1, "subject": subject, "visit": "CALL", "on_day": sqlite_visits.day}
    sqlite_visits.do(sqlite_visits.staff, skip_visit, SkipVisit(**facts, reason="Not reached"))
    sqlite_visits.do(sqlite_visits.staff, record_visit, recording(sqlite_visits, subject))
    (row,) = sqlite_visits.rows(Visit, code="CALL")
    assert (row["status"], row["reason"]) == ("done", None)
    steps = [(step["event"], step["reason"]) for step in sqlite_visits.rows(VisitStep)]
    assert steps == [("skip", "Not reached"), ("hold_visit", None)]


def test_each_mark_keeps_the_version_it_was_made_under(sqlite_visits: VisitsTrial) -> None:
    """Skipped under the first version, recorded under the second: what the visit was asks for both."""
    trial = sqlite_visits
    subject = trial.randomized()
    facts = {"study_id": 1, "subject": subject, "visit": "CALL", "on_day": trial.day}
    trial.do(trial.staff, skip_visit, SkipVisit(**facts, reason="Not reached"))
    caps = (*trial.definition.caps, Cap(scope="study", subjects=900))
    trial.adopt(FIRST_SITE, trial.amend(trial.definition.model_copy(update={"caps": caps})))
    trial.do(trial.staff, record_visit, recording(trial, subject))
    assert [step["version_number"] for step in trial.rows(VisitStep)] == [1, 2]


def test_a_visit_of_the_run_in(sqlite_visits: VisitsTrial) -> None:
    """It counts from screening: also recorded late, when the subject is randomized."""
    subject = sqlite_visits.randomized()
    sqlite_visits.later(3)
    before = sqlite_visits.day - timedelta(days=RUN_IN_DAYS)
    ask = recording(sqlite_visits, subject, "STAB", on_day=before)
    assert sqlite_visits.do(sqlite_visits.staff, record_visit, ask).status == "done"


def test_visits_that_are_not_recorded_so(sqlite_visits: VisitsTrial) -> None:
    """Those with kits, those that record themselves, unknown ones, and ones before their anchor."""
    subject = sqlite_visits.screen()
    sqlite_visits.refuses(record_visit, recording(sqlite_visits, subject), NotRandomizedYet)
    for visit, kind in (("W4", KitsAreGiven), ("SCR", RecordedElsewhere), ("W99", BadInput)):
        sqlite_visits.refuses(record_visit, recording(sqlite_visits, subject, visit), kind)
    sqlite_visits.refuses(record_visit, recording(sqlite_visits, subject, occurrence=1), BadInput)


def test_days_that_cannot_be(sqlite_visits: VisitsTrial) -> None:
    """Not tomorrow, not before the randomization it is counted from."""
    subject = sqlite_visits.randomized()
    for days, kind in ((1, NotInTheFuture), (-1, TooEarly)):
        day = sqlite_visits.day + timedelta(days=days)
        sqlite_visits.refuses(record_visit, recording(sqlite_visits, subject, on_day=day), kind)


def test_a_monitor_records_nothing(sqlite_visits: VisitsTrial) -> None:
    """The role has no such act."""
    subject = sqlite_visits.randomized()
    with pytest.raises(NotAllowed):
        sqlite_visits.do(Role.MONITOR, record_visit, recording(sqlite_visits, subject))


def test_a_second_press_records_once(sqlite_visits: VisitsTrial) -> None:
    """One key, one step."""
    subject = sqlite_visits.randomized()
    sqlite_visits.keys = iter(["one", "one"])  # type: ignore[assignment]  # the same key twice
    ask = recording(sqlite_visits, subject)
    first = sqlite_visits.do(sqlite_visits.staff, record_visit, ask)
    assert sqlite_visits.do(sqlite_visits.staff, record_visit, ask) == first
    assert len(sqlite_visits.rows(VisitStep)) == 1
