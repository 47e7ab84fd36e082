"""The statement of a gate: three verdicts, and never a pass that was not proved."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.analysis.boundaries import Verdict
from simulation.analysis.limits import Figure, Limit, at_look, usual_limits
from simulation.analysis.refusals import UnusableGate
from simulation.analysis.reviews import Reviews, review
from simulation.analysis.spending import Spending
from simulation.analysis.stress import stress_matrix
from simulation.analysis.verdict import judge, judge_all
from simulation.measures import MEASURES

PASS, FAIL, OPEN = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE
PER_VISIT = Limit("missed per visit", Figure.PER, "missed", 0.01, per="visits")
ANY_MISS = Limit("a trial with a miss", Figure.ANY, "missed", 0.5)
OUT_OF_STOCK = Limit("out of stock", Figure.ANY, "out_of_stock", 0.01)
COST = Limit("cost in nine of ten trials", Figure.QUANTILE, "cost", 1000.0, share=0.9)
KITS = Limit("kits", Figure.MEAN, "cost", 700.0)


def _measures(count: int = 1000) -> dict[str, np.ndarray]:
    draws = np.random.Generator(np.random.PCG64(5))
    return {
        "missed": draws.poisson(0.5, count),
        "visits": draws.integers(90, 110, count),
        "out_of_stock": np.zeros(count),
        "cost": draws.normal(800, 50, count),
    }


@pytest.mark.parametrize(
    ("limit", "verdict"),
    [(PER_VISIT, PASS), (ANY_MISS, PASS), (OUT_OF_STOCK, PASS), (COST, PASS), (KITS, FAIL)],
)
def test_a_thousand_replications_prove_each_side(limit: Limit, verdict: Verdict) -> None:
    """0.5 % missed of 1 %, 39 % of trials of 50 %, none of 1 %, 864 of 1,000; but 800 against 700."""
    assert judge(limit, _measures()).verdict is verdict


def test_what_is_not_proved_does_not_pass() -> None:
    """Nobody out of stock in 200 trials does not prove 1 %; fifty replications prove no mean at all."""
    assert judge(OUT_OF_STOCK, _measures(200)).verdict is OPEN
    few = judge(PER_VISIT, _measures(50))
    assert (few.verdict, few.reason) == (OPEN, "fewer than 100 replications")
    still = judge(Limit("kits", Figure.MEAN, "kits", 10.0), {"kits": np.ones(500)})
    assert (still.verdict, still.reason) == (OPEN, "the measure never varied, so nothing is known of its spread")
    assert judge(COST, _measures(20)).estimate.high == np.inf


def test_the_whole_passes_only_with_every_line() -> None:
    """One line open keeps it open, one failed fails it."""
    measures = _measures()
    wide = Limit("a trial with a miss", Figure.ANY, "missed", 0.4)
    assert judge_all([PER_VISIT, COST], measures).verdict is PASS
    assert judge_all([PER_VISIT, wide], measures).verdict is OPEN
    assert judge_all([PER_VISIT, wide, KITS], measures).verdict is FAIL


def test_multiplicity_is_stated() -> None:
    """Four lines: passing wrongly takes the one line that is wrong, failing wrongly any of the four."""
    told = judge_all([PER_VISIT, ANY_MISS, OUT_OF_STOCK, COST], _measures())
    assert (told.false_pass, told.false_fail) == pytest.approx((0.025, 0.1))
    written = json.loads(json.dumps(told.record()))
    assert [line["verdict"] for line in written["lines"]] == ["pass"] * 4
    assert written["lines"][0]["limit"]["name"] == "missed per visit"


def test_looks_tighten_the_limits() -> None:
    """What may be spent at all looks together is what one look may spend."""
    looks = (500, 1000)
    confidences = [at_look([COST], looks, number, Spending.OBRIEN_FLEMING)[0].confidence for number in (0, 1)]
    assert confidences[0] > confidences[1] > 0.95
    assert sum(1 - each for each in confidences) == pytest.approx(0.05)


def test_a_review_stops_at_the_first_look_that_is_clear() -> None:
    """Nothing before the first look; then the statement of that look, whatever comes after it."""
    reviews, measures = Reviews((500, 1000)), _measures(2000)
    assert review([PER_VISIT], reviews, {name: each[:499] for name, each in measures.items()}) is None
    told = review([PER_VISIT], reviews, measures)
    assert told is not None
    assert (told.verdict, told.lines[0].estimate.replications) == (PASS, 500)
    assert told.false_pass == pytest.approx(0.025)


def test_a_line_that_has_passed_keeps_its_verdict() -> None:
    """Clear at the first look, it waits for the others; at the last look what is left open is inconclusive."""
    measures = _measures(1000)
    measures["missed"][500:] += 5
    near = Limit("any out of stock", Figure.ANY, "out_of_stock", 0.0001)
    told = review([PER_VISIT, near], Reviews((500, 1000)), measures)
    assert told is not None
    assert told.verdict is OPEN
    assert [(line.verdict, line.estimate.replications) for line in told.lines] == [(PASS, 500), (OPEN, 1000)]


def test_reviews_pass_wrongly_as_seldom_as_agreed() -> None:
    """A chance exactly at its limit, reviewed four times in 500 runs: either verdict in at most 2.5 %."""
    draws = np.random.Generator(np.random.PCG64(9))
    limit, reviews = Limit("any", Figure.ANY, "missed", 0.1), Reviews((100, 200, 300, 400), Spending.POCOCK)
    told = [review([limit], reviews, {"missed": run}) for run in draws.random((500, 400)) < 0.1]
    assert sum(each is not None and each.verdict is PASS for each in told) <= 0.03 * 500
    assert sum(each is not None and each.verdict is FAIL for each in told) <= 0.03 * 500


def test_only_a_policy_that_passes_everywhere_holds() -> None:
    """Two scenarios, two policies: the lean one misses too much when a depot is out."""
    calm, storm = _measures(), _measures()
    storm["missed"] = storm["missed"] + 3
    runs = {("base", "lean"): calm, ("base", "ample"): calm, ("outage", "lean"): storm, ("outage", "ample"): calm}
    told = stress_matrix([PER_VISIT], runs)
    assert [cell.statement.verdict for cell in told.cells] == [PASS, PASS, FAIL, PASS]
    assert told.holding == ("ample",)


def test_the_usual_limits_name_measures_that_replications_have() -> None:
    """Missed per visit, any miss, out of stock, cost."""
    limits = usual_limits(0.005, 0.5, 0.01, 1e8)
    assert {limit.measure for limit in limits} | {limit.per for limit in limits if limit.per} <= set(MEASURES)
    assert len({limit.name for limit in limits}) == 4


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(0, 300), st.integers(1, 300), st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_a_wider_limit_never_turns_a_pass(hits: int, count: int, one: float, other: float) -> None:
    """What passes at a limit passes at every larger one; what fails at one fails at every smaller one."""
    missed = np.arange(count) < min(hits, count)
    low, high = (
        judge(Limit("any", Figure.ANY, "missed", limit), {"missed": missed}).verdict
        for limit in sorted((one, other))
    )
    assert low is not PASS or high is PASS
    assert high is not FAIL or low is FAIL


@pytest.mark.parametrize(
    "build",
    [
        lambda: Limit("x", Figure.PER, "missed", 0.1),
        lambda: Limit("x", Figure.ANY, "missed", 0.1, per="visits"),
        lambda: Limit("x", Figure.QUANTILE, "cost", 0.1),
        lambda: Limit("x", Figure.MEAN, "cost", 0.1, share=0.5),
        lambda: judge_all([], {}),
        lambda: judge_all([COST, COST], _measures()),
        lambda: Reviews((200, 100)),
        lambda: judge(PER_VISIT, {"missed": np.zeros(200)}),
    ],
)
def test_statements_that_say_nothing_are_refused(build: object) -> None:
    """No limit at all, a limit without its other column, or one that is not there."""
    with pytest.raises(UnusableGate):
        build()  # type: ignore[operator]  # each is a function without arguments
