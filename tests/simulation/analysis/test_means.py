"""Means and quantiles over replications: known answers, and coverage counted exactly."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import bdtr

from simulation.analysis.means import mean_of, quantile_of
from simulation.analysis.refusals import UnusableReplications

CALM = settings(deadline=None, derandomize=True, max_examples=50)


def test_student_s_own_sleep_data() -> None:
    """Student's ten patients (Biometrika 1908): the second drug gains 2.33 hours, at 95 % 0.90 to 3.76."""
    told = mean_of([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    assert (told.value, told.low, told.high) == pytest.approx((2.33, 0.8976776, 3.7623224), abs=1e-6)


@pytest.mark.parametrize("values", [[1.0], [1.0, math.nan], [[1.0, 2.0]]])
def test_what_cannot_be_counted_is_refused(values: list[float]) -> None:
    """One replication has no spread, and a replication without a number is not left out in silence."""
    with pytest.raises(UnusableReplications):
        mean_of(values)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0])
def test_a_confidence_is_a_chance(confidence: float) -> None:
    """Neither certain nor told in percent."""
    with pytest.raises(UnusableReplications):
        mean_of([1.0, 2.0], confidence)


def test_the_interval_of_a_median_by_ranks() -> None:
    """Of ten values the second and the ninth bound the median with 97.9 % (tables of the sign test)."""
    told = quantile_of(np.arange(1.0, 11.0), 0.5)
    assert (told.value, told.low, told.high) == (5.0, 2.0, 9.0)


def test_a_high_quantile_of_few_replications_has_no_upper_bound() -> None:
    """58 trials say nothing of what 95 % stay below; 59 do at one-sided 95 % (Wilks 1941)."""
    assert quantile_of(np.arange(58.0), 0.95, 0.9).high == math.inf
    assert quantile_of(np.arange(59.0), 0.95, 0.9).high == 58.0
    assert quantile_of(np.arange(58.0), 0.95, 0.9).record()["high"] is None


@CALM
@given(st.integers(1, 400), st.floats(0.01, 0.99), st.sampled_from([0.8, 0.95, 0.99]))
def test_ranks_miss_a_quantile_on_either_side_as_seldom_as_told(
    count: int, share: float, confidence: float
) -> None:
    """The number of values at or below a quantile is binomial: neither bound errs more often than half the rest."""
    told = quantile_of(np.arange(1.0, count + 1), share, confidence)
    tail = (1 - confidence) / 2 + 1e-12
    if told.low != -math.inf:
        assert bdtr(told.low - 1, count, share) <= tail
    if told.high != math.inf:
        assert 1 - bdtr(told.high - 1, count, share) <= tail


@CALM
@given(st.lists(st.integers(-5, 5), min_size=2, max_size=30), st.integers(-9, 9), st.integers(1, 9))
def test_the_unit_of_a_measure_does_not_matter(values: list[int], shift: int, scale: int) -> None:
    """Counted in other units from another zero, figure and interval are the same."""
    before, after = mean_of(values), mean_of([scale * value + shift for value in values])
    for name in ("value", "low", "high"):
        assert getattr(after, name) == pytest.approx(scale * getattr(before, name) + shift, abs=1e-9)
