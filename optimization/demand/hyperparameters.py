"""How alike sites enrol, learned from what all sites of a study have enrolled: the most likely gamma law."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from optimization.demand.enrolment import Prior

SUBJECTS_MIN = 10
"""With fewer subjects in all, what was stated beforehand holds."""
SHAPES = np.geomspace(0.1, 100.0, 121)
WIDTH = 1.0
"""How far, in units of the logarithm, the shape may be from the stated one for nothing."""


class Seen(NamedTuple):
    """What one site has enrolled in so many days of enrolling."""

    subjects: int
    days: float


def learned_prior(stated: Prior, sites: Sequence[Seen]) -> Prior:
    """The gamma law of rates under which these counts are most likely (each is negative binomial).

    Few sites tell little of how different they are: the stated shape weighs as one observation with a standard
    error of `WIDTH` in its logarithm.
    """
    open_sites = [site for site in sites if site.days > 0]
    if sum(site.subjects for site in open_sites) < SUBJECTS_MIN:
        return stated
    counts = np.array([site.subjects for site in open_sites], dtype=float)
    days = np.array([site.days for site in open_sites])
    fits = [(_likelihood(shape, counts, days, stated.shape), float(shape)) for shape in SHAPES]
    shape = max(fits)[1]
    return Prior(shape, shape / _scale(shape, counts, days))


def _likelihood(shape: float, counts: np.ndarray, days: np.ndarray, stated: float) -> float:
    """The logarithm of how likely the counts are at the best mean for a shape, and of the shape itself."""
    scale = _scale(shape, counts, days)
    ways = sum(math.lgamma(shape + count) - math.lgamma(shape) for count in counts)
    rates = shape * np.log(scale / (scale + days)) - counts * np.log(scale + days)
    return float(ways + rates.sum() - (math.log(shape / stated) / WIDTH) ** 2 / 2)


def _scale(shape: float, counts: np.ndarray, days: np.ndarray) -> float:
    """The most likely inverse scale for a shape, in days: where the expected counts are those seen (halving)."""
    low, high = 1e-6, 1e9
    for _ in range(100):
        middle = math.sqrt(low * high)
        if shape * len(counts) / middle > float(((shape + counts) / (middle + days)).sum()):
            low = middle
        else:
            high = middle
    return math.sqrt(low * high)
