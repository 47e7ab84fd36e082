"""A study that no one design tells: its own draws are made again, and under its own seed come out as they were."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from irt.randomization import bench_work, code_break_work
from irt.randomization.assessment.sequences import quiet
from irt.randomization.bench_work import BenchKind, work_out
from irt.randomization.study_path import StudyPath, path_in
from irt.reads.unblinded_path import NothingIsDrawn, OtherChances
from irt.reads.unblinded_trial import trial_record
from irt.services.store import Store
from irt.services.studies import seed_of
from irt.services.work import Work
from tests.builders_designs import DESIGNS, DesignedTrial, a_study, with_stock, without_stock
from tests.builders_trial import FIRST_SITE, SECOND_SITE
from tests.irt.services.test_live_designs import also_for_b, three_arms, two_stages

COMPLETE = {"method": "complete"}
FORCED = {
    "forced_randomization": {"subjects_max": 1, "reason": "Kits for one arm were delayed."},
    "conduct": {"all_arms_on_site": True},
}
LEARNING = [name for name, design in DESIGNS.items() if design["method"] in ("play_the_winner", "doubly_adaptive")]
LEARNING.append("thompson by site")


def record_of(trial: DesignedTrial) -> dict[str, Any]:
    """What the bench is asked with."""
    with trial.store.reading() as connection:
        return trial_record(connection, trial.study_id)


def own_seed(trial: DesignedTrial) -> bytes:
    """The seed that nobody outside these tests would have now."""
    with trial.store.reading() as connection:
        return seed_of(Work(trial.store, connection, trial.staff, datetime.now(UTC)), trial.study_id, "allocation")


def comes_out_as_it_was(trial: DesignedTrial) -> StudyPath:
    """The path, once the study's own seed has led it to the arms that were given."""
    path = path_in(record_of(trial)["path"])
    given = tuple(row["arm"] for row in trial.drawn())[: len(path.asked)]
    assert path.drawn(own_seed(trial)) == given
    others = {path.drawn(bytes([other]) * 32) for other in range(12)}
    assert len(others) > 1
    return path


@pytest.mark.parametrize("name", LEARNING)
def test_a_design_that_learns(sqlite_store: Store, name: str) -> None:
    """From the responses known at each draw, corrections and withdrawals among them."""
    trial = without_stock(sqlite_store, a_study(DESIGNS[name]))
    subjects = []
    for number in range(14):
        subjects.append(trial.randomized((FIRST_SITE, SECOND_SITE)[number % 2]))
        if number % 2:
            trial.feed({subjects[number - 1]: int(number % 3 == 0), subjects[number]: 1})
        if number % 5 == 4:
            trial.feed({subjects[number - 3]: 0 if number == 4 else None}, reason="Read again")
    comes_out_as_it_was(trial)


def test_an_amended_study(sqlite_store: Store) -> None:
    """Each draw under the version it was made by; arms that came later are among those compared."""
    trial = without_stock(sqlite_store, a_study({"method": "block_urn", "params": {"lambda": 2}}))
    for _ in range(4):
        trial.randomized()
    before = trial.definition.model_dump(mode="json")
    opens = trial.day + timedelta(days=2)
    after = {**before, "arms": three_arms(opens=opens.isoformat()), **also_for_b(before)}
    trial.adopt(FIRST_SITE, trial.amend(trial.definition.model_validate(after)))
    trial.randomized()
    trial.later(2)
    for _ in range(5):
        trial.randomized()
    path = comes_out_as_it_was(trial)
    assert sorted(path.versions) == [1, 2]
    assert path.arms == ("A", "P", "B")
    assert all("B" not in path.drawn(bytes([other]) * 32)[:5] for other in range(12))


def test_a_forced_draw_keeps_its_arm(sqlite_store: Store) -> None:
    """Whatever the others are drawn to."""
    trial = with_stock(sqlite_store, a_study(DESIGNS["big_stick by site"], **FORCED))
    for _ in range(3):
        trial.randomized()
    types = trial.types()
    trial.set_apart([number for number in trial.shelf() if types[number] == "PEN-P"])
    trial.randomized()
    path = comes_out_as_it_was(trial)
    assert [each.held for each in path.asked] == [False, False, False, True]
    assert {path.drawn(bytes([other]) * 32)[3] for other in range(8)} == {"A"}


def test_a_replacement_takes_the_arm_that_is_drawn_for_the_other(sqlite_store: Store) -> None:
    """Of the same arm in every path."""
    study = a_study(DESIGNS["big_stick by site"], conduct={"replacement_subjects": True})
    trial = without_stock(sqlite_store, study.model_copy(update={"replacement_arm": "same"}))
    first = trial.randomized()
    trial.step(first, "withdraw")
    trial.randomized(replaces=first, replacement_reason="Never treated")
    path = comes_out_as_it_was(trial)
    assert all(len(set(path.drawn(bytes([other]) * 32))) == 1 for other in range(8))


