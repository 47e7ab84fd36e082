"""Two policies under common random numbers: each replication meets both, and the difference is looked at."""

from dataclasses import dataclass

import numpy as np

from simulation.analysis.arrays import Floats, Numbers, paired
from simulation.analysis.estimate import Estimate
from simulation.analysis.means import mean_of
from simulation.analysis.ratio import linearized, usable


@dataclass(frozen=True, slots=True)
class Comparison:
    """Second minus first, in the unit of the measure.

    `variance_ratio`: how many times the variance of the difference is smaller than with replications of their own;
    `correlation` is that of the two policies' replications.
    """

    difference: Estimate
    variance_ratio: float
    correlation: float


def difference_of(first: Numbers, second: Numbers, confidence: float = 0.95) -> Comparison:
    """The difference of two means; first, second: shape (n,), the same replications under either policy."""
    one, other = paired(first, second)
    return _compared(one, other, float(other.mean() - one.mean()), confidence)


def ratio_difference(
    first: tuple[Numbers, Numbers], second: tuple[Numbers, Numbers], confidence: float = 0.95
) -> Comparison:
    """The difference of two ratios, as of misses per visit; each pair is (above, below), shape (n,) each.

    Both ratios are linearized (delta method) and the linear parts paired.
    """
    ratios = [usable(*each) for each in (first, second)]
    values = [float(above.sum() / below.sum()) for above, below in ratios]
    one, other = (linearized(above, below) for above, below in ratios)
    return _compared(one, other, values[1] - values[0], confidence)


def _compared(one: Floats, other: Floats, value: float, confidence: float) -> Comparison:
    spread = mean_of(other - one, confidence)
    half = spread.high - spread.value
    apart, together = one.var(ddof=1) + other.var(ddof=1), (other - one).var(ddof=1)
    shared = float(np.sqrt(one.var(ddof=1) * other.var(ddof=1)))
    return Comparison(
        Estimate(value, value - half, value + half, confidence, len(one), "paired"),
        float(apart / together) if together > 0 else float("inf"),
        float((apart - together) / 2 / shared) if shared > 0 else float("nan"),
    )
