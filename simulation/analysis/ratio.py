"""Misses per visit: a sum over replications divided by a sum, where the replication is the unit."""

import math

import numpy as np

from simulation.analysis.arrays import Floats, Numbers, paired
from simulation.analysis.estimate import Estimate, around
from simulation.analysis.refusals import UnusableReplications


def ratio_of(above: Numbers, below: Numbers, confidence: float = 0.95) -> Estimate:
    """Sum over sum, with the interval of its linearization (delta method; Cochran, Sampling Techniques, 2.11).

    above, below: shape (n,), the same replications; the result has the unit of `above` per unit of `below`.
    """
    one, other = usable(above, below)
    value = float(one.sum() / other.sum())
    error = float(linearized(one, other).std(ddof=1)) / math.sqrt(len(one))
    return around(value, error, confidence, len(one), "delta")


def jackknife_of(above: Numbers, below: Numbers, confidence: float = 0.95) -> Estimate:
    """Sum over sum, less its bias of order 1/n, with the jackknife's interval (Quenouille 1956, Tukey 1958)."""
    one, other = usable(above, below)
    count, whole = len(one), one.sum() / other.sum()
    without = (one.sum() - one) / (other.sum() - other)
    value = float(count * whole - (count - 1) * without.mean())
    error = math.sqrt((count - 1) / count * float(np.square(without - without.mean()).sum()))
    return around(value, error, confidence, count, "jackknife")


def linearized(above: Floats, below: Floats) -> Floats:
    """What each replication adds to the error of the ratio, shape (n,); their sum is zero."""
    value = above.sum() / below.sum()
    return np.asarray((above - value * below) / below.mean())


def usable(above: Numbers, below: Numbers) -> tuple[Floats, Floats]:
    """Both as arrays, shape (n,). Raises: UnusableReplications where there is nothing to divide by."""
    one, other = paired(above, below)
    if (other < 0).any() or np.count_nonzero(other) < 2:
        raise UnusableReplications("A ratio needs at least two replications with something to divide by.")
    return one, other
