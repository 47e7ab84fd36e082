"""Demand of a lead time, tilted so that the stock-out one fears once in 100,000 times is seen every other time.

Exponential tilting (Siegmund 1976): with factor exp(theta) a kit more is likelier, the law stays in its family,
and the likelihood ratio of a demand d is exp(K(theta) - theta d). The tilt of least variance puts the mean just
above the stock.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import betainc, pdtrc

from simulation.analysis.arrays import Floats, Ints
from simulation.analysis.refusals import UnusableReplications
from simulation.analysis.weights import Weighted, weighted_mean


class Demand(Protocol):
    """A law of kits wanted in a lead time that exponential tilting keeps in its family."""

    @property
    def mean(self) -> float:
        """Kits to be expected."""

    def tilted(self, theta: float) -> "Demand":
        """Each kit more is exp(theta) times likelier than it was."""

    def theta_for(self, mean: float) -> float:
        """The tilt that moves the mean there."""

    def log_moment(self, theta: float) -> float:
        """K(theta): the logarithm of the mean of exp(theta d)."""

    def above(self, stock: int) -> float:
        """The exact chance that more than the stock is wanted."""

    def draw(self, generator: np.random.Generator, replications: int) -> Ints:
        """Kits wanted, shape (replications,)."""


@dataclass(frozen=True, slots=True)
class PoissonDemand:
    """Subjects come by themselves at a known rate; `mean` in kits a lead time."""

    mean: float

    def tilted(self, theta: float) -> "PoissonDemand":
        """Poisson again."""
        return PoissonDemand(self.mean * math.exp(theta))

    def theta_for(self, mean: float) -> float:
        """The logarithm of how many times larger the mean becomes."""
        return math.log(mean / self.mean)

    def log_moment(self, theta: float) -> float:
        """mean (exp(theta) - 1)."""
        return self.mean * math.expm1(theta)

    def above(self, stock: int) -> float:
        """The tail of the Poisson law."""
        return float(pdtrc(stock, self.mean)) if stock >= 0 else 1.0

    def draw(self, generator: np.random.Generator, replications: int) -> Ints:
        """Independent draws."""
        return generator.poisson(self.mean, replications)


@dataclass(frozen=True, slots=True)
class GammaPoissonDemand:
    """The site's rate is not known: gamma with this shape, so that demand is negative binomial; `mean` in kits."""

    shape: float
    mean: float

    @property
    def _share(self) -> float:
        """Each failure's chance of the negative binomial."""
        return self.mean / (self.mean + self.shape)

    def tilted(self, theta: float) -> "GammaPoissonDemand":
        """Negative binomial again, of the same shape."""
        share = self._share * math.exp(theta)
        if share >= 1:
            raise UnusableReplications("So steep a tilt leaves no law of demand.")
        return GammaPoissonDemand(self.shape, self.shape * share / (1 - share))

    def theta_for(self, mean: float) -> float:
        """By the shares of both means."""
        return math.log(mean / (mean + self.shape) / self._share)

    def log_moment(self, theta: float) -> float:
        """shape (log(1 - share) - log(1 - share exp(theta))); infinite where the tail is too heavy."""
        tilted = self._share * math.exp(theta)
        return self.shape * (math.log1p(-self._share) - math.log1p(-tilted)) if tilted < 1 else math.inf

    def above(self, stock: int) -> float:
        """The tail of the negative binomial law, by the incomplete beta function."""
        return float(betainc(stock + 1, self.shape, self._share)) if stock >= 0 else 1.0

    def draw(self, generator: np.random.Generator, replications: int) -> Ints:
        """Independent draws, each with a rate of its own."""
        return generator.poisson(generator.gamma(self.shape, self.mean / self.shape, replications))


def likelihood_ratios(demand: Demand, theta: float, drawn: Ints | Floats) -> Floats:
    """True over tilted likelihood of each demand that was drawn from the tilted law."""
    return np.asarray(np.exp(demand.log_moment(theta) - theta * np.asarray(drawn, dtype=np.float64)))


def stock_out(
    demand: Demand, stock: int, replications: int, generator: np.random.Generator, confidence: float = 0.95
) -> Weighted:
    """The chance that more than the stock is wanted before the next arrival, by draws whose mean is stock + 1."""
    theta = demand.theta_for(max(stock + 1.0, demand.mean))
    drawn = demand.tilted(theta).draw(generator, replications)
    return weighted_mean(drawn > stock, likelihood_ratios(demand, theta, drawn), confidence)


def variance_ratio(demand: Demand, stock: int) -> float:
    """Exactly how many times fewer replications `stock_out` needs than plain ones.

    The second moment of an estimate is exp(K(theta) + K(-theta)) times the same tail under the tilt -theta.
    """
    theta = demand.theta_for(max(stock + 1.0, demand.mean))
    chance = demand.above(stock)
    second = math.exp(demand.log_moment(theta) + demand.log_moment(-theta)) * demand.tilted(-theta).above(stock)
    return chance * (1 - chance) / (second - chance**2)
