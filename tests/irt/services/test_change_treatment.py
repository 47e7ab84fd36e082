"""A treatment in time: visits skipped, dosing held and resumed, doses changed, ends of every kind."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.services.assign_kits import assign_kits
from irt.services.change_treatment import (
    ChangeDose,
    ChangeStatus,
    MoveNotAllowed,
    SkipVisit,
    change_dose,
    change_status,
    skip_visit,
)
from irt.services.subjects import NotInTheFuture, TooEarly
from irt.services.visits import VisitNotPlanned
from irt.states.table import TransitionRefused
from irt.tables.subject import SubjectEvent, Visit
from tests.builders_trial import FIRST_DAY, Trial

STEPS = {
    "hold_dose": ("dose_hold", "dose_held"),
    "stop_treatment": ("off_treatment", "treatment_ended"),
    "complete": ("completed", "subject_completed"),
    "withdraw": ("withdrawn", "subject_withdrawn"),
    "lose_contact": ("lost_to_follow_up", "contact_lost"),
}


def stepping(trial: Trial, subject: str, step: str, **changes: Any) -> ChangeStatus:
    """A step today."""
    facts = {"subject": subject, "step": step, "on_day": trial.day, "reason": "Adverse event"}
    return ChangeStatus.model_validate({"study_id": 1, **facts, **changes})


def skipping(trial: Trial, subject: str, visit: str = "W4", **changes: Any) -> SkipVisit:
    """A visit skipped today."""
    facts = {"subject": subject, "visit": visit, "on_day": trial.day, "reason": "Holiday"}
    return SkipVisit.model_validate({"study_id": 1, **facts, **changes})


@pytest.mark.parametrize("step", STEPS)
def test_each_step_has_its_status_event_and_line(sqlite_trial: Trial, step: str) -> None:
    """Who, when, from what to what, and why."""
    subject, _ = sqlite_trial.treated()
    sqlite_trial.later(2)
    receipt = sqlite_trial.do(sqlite_trial.staff, change_status, stepping(sqlite_trial, subject, step))
    status, act = STEPS[step]
    assert receipt.status == sqlite_trial.subject(subject)["status"] == status
    event = sqlite_trial.rows(SubjectEvent)[-1]
    assert (event["kind"], event["on_day"], event["reason"]) == (step, sqlite_trial.day, "Adverse event")
    line = sqlite_trial.audit()
    assert (line["act"], line["reason"], line["old"]) == (act, "Adverse event", {"status": "on_treatment"})
    assert line["new"] == {"status": status, "on_day": sqlite_trial.day.isoformat()}


def test_dosing_is_held_and_resumed(trial: Trial) -> None:
    """In between nothing is held twice and nothing else is resumed."""
    subject, _ = trial.treated()
    trial.refuses(change_status, stepping(trial, subject, "resume_dose"), TransitionRefused)
    trial.step(subject, "hold_dose")
    trial.refuses(change_status, stepping(trial, subject, "hold_dose"), TransitionRefused)
    trial.step(subject, "resume_dose")
    assert trial.subject(subject)["status"] == "on_treatment"


def test_days_that_cannot_be(sqlite_trial: Trial) -> None:
    """Not tomorrow, not before the randomization, and not without a reason."""
    subject, _ = sqlite_trial.treated()
    for days, kind in ((1, NotInTheFuture), (-1, TooEarly)):
        day = FIRST_DAY + timedelta(days=days)
        sqlite_trial.refuses(change_status, stepping(sqlite_trial, subject, "withdraw", on_day=day), kind)
        sqlite_trial.refuses(skip_visit, skipping(sqlite_trial, subject, on_day=day), kind)
    with pytest.raises(ValidationError):
        stepping(sqlite_trial, subject, "withdraw", reason="")


def test_a_pharmacist_ends_nothing(sqlite_trial: Trial) -> None:
    """The role has no such act."""
    subject, _ = sqlite_trial.treated()
    with pytest.raises(NotAllowed):
        sqlite_trial.do(Role.PHARMACIST, change_status, stepping(sqlite_trial, subject, "withdraw"))


def test_the_dose_moves_along_the_graph(trial: Trial) -> None:
    """The next kits follow the new level; both levels are in the audit line."""
    subject, _ = trial.treated()
    trial.change_dose(subject, "QM")
    assert trial.subject(subject)["dose_level"] == "QM"
    line = trial.audit()
    assert (line["act"], line["old"]) == ("dose_changed", {"dose_level": "Q2W"})
    assert line["new"] == {"dose_level": "QM", "on_day": FIRST_DAY.isoformat()}
    assert len(trial.assign(subject, visit="W4").kits) == 6


def test_a_change_before_the_first_kit_starts_no_treatment(sqlite_trial: Trial) -> None:
    """The subject stays randomized: nothing was given yet."""
    subject = sqlite_trial.randomized()
    sqlite_trial.change_dose(subject, "QM")
    assert sqlite_trial.subject(subject)["status"] == "randomized"
    assert [row["kind"] for row in sqlite_trial.rows(SubjectEvent)] == ["randomize", "change_dose"]


def test_moves_the_graph_does_not_have(sqlite_trial: Trial) -> None:
    """To the level one is on, to none, or while dosing is on hold; the words are the same in every arm."""
    subject, _ = sqlite_trial.treated()
    facts = {"study_id": 1, "subject": subject, "on_day": sqlite_trial.day, "reason": "Wish"}
    for level in ("Q2W", "Q3W"):
        ask = ChangeDose.model_validate({**facts, "dose_level": level})
        sqlite_trial.refuses(change_dose, ask, MoveNotAllowed)
    sqlite_trial.step(subject, "hold_dose")
    sqlite_trial.refuses(change_dose, ChangeDose.model_validate({**facts, "dose_level": "QM"}), MoveNotAllowed)


def test_a_skipped_visit(trial: Trial) -> None:
    """It is recorded with its reason, once; kits given later at it make it a visit held."""
    subject, _ = trial.treated()
    receipt = trial.do(trial.staff, skip_visit, skipping(trial, subject))
    assert receipt.status == "on_treatment"
    assert [(r["code"], r["status"], r["reason"]) for r in trial.rows(Visit)][1] == ("W4", "skipped", "Holiday")
    line = trial.audit()
    assert (line["act"], line["new"]["visit"], line["reason"]) == ("visit_skipped", "W4", "Holiday")
    trial.refuses(skip_visit, skipping(trial, subject), VisitNotPlanned)
    trial.do(trial.staff, assign_kits, trial.assigning(subject, visit="W4"))
    assert [row["status"] for row in trial.rows(Visit)] == ["done", "done"]


def test_visits_that_cannot_be_skipped(sqlite_trial: Trial) -> None:
    """One already held, one that is not of the study, one that does not come again."""
    subject, _ = sqlite_trial.treated()
    sqlite_trial.refuses(skip_visit, skipping(sqlite_trial, subject, "D1"), VisitNotPlanned)
    sqlite_trial.refuses(skip_visit, skipping(sqlite_trial, subject, "W999"), BadInput)
    sqlite_trial.refuses(skip_visit, skipping(sqlite_trial, subject, "W4", occurrence=1), BadInput)
    assert sqlite_trial.do(sqlite_trial.staff, skip_visit, skipping(sqlite_trial, subject, "W36", occurrence=1))


def test_a_second_press_changes_nothing_more(sqlite_trial: Trial) -> None:
    """One key, one event."""
    subject, _ = sqlite_trial.treated()
    sqlite_trial.keys = iter(["one", "one"])  # type: ignore[assignment]  # the same key twice
    ask = stepping(sqlite_trial, subject, "hold_dose")
    first = sqlite_trial.do(sqlite_trial.staff, change_status, ask)
    assert sqlite_trial.do(sqlite_trial.staff, change_status, ask) == first
    assert len(sqlite_trial.rows(SubjectEvent, kind="hold_dose")) == 1
