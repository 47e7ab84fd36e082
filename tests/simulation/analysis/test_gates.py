"""Sequential gates: what they do is computed exactly, so that their promises are checked and not simulated."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.analysis.boundaries import Boundaries, Decision, Verdict, decide, decide_found, in_order
from simulation.analysis.characteristics import characteristics
from simulation.analysis.confidence_sequence import anytime, anytime_boundaries, mixed_near
from simulation.analysis.looks import Looks, look_boundaries
from simulation.analysis.refusals import UnusableGate
from simulation.analysis.spending import Spending, confidence_by_look, spent, spent_by_look
from simulation.analysis.sprt import Rates, fixed_size, sprt

CALM = settings(deadline=None, derandomize=True, max_examples=15)
USUAL = Rates(0.005, 0.02)
LOOKS = (200, 400, 600, 800, 1000)


def test_characteristics_are_those_of_all_sequences() -> None:
    """Every sequence of ten replications followed one by one gives the same chances and the same mean number."""
    boundaries = Boundaries((-1, -1, -1, 0, 0, 0, 1, 1, 1, 1), (2, 2, 3, 3, 3, 3, 3, 4, 4, 4))
    chance, verdicts, used = 0.3, dict.fromkeys(Verdict, 0.0), 0.0
    for sequence in product((False, True), repeat=10):
        decision = decide(boundaries, sequence)
        weight = chance ** sum(sequence) * (1 - chance) ** (10 - sum(sequence))
        assert decision.verdict is not None
        verdicts[decision.verdict] += weight
        used += weight * decision.replications
    told = characteristics(boundaries, chance)
    found = tuple(verdicts[each] for each in (Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE))
    assert (told.passes, told.fails, told.inconclusive) == pytest.approx(found)
    assert told.expected_replications == pytest.approx(used)


def test_wald_s_test_needs_fewer_replications_than_one_of_fixed_size() -> None:
    """0.5 % against 2 %, errors 5 %: about 340 in the mean at the good and 245 at the bad rate against 523.

    The normal approximation asks for 533. Wald's own thresholds would pass the bad rate in 5.06 %, so the strict
    ones take their place.
    """
    boundaries = sprt(USUAL, 3000)
    good, bad = characteristics(boundaries, 0.005), characteristics(boundaries, 0.02)
    assert (good.expected_replications, bad.expected_replications) == pytest.approx((343.7, 248.7), abs=0.1)
    assert fixed_size(USUAL) == (523, 5)
    roots = 1.644853627 * (np.sqrt(0.005 * 0.995) + np.sqrt(0.02 * 0.98))
    assert np.ceil((roots / 0.015) ** 2) == 533
    assert good.expected_replications * 1.5 < 523
    assert good.replications_at(0.5) < good.expected_replications


@CALM
@given(
    st.floats(0.002, 0.2), st.floats(1.8, 6.0), st.sampled_from([0.01, 0.05, 0.1]), st.sampled_from([0.02, 0.05])
)
def test_wald_s_test_keeps_both_errors(good: float, times: float, passing: float, failing: float) -> None:
    """Whatever the rates: a bad one passes and a good one fails as seldom as told, and better rates pass more."""
    rates = Rates(good, min(good * times, 0.9), passing, failing)
    boundaries = sprt(rates, 600)
    assert characteristics(boundaries, rates.bad).passes <= passing
    assert characteristics(boundaries, rates.good).fails <= failing
    assert characteristics(boundaries, rates.good / 2).passes >= characteristics(boundaries, rates.good).passes


@pytest.mark.parametrize("kind", list(Spending))
def test_looks_keep_both_errors_at_the_limit_and_beyond(kind: Spending) -> None:
    """At and above the limit it passes, at and below it fails, in at most 5 %; nearly all of it is used."""
    boundaries = look_boundaries(Looks(0.02, LOOKS, spending=kind))
    at_limit = characteristics(boundaries, 0.02)
    assert 0.03 < at_limit.passes <= 0.05
    assert 0.03 < at_limit.fails <= 0.05
    assert characteristics(boundaries, 0.025).passes <= at_limit.passes
    assert characteristics(boundaries, 0.015).fails <= at_limit.fails
    assert characteristics(boundaries, 0.005).passes > 0.95
    assert characteristics(boundaries, 0.005).expected_replications < 1000


def test_boundaries_between_looks_decide_nothing() -> None:
    """Whatever happens, it stops at a look; what is left over at the last is inconclusive."""
    boundaries = look_boundaries(Looks(0.02, LOOKS))
    stopping = characteristics(boundaries, 0.02).stopping
    assert set(np.flatnonzero(stopping) + 1) <= set(LOOKS)
    assert decide(boundaries, [True] * 199) == Decision(None, 199, 199)
    assert decide(boundaries, [True] * 200).verdict is Verdict.FAIL
    assert decide(boundaries, [n % 50 == 0 for n in range(1000)]) == Decision(Verdict.INCONCLUSIVE, 1000, 20)


def test_a_single_look_is_the_exact_binomial_test() -> None:
    """Passing after 299 replications at 1 % asks for none missed; 298 can never pass."""
    assert look_boundaries(Looks(0.01, (299,))).pass_at[-1] == 0
    assert look_boundaries(Looks(0.01, (298,))).pass_at[-1] == -1


def test_sparing_looks_at_first_and_looks_alike() -> None:
    """Halfway 0.15 % of 2.5 % one-sided are spent (O'Brien-Fleming type), or 1.55 % (Pocock type)."""
    assert spent(Spending.OBRIEN_FLEMING, 0.025, 0.5) == pytest.approx(0.00153, abs=1e-5)
    assert spent(Spending.POCOCK, 0.025, 0.5) == pytest.approx(0.01550, abs=1e-5)
    for kind in Spending:
        assert spent_by_look(kind, 0.05, LOOKS)[-1] == pytest.approx(0.05)
        assert sum(1 - each for each in confidence_by_look(kind, 0.05, LOOKS)) == pytest.approx(0.1)


@pytest.mark.parametrize("chance", [0.005, 0.02, 0.05])
def test_whoever_watches_a_confidence_sequence_errs_as_seldom_as_told(chance: float) -> None:
    """Looking after each of 1,500 replications: wrong in at most 5 %, at the limit and on either side of it."""
    boundaries = anytime_boundaries(0.02, 1500, 0.05, mixed_near(0.02))
    told = characteristics(boundaries, chance)
    assert told.fails <= 0.05 or chance > 0.02
    assert told.passes <= 0.05 or chance < 0.02
    assert told.passes + told.fails <= 0.05 or chance != 0.02


def test_boundaries_of_a_confidence_sequence_are_its_intervals() -> None:
    """It passes with the most misses whose interval lies below the limit, fails with the fewest that lie above."""
    boundaries = anytime_boundaries(0.1, 120)
    passing, failing = boundaries.pass_at[-1], boundaries.fail_at[-1]
    assert anytime(passing, 120).high < 0.1 <= anytime(passing + 1, 120).high
    assert anytime(failing - 1, 120).low <= 0.1 < anytime(failing, 120).low


@CALM
@given(st.lists(st.booleans(), min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_who_came_first_does_not_matter(missed: list[bool], chance: object) -> None:
    """Replications that come in any order are judged in order of index, and a gap is waited for."""
    boundaries = sprt(Rates(0.1, 0.5), 60)
    order = list(range(len(missed)))
    chance.shuffle(order)  # type: ignore[attr-defined]  # hypothesis hands out a random.Random
    found: dict[int, bool] = {}
    for index in order:
        found[index] = missed[index]
        seen = decide_found(boundaries, found)
        assert seen == decide(boundaries, missed[: len(in_order(found))])
    assert seen == decide(boundaries, missed)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Boundaries((), ()),
        lambda: Boundaries((0, 1), (2,)),
        lambda: Boundaries((1,), (1,)),
        lambda: Rates(0.02, 0.005),
        lambda: Rates(0.0, 0.1),
        lambda: Rates(0.1, 0.2, 0.6),
        lambda: look_boundaries(Looks(0.0, (10,))),
        lambda: look_boundaries(Looks(0.1, (10, 10))),
        lambda: look_boundaries(Looks(0.1, (10, 20), false_pass=1.5)),
        lambda: anytime_boundaries(1.0, 10),
        lambda: fixed_size(Rates(0.01, 0.0101), most=500),
        lambda: characteristics(Boundaries((-1,), (2,)), 1.5),
    ],
)
def test_gates_that_contradict_themselves_are_refused(build: object) -> None:
    """Before anything runs."""
    with pytest.raises(UnusableGate):
        build()  # type: ignore[operator]  # each is a function without arguments
