"""Means and quantiles over replications."""

import math

import numpy as np
from scipy.special import bdtr

from simulation.analysis.arrays import Numbers, column
from simulation.analysis.estimate import Estimate, around, checked
from simulation.analysis.refusals import UnusableReplications


def mean_of(values: Numbers, confidence: float = 0.95) -> Estimate:
    """The mean of one number a replication, with Student's interval; values: shape (n,), any unit.

    Its coverage is good from some dozens of replications on; below that it leans on values being near normal.
    """
    numbers = column(values)
    error = float(numbers.std(ddof=1)) / math.sqrt(len(numbers))
    return around(float(numbers.mean()), error, confidence, len(numbers), "student")


def quantile_of(values: Numbers, share: float, confidence: float = 0.95) -> Estimate:
    """The smallest value that at least `share` of trials stay at or below, with an interval of order statistics.

    The interval asks nothing of the law (David & Nagaraja, Order Statistics, 7.1): it covers at least with the
    confidence told. Where no order statistic bounds a side, that side is infinite. Raises: UnusableReplications.
    """
    if not 0 < share < 1:
        raise UnusableReplications("A quantile is asked for by a share between 0 and 1, as in 0.95.")
    ordered = np.sort(column(values, least=1))
    count = len(ordered)
    low, high = _ranks(count, share, checked(confidence) / 2)
    return Estimate(
        value=float(ordered[min(count, max(1, math.ceil(count * share - 1e-9))) - 1]),
        low=float(ordered[low - 1]) if low >= 1 else -math.inf,
        high=float(ordered[high - 1]) if high <= count else math.inf,
        confidence=confidence,
        replications=count,
        method="order statistics",
    )


def _ranks(count: int, share: float, tail: float) -> tuple[int, int]:
    """Ranks, from 1: with chance at most `tail` each, the quantile lies below the lower or above the upper one."""
    below = bdtr(np.arange(count + 1), count, share)
    # The quantile is below the r-th value only if fewer than r values are at or below it.
    low = int(np.count_nonzero(below[:-1] <= tail))
    high = int(np.count_nonzero(1 - below > tail)) + 1
    return low, high
