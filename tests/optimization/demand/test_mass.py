"""Chances of kits: sums, quantiles and shortages, held against closed forms and counting."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimization.demand import mass as kits

chances = st.lists(st.floats(0, 1), min_size=0, max_size=7)
modest = settings(deadline=None, derandomize=True, max_examples=40)


@modest
@given(chances)
def test_events_add_up_as_by_counting_all_outcomes(each: list[float]) -> None:
    """The Poisson-binomial law equals the sum over every combination of events."""
    counted = np.zeros(len(each) + 1)
    for outcome in itertools.product((0, 1), repeat=len(each)):
        counted[sum(outcome)] += math.prod(p if one else 1 - p for p, one in zip(each, outcome, strict=True))
    assert np.allclose(kits.poisson_binomial(np.array(each)), counted)


@modest
@given(chances, chances)
def test_sums_of_independent_numbers_sum_to_one_and_add_means_and_variances(
    first: list[float], second: list[float]
) -> None:
    """Convolution keeps chances, means and variances."""
    a, b = (kits.poisson_binomial(np.array(one)) for one in (first, second))
    total = kits.add(a, b)
    assert total.sum() == pytest.approx(1)
    assert kits.mean_of(total) == pytest.approx(kits.mean_of(a) + kits.mean_of(b))
    assert kits.variance_of(total) == pytest.approx(kits.variance_of(a) + kits.variance_of(b), abs=1e-9)


def test_long_sums_by_transform_equal_those_by_convolution() -> None:
    """Two Poisson laws long enough for the transform add to the Poisson law of both means."""
    first, second = kits.lumped(kits.poisson(150.0), 300), kits.lumped(kits.poisson(160.0), 320)
    together = kits.poisson(310.0)
    assert np.abs(kits.add(first, second)[: len(together)] - together).max() < 1e-10


@modest
@given(chances, st.lists(st.floats(0.001, 0.9), min_size=2, max_size=6))
def test_the_stock_needed_never_falls_when_less_may_be_missed(each: list[float], alphas: list[float]) -> None:
    """Monotone in alpha, and always enough."""
    law = kits.poisson_binomial(np.array(each))
    stocks = [int(kits.stock_for(law, alpha)) for alpha in sorted(alphas)]
    assert stocks == sorted(stocks, reverse=True)
    for alpha, stock in zip(sorted(alphas), stocks, strict=True):
        assert law[: stock + 1].sum() >= 1 - alpha - 1e-9


def test_a_rounding_error_asks_for_no_further_kit() -> None:
    """Where the promise is met exactly, that stock is the answer."""
    assert kits.stock_for(np.array([0.1] * 10), 0.3) == 6


def test_expected_shortage_is_the_sum_of_what_is_beyond() -> None:
    """Shortage at each stock equals its definition."""
    law = kits.poisson_binomial(np.array([0.2, 0.7, 0.5]))
    expected = [sum(law[n] * max(n - stock, 0) for n in range(4)) for stock in range(4)]
    assert np.allclose(kits.shortage_at(law), expected)


def test_cutting_a_mass_short_keeps_every_chance() -> None:
    """The last number kept takes what was beyond it, in one mass and in many."""
    law = kits.poisson(3.0)
    assert kits.lumped(law, 4).sum() == pytest.approx(1)
    assert kits.lumped(np.stack([law, law]), 4)[1, 3] == pytest.approx(law[3:].sum())
    assert kits.trimmed(np.array([1.0, 0.0, 0.0])).tolist() == [1.0]
    assert kits.add_all([]).tolist() == [1.0]


def test_what_lies_above_some_kits() -> None:
    """With two in hand, a demand of three asks for one; with more in hand than anybody wants, for none."""
    law = np.array([0.1, 0.2, 0.3, 0.4])
    assert kits.beyond(law, 2) == pytest.approx([0.6, 0.4])
    assert kits.beyond(law, 4) == pytest.approx([1.0])
    assert kits.beyond(law, 0) == pytest.approx(law)
