"""Rare stock-outs: exact tails found again by tilted draws, with far fewer of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln

from simulation.analysis.refusals import UnusableReplications
from simulation.analysis.tilt import (
    Demand,
    GammaPoissonDemand,
    PoissonDemand,
    likelihood_ratios,
    stock_out,
    variance_ratio,
)
from simulation.analysis.weights import weighted_mean

CALM = settings(deadline=None, derandomize=True, max_examples=40)
RARE = [
    (PoissonDemand(10.0), 26),
    (PoissonDemand(4.0), 15),
    (GammaPoissonDemand(5.0, 4.0), 24),
    (GammaPoissonDemand(1.2, 2.0), 25),
]


def _law(demand: Demand, kits: np.ndarray) -> np.ndarray:
    """The chance of each number of kits, from the textbook."""
    if isinstance(demand, PoissonDemand):
        return np.exp(kits * np.log(demand.mean) - demand.mean - gammaln(kits + 1))
    assert isinstance(demand, GammaPoissonDemand)
    share = demand.mean / (demand.mean + demand.shape)
    ways = gammaln(kits + demand.shape) - gammaln(demand.shape) - gammaln(kits + 1)
    return np.exp(ways + demand.shape * np.log1p(-share) + kits * np.log(share))


@pytest.mark.parametrize(("demand", "stock"), RARE)
def test_a_stock_out_of_one_in_a_hundred_thousand(demand: Demand, stock: int) -> None:
    """10,000 tilted draws find the exact chance; plain ones would have to be a thousand times as many or more."""
    exact = demand.above(stock)
    told = stock_out(demand, stock, 10_000, np.random.Generator(np.random.PCG64(11)), confidence=0.999)
    assert 1e-7 < exact < 2e-5
    assert told.estimate.low < exact < told.estimate.high
    assert told.estimate.high - told.estimate.low < 0.6 * exact
    assert told.variance_ratio is not None
    assert told.variance_ratio > 1000
    assert told.variance_ratio == pytest.approx(variance_ratio(demand, stock), rel=0.15)
    assert told.effective_hits > 300


@pytest.mark.parametrize(("demand", "stock"), RARE)
def test_the_variance_ratio_is_exact(demand: Demand, stock: int) -> None:
    """The closed form is the sum over all demands of squared weights, and no other tilt nearby does much better."""
    kits = np.arange(stock + 1, 600)
    theta = demand.theta_for(stock + 1.0)
    second = (likelihood_ratios(demand, theta, kits) * _law(demand, kits)).sum()
    chance = _law(demand, kits).sum()
    assert chance == pytest.approx(demand.above(stock))
    assert variance_ratio(demand, stock) == pytest.approx(chance * (1 - chance) / (second - chance**2), rel=1e-6)
    assert variance_ratio(demand, stock) > 1000


@CALM
@given(st.floats(0.1, 20), st.floats(0.3, 8), st.floats(0.2, 3.0), st.booleans())
def test_a_tilted_law_times_its_ratio_is_the_law(mean: float, shape: float, times: float, mixed: bool) -> None:
    """Kit by kit, whatever the tilt; and the tilt asked for has the mean asked for."""
    demand: Demand = GammaPoissonDemand(shape, mean) if mixed else PoissonDemand(mean)
    theta, kits = demand.theta_for(mean * times), np.arange(60)
    tilted = demand.tilted(theta)
    assert tilted.mean == pytest.approx(mean * times)
    assert _law(tilted, kits) * likelihood_ratios(demand, theta, kits) == pytest.approx(_law(demand, kits))


def test_what_is_not_rare_is_not_tilted() -> None:
    """With a stock below the mean demand, draws are plain and all weights are one."""
    told = stock_out(PoissonDemand(5.0), 2, 2000, np.random.Generator(np.random.PCG64(2)))
    assert told.effective_hits == pytest.approx(2000 * told.estimate.value)
    assert told.variance_ratio == pytest.approx(1.0, abs=0.01)


def test_weights_are_not_believed_blindly() -> None:
    """One draw that weighs as much as all others leaves two effective hits; ratios below nought are refused."""
    assert weighted_mean([1, 1, 1, 1, 0], [3, 1, 1, 1, 9]).effective_hits == pytest.approx(36 / 12)
    assert weighted_mean([0, 0], [1, 1]).effective_hits == 0.0
    assert weighted_mean([2.5, 1.0], [1, 1]).variance_ratio is None
    with pytest.raises(UnusableReplications):
        weighted_mean([1, 0], [-1, 1])


def test_a_tilt_too_steep_for_an_unknown_rate_is_refused() -> None:
    """A negative binomial tail falls by its share a kit; a tilt that outweighs it leaves no law."""
    with pytest.raises(UnusableReplications):
        GammaPoissonDemand(2.0, 3.0).tilted(1.0)
    assert GammaPoissonDemand(2.0, 3.0).log_moment(1.0) == float("inf")
