"""Misses per visit: two intervals that agree, and why visits are not pooled."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.analysis.means import mean_of
from simulation.analysis.pooling import pooling_of
from simulation.analysis.rare import missed_per_visit
from simulation.analysis.ratio import jackknife_of, linearized, ratio_of
from simulation.analysis.refusals import UnusableReplications

CALM = settings(deadline=None, derandomize=True, max_examples=50)
COUNTS = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 60)), min_size=3, max_size=30)


@pytest.mark.parametrize("estimate", [ratio_of, jackknife_of])
def test_a_ratio_to_ones_is_a_mean(estimate: type[object]) -> None:
    """With one visit each, both are Student's interval of the mean."""
    values = [3.0, 0.0, 4.0, 7.0, 1.0]
    told, mean = estimate(values, np.ones(5)), mean_of(values)  # type: ignore[call-arg]  # one of two functions
    assert (told.value, told.low, told.high) == pytest.approx((mean.value, mean.low, mean.high))  # type: ignore[attr-defined]


def test_a_ratio_by_hand() -> None:
    """Misses 1, 2, 0 of visits 10, 12, 8: 3 of 30; residuals 0, .8, -.8 over a mean of 10 visits."""
    told = ratio_of([1, 2, 0], [10, 12, 8])
    assert told.value == pytest.approx(0.1)
    assert told.high - told.value == pytest.approx(4.30265273 * np.sqrt(0.0064 / 3))


@CALM
@given(COUNTS)
def test_linear_parts_sum_to_zero_and_scale_with_the_unit(counts: list[tuple[int, int]]) -> None:
    """The errors around a ratio cancel out, and misses counted in pairs halve figure and interval."""
    missed, visits = np.array(counts, dtype=float).T
    assert linearized(missed, visits).sum() == pytest.approx(0.0, abs=1e-9)
    one, two = ratio_of(missed, visits), ratio_of(missed / 2, visits)
    assert (two.value, two.high) == pytest.approx((one.value / 2, one.high / 2), abs=1e-12)


def test_the_jackknife_takes_bias_out() -> None:
    """Over every sample of six trials of a small law, its mean is nearer to the truth than the plain ratio's."""
    trials = [(0.0, 2.0), (1.0, 3.0), (4.0, 5.0)]
    samples = [np.array(sample).T for sample in product(trials, repeat=6)]
    truth = 5 / 10
    plain = np.mean([above.sum() / below.sum() for above, below in samples]) - truth
    jackknifed = np.mean([jackknife_of(above, below).value for above, below in samples]) - truth
    assert abs(jackknifed) < abs(plain) / 5


def test_nothing_to_divide_by_is_refused() -> None:
    """Without visits there is no rate, nor with visits of one replication alone."""
    with pytest.raises(UnusableReplications):
        ratio_of([0, 1, 2], [0, 5, 0])
    with pytest.raises(UnusableReplications):
        ratio_of([0, 1, 2], [4, 5])


def test_pooled_visits_understate_the_error_fourfold() -> None:
    """Two kinds of trials, exactly; then trials of 10,390 visits whose miss rates differ by 0.57 % about 1.96 %."""
    missed = np.repeat([4, 16], 500)
    told = pooling_of(missed, np.full(1000, 1000))
    assert told.design_effect == pytest.approx(1000 * 0.006**2 * (1000 / 999) / (0.01 * 0.99))
    assert told.narrowing == pytest.approx(1.907, abs=0.001)
    draws = np.random.Generator(np.random.PCG64(7))
    rates = draws.gamma((0.0196 / 0.0057) ** 2, 0.0057**2 / 0.0196, 4000)
    clustered = pooling_of(draws.binomial(10_390, rates), np.full(4000, 10_390))
    assert 4.0 < clustered.narrowing < 4.6
    assert clustered.effective_visits == pytest.approx(clustered.visits / clustered.narrowing**2)


def test_visits_that_are_independent_have_no_design_effect() -> None:
    """Binomial misses: pooled and by replication is the same, up to chance."""
    missed = np.random.Generator(np.random.PCG64(3)).binomial(500, 0.02, 5000)
    assert pooling_of(missed, np.full(5000, 500)).design_effect == pytest.approx(1.0, abs=0.1)


def test_no_miss_seen_is_not_no_miss_at_all() -> None:
    """1,000 trials without a miss: at worst the 0.37 % of trials that may have one miss all their visits."""
    told = missed_per_visit(np.zeros(1000), np.full(1000, 400))
    assert told.value == 0.0
    assert told.high == pytest.approx(1 - 0.025**0.001)


def test_a_few_misses_widen_the_interval_and_many_do_not() -> None:
    """With three trials that miss, spread is not trusted; with fifty the plain interval is told."""
    visits = np.full(2000, 400.0)
    few, many = (np.where(np.arange(2000) < hits, 4.0, 0.0) for hits in (3, 50))
    assert missed_per_visit(few, visits).high > 5 * ratio_of(few, visits).high
    assert missed_per_visit(many, visits) == ratio_of(many, visits)
