"""Two policies on the same chances, and what is known of the inputs: less chance in a figure, and no bias."""

from itertools import product

import numpy as np
import pytest

from simulation.analysis.controls import InputMeans, controlled_mean, sampled_means
from simulation.analysis.paired import difference_of, ratio_difference
from simulation.analysis.ratio import linearized
from simulation.analysis.refusals import UnusableReplications


def _draws(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def test_common_random_numbers_pay_by_their_correlation() -> None:
    """Equal variances and correlation 0.9: the variance of the difference is smaller by 1 / (1 - 0.9) = 10."""
    shared, own, other = _draws(1).normal(size=(3, 20_000))
    first, second = 3 * shared + own, 3 * shared + other + 0.5
    told = difference_of(first, second)
    assert told.correlation == pytest.approx(0.9, abs=0.005)
    assert told.variance_ratio == pytest.approx(10, rel=0.05)
    assert told.difference.low < 0.5 < told.difference.high


def test_policies_that_never_differ() -> None:
    """No variance is left: the difference is nought and certain."""
    told = difference_of([1.0, 2.0, 5.0], [1.0, 2.0, 5.0])
    assert (told.difference.value, told.difference.low, told.difference.high) == (0.0, 0.0, 0.0)
    assert told.variance_ratio == float("inf")


def test_ratios_are_paired_by_their_linear_parts() -> None:
    """The interval is that of the difference of linear parts; what both policies miss alike cancels out."""
    draws = _draws(2)
    visits, sick = draws.integers(80, 120, 500).astype(float), draws.poisson(3.0, 500)
    one, other = sick + draws.poisson(1.0, 500), sick + draws.poisson(0.5, 500)
    told = ratio_difference((one, visits), (other, visits))
    parts = linearized(other.astype(float), visits) - linearized(one.astype(float), visits)
    assert told.difference.value == pytest.approx((other.sum() - one.sum()) / visits.sum())
    assert (told.difference.high - told.difference.value) / 1.9647 == pytest.approx(
        parts.std(ddof=1) / np.sqrt(500), rel=1e-4
    )
    assert told.variance_ratio > 3


def test_controls_fitted_on_other_folds_leave_no_bias() -> None:
    """Over every sample of six replications of a small curved law cross-fitting is unbiased to the last digit.

    Slopes fitted on the same replications are not.
    """
    points = np.array([0.0, 1.0, 3.0])
    known, truth = InputMeans(np.array([points.mean()])), float((points**2).mean())
    crossed, fitted = [], []
    for sample in product(points, repeat=6):
        control = np.array(sample)
        told = controlled_mean(control**2, control[:, None], known, folds=2)
        crossed.append(told.estimate.value)
        centred = control - control.mean()
        slope = (centred @ control**2) / (centred @ centred) if centred.any() else 0.0
        fitted.append((control**2).mean() - slope * (control.mean() - points.mean()))
    assert np.mean(crossed) == pytest.approx(truth, abs=1e-12)
    assert abs(np.mean(fitted) - truth) > 0.1


def test_controls_take_out_what_they_explain() -> None:
    """R squared of 0.8: the variance falls by 1 / (1 - 0.8) = 5, and the interval still covers the mean."""
    draws = _draws(4)
    controls = draws.normal(size=(4000, 2))
    values = 7 + controls @ [2.0, 0.0] + draws.normal(size=4000)
    told = controlled_mean(values, controls, InputMeans(np.zeros(2)))
    assert told.variance_ratio == pytest.approx(5, rel=0.1)
    assert told.estimate.low < 7 < told.estimate.high


def test_sampled_means_of_inputs_add_their_own_error() -> None:
    """With means from 400 inputs for 400 replications nothing is won; from 40,000 nearly all of it."""
    draws = _draws(5)
    controls = draws.normal(size=(400, 1))
    values = 3 * controls[:, 0] + draws.normal(size=400)
    few, many = (controlled_mean(values, controls, sampled_means(draws.normal(size=(n, 1)))) for n in (400, 40_000))
    assert few.variance_ratio == pytest.approx(1.0, abs=0.15)
    assert many.variance_ratio > 7


@pytest.mark.parametrize(
    ("rows", "controls", "means"),
    [(8, 1, 2), (4, 4, 4)],
)
def test_controls_without_means_or_replications_are_refused(rows: int, controls: int, means: int) -> None:
    """Each control has its mean, and the other folds are more than the slopes to fit."""
    with pytest.raises(UnusableReplications):
        controlled_mean(np.arange(rows), np.ones((rows, controls)), InputMeans(np.zeros(means)), folds=2)
