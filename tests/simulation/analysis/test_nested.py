"""Two loops: what parameters do apart from what chance does."""

import numpy as np
import pytest

from simulation.analysis.nested import nested_of
from simulation.analysis.refusals import UnusableReplications


def test_squares_by_hand() -> None:
    """Draws (1, 3) and (5, 7): within 2, between (2 * 8 - 2) / 2 = 7, the mean 4."""
    told = nested_of(np.array([[1.0, 3.0], [5.0, 7.0]]))
    assert (told.mean.value, told.within, told.between.value) == pytest.approx((4.0, 2.0, 7.0))
    assert told.monte_carlo_error == pytest.approx(np.sqrt(2 / 4))
    assert told.outer_error == pytest.approx(np.sqrt(7 / 2))
    assert told.parameter_deviation == pytest.approx(np.sqrt(7))


def test_the_law_of_total_variance() -> None:
    """A Poisson count with a gamma rate of mean 6 and variance 9: 6 within, 9 between, 15 in all."""
    draws = np.random.Generator(np.random.PCG64(1))
    rates = draws.gamma(4.0, 1.5, 3000)
    told = nested_of(draws.poisson(rates[:, None], (3000, 10)))
    assert told.within == pytest.approx(6, rel=0.03)
    assert told.between.low < 9 < told.between.high
    assert told.within + told.between.value == pytest.approx(15, rel=0.05)


def test_intervals_cover_as_told() -> None:
    """500 times twelve draws of five trials: variance between and mean lie in their intervals in about 95 %."""
    draws = np.random.Generator(np.random.PCG64(2))
    worlds = draws.normal(0, 2, (500, 12, 1)) + draws.normal(0, 3, (500, 12, 5))
    told = [nested_of(world) for world in worlds]
    assert sum(each.between.low <= 4 <= each.between.high for each in told) >= 0.92 * 500
    assert sum(each.mean.low <= 0 <= each.mean.high for each in told) >= 0.92 * 500


def test_parameters_that_do_not_matter_leave_an_interval_from_zero() -> None:
    """The same law under every draw: nothing is claimed of the parameters."""
    told = nested_of(np.random.Generator(np.random.PCG64(3)).normal(size=(20, 30)))
    assert told.between.low == 0.0
    assert told.between.value <= told.between.high


@pytest.mark.parametrize("values", [np.ones((1, 5)), np.ones((5, 1)), np.ones(5), np.array([[1.0, np.nan]] * 2)])
def test_one_loop_is_no_two(values: np.ndarray) -> None:
    """Fewer than two draws, or two trials each, tell nothing of either variance."""
    with pytest.raises(UnusableReplications):
        nested_of(values)
