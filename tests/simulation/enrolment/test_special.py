"""Special functions for arrays, against the standard library."""

import math

import numpy as np
import pytest

from simulation.enrolment.special import log_gamma, log_negative_binomial, summed


@pytest.mark.parametrize("x", [1e-8, 1e-3, 0.1, 0.5, 1.0, 1.5, 2.0, 3.7, 10.0, 123.4, 1e4, 1e7])
def test_the_gamma_function_agrees_with_the_library(x: float) -> None:
    """To nine digits after the point and more."""
    assert float(log_gamma(x)) == pytest.approx(math.lgamma(x), rel=1e-10, abs=1e-9)


@pytest.mark.parametrize(("shape", "odds"), [(0.3, 2.0), (4.0, 0.5), (50.0, 0.1)])
def test_the_negative_binomial_law_has_its_mean_and_variance(shape: float, odds: float) -> None:
    """And sums to one."""
    numbers = np.arange(400)
    chances = np.exp(log_negative_binomial(numbers, shape, odds))
    mean = (chances * numbers).sum()
    assert chances.sum() == pytest.approx(1)
    assert mean == pytest.approx(shape * odds)
    assert (chances * numbers**2).sum() - mean**2 == pytest.approx(shape * odds * (1 + odds))


def test_values_are_summed_by_place() -> None:
    """Places without any have nothing."""
    assert summed(np.array([2, 0, 2]), np.array([1.5, 2.0, 3.0]), 4).tolist() == [2.0, 0.0, 4.5, 0.0]