def test_arms_that_a_subject_is_not_eligible_for_stay_out(sqlite_store: Store) -> None:
    """Each subject is drawn within its own set."""
    study = a_study({**COMPLETE, "eligibility": True}, study={"blinding": "open"}).model_dump(mode="json")
    study["arms"] = [*study["arms"], {**study["arms"][0], "code": "B", "name": "Higher dose"}]
    study["dispensing"] = [
        {**r, "arms": [*r["arms"], "B"]} if r["arms"] == ["A"] else r for r in study["dispensing"]
    ]
    trial = without_stock(sqlite_store, a_study(COMPLETE).model_validate(study))
    sets = [["A", "B"], ["A", "P"], ["P", "B"], ["A", "B"]]
    for agents in sets:
        trial.randomized(agents=agents)
    path = comes_out_as_it_was(trial)
    for other in range(20):
        assert all(arm in agents for arm, agents in zip(path.drawn(bytes([other]) * 32), sets, strict=True))


def test_the_test_and_the_guesses_of_such_a_study(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A p-value from paths, what stays the same in words, and what one known arm tells of the others."""
    monkeypatch.setattr(code_break_work, "PATH_TRIALS", 500)
    trial = without_stock(sqlite_store, a_study(DESIGNS["play_the_winner"]))
    for number in range(8):
        trial.feed({trial.randomized(): number % 2})
    record = record_of(trial)
    for place, (subject, asked) in enumerate(zip(record["subjects"], record["path"]["asked"], strict=True)):
        subject["outcome"] = str(place) if place else None
        # Both arms have somebody, whatever the seed was.
        asked["arm"] = "AP"[place % 2]
    tested = work_out(BenchKind.TEST, record | {"statistic": "means", "trials": 60}, quiet)
    assert (tested["subjects"], tested["compared"], tested["trials"], tested["exact"]) == (8, 7, 60, False)
    assert (Fraction(tested["p_value"]).limit_denominator(61) * 61).denominator == 1
    assert tested["kept"] == bench_work.KEPT
    guessed = work_out(BenchKind.GUESSES, record | {"known": [1]}, quiet)
    (all_subjects,) = guessed["strata"]
    assert (all_subjects["known"], all_subjects["secret"]) == ([1], 7)
    assert all_subjects["guessed_before"] >= 3.5


def test_what_follows_from_cohorts_has_nothing_to_draw(sqlite_store: Store) -> None:
    """In words, instead of a p-value of one."""
    trial = without_stock(sqlite_store, a_study({"method": "three_plus_three"}))
    trial.randomized()
    with pytest.raises(NothingIsDrawn, match="nothing is drawn"):
        record_of(trial)


def test_chances_that_no_version_gives_are_found(sqlite_store: Store) -> None:
    """Nothing is worked out from a record that was changed."""
    trial = without_stock(sqlite_store, a_study(DESIGNS["play_the_winner"]))
    trial.randomized()
    with trial.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER guard_secret_treatment_assignment_update")
        connection.exec_driver_sql(
            """UPDATE secret_treatment_assignment SET probabilities = '{"A": "1/3", "P": "2/3"}'"""
        )
    with pytest.raises(OtherChances, match="Randomization 1 was stored with other chances"):
        record_of(trial)


def test_a_later_randomization_is_left_out(sqlite_store: Store) -> None:
    """Both questions are about the first, and its law is one design's still."""
    trial = without_stock(sqlite_store, two_stages())
    subjects = [trial.randomized() for _ in range(3)]
    trial.later(28)
    for subject in subjects:
        trial.randomize(subject, stage=2)
    record = record_of(trial)
    assert ("law" in record, len(record["subjects"]), len(trial.drawn())) == (True, 3, 6)


def test_arms_of_several_components(sqlite_store: Store) -> None:
    """A factorial study: each component by itself, on the margins of both."""
    components = [
        {
            "name": name,
            "groups": {"yes": yes, "no": no},
            "ratio": {"yes": 1, "no": 1},
            "minimization": {"method": "minimization", "factors": [{"factor": "ldl"}], "probability": "0.8"},
        }
        for name, yes, no in [("first", ["A", "AB"], ["P", "B"]), ("second", ["AB", "B"], ["A", "P"])]
    ]
    study = a_study(COMPLETE).model_dump(mode="json")
    study["randomization"] = {"method": "factorial", "components": components}
    study["arms"] = [*study["arms"], *({**study["arms"][0], "code": code, "name": code} for code in ("AB", "B"))]
    study["dispensing"] = [
        {**rule, "arms": [*rule["arms"], "AB", "B"]} if rule["arms"] == ["A"] else rule
        for rule in study["dispensing"]
    ]
    trial = without_stock(sqlite_store, a_study(COMPLETE).model_validate(study))
    for number in range(10):
        trial.randomized(levels={"ldl": "LT85" if number % 3 else "GE85"})
    path = comes_out_as_it_was(trial)
    assert len({arm for other in range(8) for arm in path.drawn(bytes([other]) * 32)}) == 4
