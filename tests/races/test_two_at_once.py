"""Two presses at one moment: one of them wins, the other is told so, and the books hold one of everything."""

import time as clock
from concurrent.futures import Executor

import pytest

from irt.services.assign_kits import assign_kits
from irt.services.randomize_subject import RandomizationReceipt, randomize_subject
from irt.services.screen_subject import ScreeningReceipt, ScreenSubject, screen_subject
from irt.services.work import Work
from irt.study.rules import Cap
from irt.tables.kit import DispensedKit, Kit
from irt.tables.record import AuditEntry
from irt.tables.secret import AllocationState
from irt.tables.subject import Randomization, Subject
from tests.builders_trial import FIRST_SITE, Trial, no_kit_twice
from tests.races.people import Press, press_all
from tests.rows import put

EU_CAP = "cap:randomized:stratum:region=EU"
EU_SUBJECTS = 17_900
A_MOMENT_SECONDS = 0.1


def names(answers: list[object]) -> list[str]:
    """The refusals among the answers, and `done` for receipts."""
    return sorted(answer if isinstance(answer, str) else "done" for answer in answers)


def test_two_people_randomize_one_subject(people: Executor, trial: Trial) -> None:
    """Different keys: one draw, and the other person is told of it."""
    ask = trial.asking(trial.screen())
    answers = press_all(people, trial, [Press(randomize_subject, ask, key) for key in ("left", "right")])
    assert names(answers) == ["AlreadyRandomized", "done"]
    assert len(trial.rows(Randomization)) == 1
    assert trial.audit()["act"] in {"randomization_refused", "subject_randomized"}


def test_one_key_pressed_twice_draws_once(people: Executor, trial: Trial) -> None:
    """The same key: both get the same receipt."""
    ask = trial.asking(trial.screen())
    first, second = press_all(people, trial, [Press(randomize_subject, ask, "one")] * 2)
    assert isinstance(first, RandomizationReceipt)
    assert first == second
    assert len(trial.rows(Randomization)) == 1
    assert len(trial.rows(AuditEntry, act="subject_randomized")) == 1


def test_the_last_place_under_a_cap_is_given_once(people: Executor, trial: Trial) -> None:
    """Two subjects, one place: one is randomized, for the other enrolment is closed."""
    put(trial.store, AllocationState, sponsor_id=1, study_id=1, key=EU_CAP, state={"count": EU_SUBJECTS - 1})
    subjects = [trial.screen(), trial.screen("1002")]
    presses = [Press(randomize_subject, trial.asking(subject), subject) for subject in subjects]
    assert names(press_all(people, trial, presses)) == ["EnrolmentClosed", "done"]
    assert len(trial.rows(Randomization)) == 1
    assert trial.rows(AllocationState, key=EU_CAP)[0]["state"] == {"count": EU_SUBJECTS}


def screen_slowly(work: Work, ask: ScreenSubject) -> ScreeningReceipt:
    """A screening that takes its time before its transaction ends."""
    receipt = screen_subject(work, ask)
    clock.sleep(4 * A_MOMENT_SECONDS)
    return receipt


def test_a_limit_on_screening_waits_for_sites_without_it(people: Executor, trial: Trial) -> None:
    """The first version has no limit: who is being screened there takes the last place of the second version's."""
    cap = Cap(scope="study", subjects=1, counts="screened")
    limited = trial.definition.model_copy(update={"caps": (*trial.definition.caps, cap)})
    trial.adopt(FIRST_SITE, trial.amend(limited))
    presses = [
        Press(screen_slowly, ScreenSubject(study_id=1, site="1002", on_day=trial.day), "slow"),
        Press(
            screen_subject, ScreenSubject(study_id=1, site=FIRST_SITE, on_day=trial.day), "later", A_MOMENT_SECONDS
        ),
    ]
    slow, later = press_all(people, trial, presses)
    assert isinstance(slow, ScreeningReceipt)
    assert later == "EnrolmentClosed"
    assert [row["number"] for row in trial.rows(Subject)] == [slow.subject]


def test_two_subjects_of_a_new_stratum_at_once(people: Executor, trial: Trial) -> None:
    """Nobody was in the stratum before: the second draw sees what the first one has begun."""
    presses = [Press(randomize_subject, trial.asking(s), s) for s in (trial.screen(), trial.screen("1002"))]
    assert names(press_all(people, trial, presses)) == ["done", "done"]
    assert sorted(row["assignment_number"] for row in trial.rows(Randomization)) == [1, 2]


def test_the_last_kits_are_given_once(people: Executor, trial: Trial) -> None:
    """Two subjects of one arm, kits for one: the other is refused neutrally."""
    subjects = [trial.randomized() for _ in range(3)]
    arm = max("AP", key=[trial.arm(subject) for subject in subjects].count)
    pair = [subject for subject in subjects if trial.arm(subject) == arm][:2]
    types = trial.types()
    trial.set_apart([n for n in trial.shelf() if types[n] == f"PEN-{arm}"][2:])
    answers = press_all(people, trial, [Press(assign_kits, trial.assigning(s), s) for s in pair])
    assert names(answers) == ["NoUsableKit", "done"]
    assert len(trial.rows(DispensedKit)) == len(trial.rows(Kit, assignment="assigned")) == 2
    no_kit_twice(trial)


def test_two_people_assign_for_one_visit(people: Executor, trial: Trial) -> None:
    """One assignment; the other person is told when it was made."""
    ask = trial.assigning(trial.randomized())
    answers = press_all(people, trial, [Press(assign_kits, ask, key) for key in ("left", "right")])
    assert names(answers) == ["AlreadyAssigned", "done"]
    assert len(trial.rows(DispensedKit)) == 2


@pytest.mark.parametrize("key", [None, "one"])
def test_two_screenings_take_two_numbers(people: Executor, trial: Trial, key: str | None) -> None:
    """With two keys two people are screened, with one key one."""
    ask = ScreenSubject(study_id=1, site=FIRST_SITE, on_day=trial.day)
    answers = press_all(people, trial, [Press(screen_subject, ask, key or side) for side in ("left", "right")])
    assert all(isinstance(answer, ScreeningReceipt) for answer in answers)
    numbers = sorted({answer.subject for answer in answers})
    assert numbers == ["1001-0001", "1001-0002"][: 1 if key else 2]
    assert sorted(row["number"] for row in trial.rows(Subject)) == numbers
