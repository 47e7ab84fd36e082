"""The life of a visit: marked, begun and ended, opened again, corrected; what happened stays written."""

from typing import Any

import pytest
from pydantic import ValidationError

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.reads.blinded_visits import recorded_visits
from irt.services.change_treatment import SkipVisit, skip_visit
from irt.services.correct_visit import CorrectVisit, KitsWereGiven, NothingToCorrect, correct_visit
from irt.services.hand_over_kits import GiveUpDispensing, VisitTookPlace, give_up_dispensing
from irt.services.record_misallocation import RecordMisallocation, book_misallocation
from irt.services.record_visit import RecordVisit, record_visit
from irt.services.visits import KitsAreAssigned, VisitNotPlanned
from irt.tables.kit import Dispensing
from irt.tables.record import AuditEntry
from irt.tables.subject import Visit, VisitStep
from tests.builders_trial import Trial
from tests.builders_visits import VisitsTrial


def correcting(subject: str, visit: str = "W4", **changes: Any) -> CorrectVisit:
    """A mark that was an error."""
    facts = {"study_id": 1, "subject": subject, "visit": visit, "reason": "Marked for somebody else"}
    return CorrectVisit.model_validate({**facts, **changes})


def skipping(trial: Trial, subject: str, visit: str = "W4") -> SkipVisit:
    """A visit skipped today."""
    return SkipVisit(study_id=1, subject=subject, visit=visit, on_day=trial.day, reason="Holiday")


def giving_up(dispensing_id: int, visit_then: str = "open") -> GiveUpDispensing:
    """Kits that are given back."""
    facts = {"study_id": 1, "dispensing_id": dispensing_id, "reason": "Went home", "visit_then": visit_then}
    return GiveUpDispensing.model_validate(facts)


def steps(trial: Trial) -> list[tuple[str, str | None]]:
    """What happened to visits, in order, and why."""
    return [(row["event"], row["reason"]) for row in trial.rows(VisitStep)]


def visit_row(trial: Trial, code: str) -> dict[str, Any]:
    """The visit's row."""
    return trial.rows(Visit, code=code)[0]


def test_a_visit_skipped_in_error_waits_again(trial: Trial) -> None:
    """The mark and its reason stay in the steps and in the trail; kits can be assigned."""
    subject, _ = trial.treated()
    trial.do(trial.staff, skip_visit, skipping(trial, subject))
    receipt = trial.do(trial.staff, correct_visit, correcting(subject))
    assert (receipt.visit, receipt.status) == ("W4", "planned")
    assert visit_row(trial, "W4")["reason"] is None
    assert steps(trial) == [("skip", "Holiday"), ("correct", "Marked for somebody else")]
    line = trial.audit()
    assert (line["act"], line["old"], line["reason"]) == (
        "visit_corrected",
        {"status": "skipped"},
        "Marked for somebody else",
    )
    with trial.store.reading() as connection:
        known = recorded_visits(connection, [trial.subject(subject)["id"]])
    assert set(known[trial.subject(subject)["id"]]) == {("D1", 0)}
    assert len(trial.assign(subject, visit="W4").kits) == 4
    assert visit_row(trial, "W4")["status"] == "done"


def test_a_call_recorded_in_error(visits: VisitsTrial) -> None:
    """It can be recorded again on its right day, or skipped."""
    subject = visits.randomized()
    visits.later(1)
    recording = RecordVisit(study_id=1, subject=subject, visit="CALL", on_day=visits.day)
    visits.do(visits.staff, record_visit, recording)
    visits.do(visits.staff, correct_visit, correcting(subject, "CALL"))
    assert visit_row(visits, "CALL")["held_on"] is None
    visits.do(visits.staff, skip_visit, skipping(visits, subject, "CALL"))
    assert [event for event, _ in steps(visits)] == ["hold_visit", "correct", "skip"]
    assert (visit_row(visits, "CALL")["status"], len(visits.rows(Visit))) == ("skipped", 1)


def test_what_is_no_error(sqlite_trial: Trial) -> None:
    """Nothing recorded; kits assigned; kits handed over; a visit that is not of the study."""
    subject = sqlite_trial.randomized()
    refuses = sqlite_trial.refuses
    refuses(correct_visit, correcting(subject, "D1"), NothingToCorrect)
    refuses(correct_visit, correcting(subject, "W99"), BadInput)
    open_one = sqlite_trial.assign(subject)
    refusal = refuses(correct_visit, correcting(subject, "D1"), KitsAreAssigned)
    assert "choose ‘Visit not done’" in refusal.sentence
    refuses(skip_visit, skipping(sqlite_trial, subject, "D1"), KitsAreAssigned)
    sqlite_trial.hand_over(open_one)
    refuses(correct_visit, correcting(subject, "D1"), KitsWereGiven)
    refuses(skip_visit, skipping(sqlite_trial, subject, "D1"), VisitNotPlanned)
    with pytest.raises(ValidationError):
        correcting(subject, reason="")


