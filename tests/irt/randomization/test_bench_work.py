"""Questions on the bench as plain values: each kind answered, JSON-able, and right where it can be counted."""

import json
from typing import Any

import pytest

from irt.randomization.assessment.sequences import quiet
from irt.randomization.bench_work import BenchKind, law_in, law_record, work_out
from irt.randomization.code_break_work import TooManyRevealed
from irt.randomization.design import Design, Factor
from irt.randomization.trial_law import TrialLaw

BLOCKS = Design("permuted_block", ("A", "B"), (1, 1), {"block_sizes": [2]})
COINS = Design("minimization", ("A", "B"), (1, 1), {"p": "3/4"}, (Factor("sex", ("f", "m")),))


def trial(law: TrialLaw, arms: str, stratum: str = "f") -> dict[str, Any]:
    """So many subjects of one stratum, in order."""
    subjects = [
        {"number": number, "subject": f"{number}", "arm": arm, "levels": {"sex": stratum}, "outcome": None}
        for number, arm in enumerate(arms, start=1)
    ]
    return {"law": law_record(law), "subjects": subjects}


def answer(kind: BenchKind, asked: dict[str, Any]) -> dict[str, Any]:
    """The answer after both went through JSON, as they do in a database."""
    return dict(json.loads(json.dumps(work_out(kind, json.loads(json.dumps(asked)), quiet))))


def test_a_law_is_read_back_from_its_record() -> None:
    """Design, strata and planned number."""
    law = TrialLaw(COINS, ("sex",), 40)
    read = law_in({"law": json.loads(json.dumps(law_record(law)))})
    assert (read.strata, read.planned, read.design.factors) == (("sex",), 40, COINS.factors)


def test_an_assessment_has_figures_and_a_picture() -> None:
    """Exact for blocks of two: three in four are guessed."""
    told = answer(BenchKind.ASSESSMENT, {"design": law_record(TrialLaw(BLOCKS))["design"], "n": 40})
    assert told["exact"]
    assert told["correct_guesses"]["directional"] == pytest.approx(30)
    assert told["svg"].startswith("<svg")


def test_a_comparison_has_at_least_twelve_designs() -> None:
    """For the user's n, ratio and strata."""
    told = answer(BenchKind.COMPARISON, {"n": 24, "arms": ["A", "B"], "ratio": [1, 1], "strata": 2, "trials": 50})
    assert len(told["designs"]) >= 12
    assert told["strata"] == 2


def test_the_test_is_that_of_the_study_s_law() -> None:
    """Two blocks of two in two strata: 16 sequences, and two of them are as extreme."""
    law = TrialLaw(BLOCKS, ("sex",))
    asked = trial(law, "AB") | {"statistic": "means"}
    asked["subjects"] += [{**each, "levels": {"sex": "m"}} for each in asked["subjects"]]
    for each, outcome in zip(asked["subjects"], ("3", "1", "3", "1"), strict=True):
        each["outcome"] = outcome
    told = answer(BenchKind.TEST, asked)
    assert (told["p_value_exact"], told["compared"], told["observed"]) == ("1/2", 4, 2.0)


def test_in_a_block_of_two_a_code_break_tells_the_neighbour() -> None:
    """Exactly, and nothing of the next block."""
    told = answer(BenchKind.GUESSES, trial(TrialLaw(BLOCKS, ("sex",)), "ABAB") | {"known": [1]})
    (stratum,) = told["strata"]
    assert told["exact"]
    assert stratum["sure"] == [2]
    assert (stratum["guessed_before"], stratum["guessed_after"]) == (pytest.approx(1.5), pytest.approx(2.0))


def test_with_factors_trials_are_drawn() -> None:
    """A known first arm makes the other one likelier for the second; the error is told."""
    told = answer(BenchKind.GUESSES, trial(TrialLaw(COINS), "AB") | {"known": [1]})
    (stratum,) = told["strata"]
    assert not told["exact"]
    assert stratum["guessed_after"] == pytest.approx(0.75, abs=5 * stratum["error"])


def test_too_much_revealed_is_refused_by_name() -> None:
    """Where hardly any drawn trial is left."""
    with pytest.raises(TooManyRevealed, match="Ask about fewer"):
        answer(BenchKind.GUESSES, trial(TrialLaw(COINS), "A" * 12) | {"known": list(range(1, 13))})
