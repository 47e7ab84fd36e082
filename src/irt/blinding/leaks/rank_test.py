"""How well a score tells two arms apart: the area under its curve, with a test and an interval.

Within strata (sites) a score without a leak has nothing to do with the arms, so that its rank sum is judged by
permutations of the arms within strata: mean and variance are known exactly (van Elteren 1960). Where units of one
stratum do not get their arms one by one, as kits of a parcel, strata scatter more than that: then their own scatter
is the variance. The interval of the
adversary's area is DeLong's (1988), with sites as clusters (Obuchowski 1997), the wider of the two.
"""

from math import inf, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, rankdata

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Marks = NDArray[np.int64]
STRATA_MIN = 10
"""So many strata, and their own scatter can be told."""


class RankTest(NamedTuple):
    """An area (0.5 is chance) freed of differences between strata, its standard error under chance, and z."""

    area: float
    error: float
    z: float


def rank_test(scores: Floats, ones: Flags, strata: Marks) -> RankTest:
    """The area of a score; z is 0 where the strata leave nothing to compare."""
    first, other = int(ones.sum()), int((~ones).sum())
    if not first or not other:
        return RankTest(0.5, inf, 0.0)
    ranks = rankdata(scores)
    count = np.bincount(strata)
    ones_in = np.bincount(strata, weights=ones)
    total = np.bincount(strata, weights=ranks)
    mean = np.divide(total, count, out=np.zeros_like(total), where=count > 0)
    spread = np.bincount(strata, weights=(ranks - mean[strata]) ** 2)
    pairs = np.maximum(count * (count - 1), 1)
    variance = float((ones_in * (count - ones_in) * spread / pairs).sum())
    if variance <= 0:
        return RankTest(0.5, inf, 0.0)
    beyond_in = np.bincount(strata, weights=ranks * ones) - ones_in * mean
    beyond = float(beyond_in.sum())
    telling = beyond_in[(ones_in > 0) & (ones_in < count)]
    if len(telling) >= STRATA_MIN:
        variance = max(variance, len(telling) * float(telling.var(ddof=1)))
    return RankTest(0.5 + beyond / (first * other), sqrt(variance) / (first * other), beyond / sqrt(variance))


def two_sided(z: float) -> float:
    """The chance of a z at least so far from 0."""
    return float(2 * norm.sf(abs(z)))


def one_sided(z: float) -> float:
    """The chance of a z at least so large."""
    return float(norm.sf(z))


def area_with_error(scores: Floats, ones: Flags, clusters: Marks) -> tuple[float, float]:
    """The plain area of a score and its standard error, for units that come in clusters."""
    first, other = int(ones.sum()), int((~ones).sum())
    if first < 2 or other < 2:
        return 0.5, inf
    everybody = rankdata(scores)
    above = (everybody[ones] - rankdata(scores[ones])) / other
    below = 1 - (everybody[~ones] - rankdata(scores[~ones])) / first
    area = float(above.mean())
    plain = float(above.var(ddof=1) / first + below.var(ddof=1) / other)
    sums = np.bincount(clusters[ones], weights=above - area, minlength=int(clusters.max()) + 1) / first
    sums += np.bincount(clusters[~ones], weights=below - area, minlength=int(clusters.max()) + 1) / other
    many = len(np.unique(clusters))
    clustered = float((sums**2).sum()) * many / (many - 1) if many > 1 else plain
    return area, sqrt(max(plain, clustered))