def test_kits_given_back_leave_the_visit_open(trial: Trial) -> None:
    """The dispensing has ended, the visit has not been: kits can be assigned again, or the visit skipped."""
    subject = trial.randomized()
    first = trial.assign(subject)
    assert trial.do(trial.staff, give_up_dispensing, giving_up(first.dispensing_id)).status == "not_done"
    assert (visit_row(trial, "D1")["status"], visit_row(trial, "D1")["held_on"]) == ("planned", None)
    assert steps(trial) == [("reopen", "Went home")]
    acts = [row["act"] for row in trial.rows(AuditEntry)][-2:]
    assert acts == ["dispensing_given_up", "visit_reopened"]
    second = trial.assign(subject)
    assert visit_row(trial, "D1")["status"] == "done"
    trial.do(trial.staff, give_up_dispensing, giving_up(second.dispensing_id))
    trial.do(trial.staff, skip_visit, skipping(trial, subject, "D1"))
    assert (visit_row(trial, "D1")["status"], visit_row(trial, "D1")["reason"]) == ("skipped", "Holiday")
    assert [row["status"] for row in trial.rows(Dispensing)] == ["not_done", "not_done"]


def test_kits_given_back_of_a_visit_that_was_not(trial: Trial) -> None:
    """One act ends the dispensing and skips the visit, with one reason."""
    subject = trial.randomized()
    done = trial.assign(subject)
    trial.do(trial.staff, give_up_dispensing, giving_up(done.dispensing_id, "skipped"))
    assert (visit_row(trial, "D1")["status"], visit_row(trial, "D1")["reason"]) == ("skipped", "Went home")
    assert steps(trial) == [("reopen", "Went home"), ("skip", "Went home")]
    assert trial.audit()["act"] == "visit_skipped"
    trial.do(trial.staff, correct_visit, correcting(subject, "D1"))
    assert len(trial.assign(subject).kits) == 2


def test_an_unscheduled_visit_given_up_is_over(sqlite_trial: Trial) -> None:
    """It is on no plan, so nothing waits for it; the next one has a number of its own."""
    subject, _ = sqlite_trial.treated()
    done = sqlite_trial.assign(subject, unscheduled=True)
    sqlite_trial.do(sqlite_trial.staff, give_up_dispensing, giving_up(done.dispensing_id))
    assert sqlite_trial.rows(Visit)[-1]["status"] == "skipped"
    sqlite_trial.refuses(correct_visit, correcting(subject, "UNSCHEDULED"), BadInput)
    again = sqlite_trial.assign(subject, unscheduled=True)
    assert (again.visit, again.occurrence) == ("UNSCHEDULED", 1)


def test_a_visit_at_which_a_wrong_kit_was_given_took_place(sqlite_trial: Trial) -> None:
    """Its other kits come back; it is neither opened again nor skipped."""
    subject = sqlite_trial.randomized()
    open_one = sqlite_trial.assign(subject)
    facts = {
        "assigned": open_one.kits[0].number,
        "given": sqlite_trial.shelf()[0],
        "taken": "yes",
        "reason": "Shelf",
    }
    wrong = RecordMisallocation.model_validate({"study_id": 1, "dispensing_id": open_one.dispensing_id, **facts})
    sqlite_trial.do(sqlite_trial.staff, book_misallocation, wrong)
    sqlite_trial.refuses(give_up_dispensing, giving_up(open_one.dispensing_id, "skipped"), VisitTookPlace)
    sqlite_trial.do(sqlite_trial.staff, give_up_dispensing, giving_up(open_one.dispensing_id))
    assert visit_row(sqlite_trial, "D1")["status"] == "done"
    assert steps(sqlite_trial) == []
    sqlite_trial.refuses(correct_visit, correcting(subject, "D1"), KitsWereGiven)


def test_a_monitor_corrects_nothing(sqlite_trial: Trial) -> None:
    """The role has no such act."""
    subject, _ = sqlite_trial.treated()
    sqlite_trial.do(sqlite_trial.staff, skip_visit, skipping(sqlite_trial, subject))
    with pytest.raises(NotAllowed):
        sqlite_trial.do(Role.MONITOR, correct_visit, correcting(subject))


def test_a_second_press_corrects_once(sqlite_trial: Trial) -> None:
    """One key, one step."""
    subject, _ = sqlite_trial.treated()
    sqlite_trial.do(sqlite_trial.staff, skip_visit, skipping(sqlite_trial, subject))
    sqlite_trial.keys = iter(["one", "one"])  # type: ignore[assignment]  # the same key twice
    first = sqlite_trial.do(sqlite_trial.staff, correct_visit, correcting(subject))
    assert sqlite_trial.do(sqlite_trial.staff, correct_visit, correcting(subject)) == first
    assert len(steps(sqlite_trial)) == 2
