"""Misses per visit when hardly any replication has a miss: an interval that does not claim what was not seen."""

import math

import numpy as np

from simulation.analysis.arrays import Numbers, paired
from simulation.analysis.estimate import Estimate, checked
from simulation.analysis.proportions import clopper_pearson
from simulation.analysis.ratio import ratio_of

FEW_HITS = 20
"""With fewer replications that have a miss, the spread that was seen says little about the spread there is."""


def missed_per_visit(missed: Numbers, visits: Numbers, confidence: float = 0.95) -> Estimate:
    """`ratio_of`, whose upper end is moved out when fewer than FEW_HITS replications have a miss.

    Then it is the smaller of two bounds that need no spread: every visit of a trial with a miss is missed
    (Clopper and Pearson's bound of such trials), or the empirical Bernstein bound (Maurer & Pontil 2009) for
    misses of 0 to the most visits of a trial. Both take the mean number of visits as known. missed <= visits:
    shape (n,).
    """
    one, other = paired(missed, visits)
    plain, hits = ratio_of(one, other, confidence), int(np.count_nonzero(one))
    if hits >= FEW_HITS:
        return plain
    most = float(other.max() / other.mean())
    any_miss = clopper_pearson(hits, len(one), confidence).high * most
    high = max(plain.high, min(any_miss, _bernstein(one / other.mean(), most, checked(confidence) / 2)))
    return Estimate(plain.value, max(plain.low, 0.0), min(high, 1.0), confidence, len(one), "few misses")


def _bernstein(values: np.ndarray, most: float, tail: float) -> float:
    """An upper bound of the mean of values between 0 and `most`, wrong with chance at most `tail`."""
    count, told = len(values), math.log(2 / tail)
    spread = math.sqrt(2 * float(values.var(ddof=1)) * told / count)
    return float(values.mean()) + spread + most * 7 * told / (3 * (count - 1))
