"""Rare events by stages and by tilted draws of a whole trial: exact chances found again."""

import numpy as np
import pytest
from scipy.special import gammaincc, ndtr

from simulation.analysis.refusals import UnusableReplications
from simulation.analysis.splitting import split, splitting_of
from simulation.analysis.tilted_rates import TiltedGamma, TiltedLognormal, weights
from simulation.analysis.weights import weighted_mean


class Ruin:
    """Days of cover gone: one more with chance 0.3, one fewer with 0.7; it is over when none are gone."""

    def begin(self, particles: int, generator: np.random.Generator) -> np.ndarray:
        """One day gone."""
        del generator
        return np.ones(particles, dtype=np.int64)

    def step(self, states: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """One day up or down."""
        return np.asarray(states + np.where(generator.random(len(states)) < 0.3, 1, -1))

    def height(self, states: np.ndarray) -> np.ndarray:
        """Days gone."""
        return np.asarray(states, dtype=np.float64)

    def over(self, states: np.ndarray) -> np.ndarray:
        """Refilled."""
        return np.asarray(states <= 0)


def test_a_gambler_s_ruin_by_stages() -> None:
    """From 1, 14 is reached before 0 with chance (1 - r) / (1 - r^14), r = 7/3: about 9e-6 (Feller I, XIV)."""
    exact = (1 - 7 / 3) / (1 - (7 / 3) ** 14)
    told = splitting_of(Ruin(), range(2, 15), 400, 30, seed=1, confidence=0.999)
    assert 9e-6 < exact < 1e-5
    assert told.low < exact < told.high
    assert told.high - told.low < exact


def test_levels_do_not_change_the_chance() -> None:
    """Three levels or one: the same mean; nobody arriving is a chance of nought."""
    exact = (1 - 7 / 3) / (1 - (7 / 3) ** 4)
    for levels in ([4], [2, 3, 4]):
        told = splitting_of(Ruin(), levels, 500, 40, seed=2, confidence=0.999)
        assert told.low < exact < told.high
    assert split(Ruin(), [40], 20, np.random.Generator(np.random.PCG64(1))) == 0.0


@pytest.mark.parametrize(("levels", "particles"), [([], 10), ([3, 2], 10), ([2], 0)])
def test_levels_that_do_not_rise_are_refused(levels: list[float], particles: int) -> None:
    """As are none, or no particle."""
    with pytest.raises(UnusableReplications):
        split(Ruin(), levels, particles, np.random.Generator(np.random.PCG64(1)))


def test_fast_sites_by_a_tilted_rate() -> None:
    """A gamma rate of shape 2 above seven times its mean, about 1e-5: found with a weight for each replication."""
    law = TiltedGamma(2.0, 0.5, 7.0)
    drawn = law.draw(np.random.Generator(np.random.PCG64(3)), 20_000, 1)
    told = weighted_mean(drawn[:, 0] > 3.5, weights(law.log_ratios(drawn)), confidence=0.999)
    exact = float(gammaincc(2.0, 14.0))
    assert exact == pytest.approx(1.25e-5, rel=0.01)
    assert told.estimate.low < exact < told.estimate.high
    assert told.variance_ratio is not None
    assert told.variance_ratio > 1000


def test_two_late_lanes_at_once_by_tilted_lead_times() -> None:
    """Both of two lanes beyond 2.8 deviations: weights of several draws multiply."""
    law = TiltedLognormal(1.5, 0.4, 2.8 * 0.4)
    drawn = law.draw(np.random.Generator(np.random.PCG64(4)), 20_000, 2)
    late = (np.log(drawn) > 1.5 + 2.8 * 0.4).all(axis=1)
    told = weighted_mean(late, weights(law.log_ratios(drawn)), confidence=0.999)
    exact = float(ndtr(-2.8)) ** 2
    assert told.estimate.low < exact < told.estimate.high
    assert told.variance_ratio is not None
    assert told.variance_ratio > 1000


def test_weights_have_mean_one() -> None:
    """Under the tilted law, whatever the tilt: nothing is lost or gained."""
    gamma, late = TiltedGamma(1.2, 0.3, 1.3), TiltedLognormal(1.0, 0.3, 0.1)
    draws = np.random.Generator(np.random.PCG64(5))
    told = weights(gamma.log_ratios(gamma.draw(draws, 50_000, 4)), late.log_ratios(late.draw(draws, 50_000)))
    assert told.shape == (50_000,)
    assert told.mean() == pytest.approx(1.0, abs=0.02)


def test_laws_that_cannot_be_tilted_are_refused() -> None:
    """Without spread, or by a factor of nought."""
    with pytest.raises(UnusableReplications):
        TiltedGamma(1.0, 1.0, 0.0)
    with pytest.raises(UnusableReplications):
        TiltedLognormal(1.0, 0.0, 0.5)
