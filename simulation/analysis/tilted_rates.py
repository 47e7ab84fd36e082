"""Tilting a whole trial: rates of sites and lead times are drawn larger, and each replication carries its weight.

What the scenario draws once for each site or shipment (a gamma rate, a lognormal lead time) is drawn from a law
that makes trouble likelier; all after it is played as ever. A replication's weight is the product over draws.
"""

import math
from dataclasses import dataclass

import numpy as np

from simulation.analysis.arrays import Floats
from simulation.analysis.refusals import UnusableReplications


@dataclass(frozen=True, slots=True)
class TiltedGamma:
    """A gamma law of this shape and mean, drawn with its mean `times` as large; the unit is that of the mean."""

    shape: float
    mean: float
    times: float

    def __post_init__(self) -> None:
        """Raises: UnusableReplications unless all three are above 0."""
        if min(self.shape, self.mean, self.times) <= 0:
            raise UnusableReplications("Shape, mean and tilt of a rate are above 0.")

    def draw(self, generator: np.random.Generator, *sizes: int) -> Floats:
        """Tilted draws, shape `sizes`."""
        return generator.gamma(self.shape, self.mean * self.times / self.shape, sizes)

    def log_ratios(self, drawn: Floats) -> Floats:
        """Logarithms of true over tilted density, for each draw."""
        return np.asarray(self.shape * math.log(self.times) - drawn * self.shape / self.mean * (1 - 1 / self.times))


@dataclass(frozen=True, slots=True)
class TiltedLognormal:
    """A lognormal law with this mean and deviation of the logarithm, drawn with its logarithm larger by `shift`."""

    log_mean: float
    log_deviation: float
    shift: float

    def __post_init__(self) -> None:
        """Raises: UnusableReplications for a deviation that is not above 0."""
        if self.log_deviation <= 0:
            raise UnusableReplications("A lead time that never varies cannot be tilted.")

    def draw(self, generator: np.random.Generator, *sizes: int) -> Floats:
        """Tilted draws, shape `sizes`."""
        return generator.lognormal(self.log_mean + self.shift, self.log_deviation, sizes)

    def log_ratios(self, drawn: Floats) -> Floats:
        """Logarithms of true over tilted density, for each draw."""
        away = np.log(drawn) - self.log_mean
        return np.asarray(self.shift * (self.shift / 2 - away) / self.log_deviation**2)


def weights(*log_ratios: Floats) -> Floats:
    """The weight of each replication, shape (n,): products over all its draws; each argument has shape (n, …)."""
    return np.asarray(np.exp(sum(each.reshape(len(each), -1).sum(axis=1) for each in log_ratios)))
