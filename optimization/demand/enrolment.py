"""Enrolment by the Poisson-gamma model (Anisimov): each site has a rate of its own, learned from what it enrols."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimization.demand.mass import NEGLIGIBLE, Mass, trimmed

LONGEST = 100_000
"""More new subjects than this are never looked at."""


@dataclass(frozen=True, slots=True)
class Prior:
    """How rates differ between sites: a gamma law with this shape and mean (subjects a day)."""

    shape: float
    mean_per_day: float


@dataclass(frozen=True, slots=True)
class Rate:
    """What is known of a site's rate: a gamma law with shape `a` and `b` in days."""

    a: float
    b: float

    @property
    def mean_per_day(self) -> float:
        """Subjects a day to be expected."""
        return self.a / self.b


def learned(prior: Prior, enrolled: int, exposure_days: float) -> Rate:
    """What is known after so many subjects in so many days of enrolling."""
    return Rate(prior.shape + enrolled, prior.shape / prior.mean_per_day + exposure_days)


def new_subjects(rate: Rate, days: float, share: float = 1.0) -> Mass:
    """How many subjects enrol in so many days (negative binomial), thinned to an arm's share."""
    if days <= 0 or share <= 0:
        return np.ones(1)
    odds = days * share / rate.b
    chance, masses, total = (1 + odds) ** -rate.a, [], 0.0
    for count in range(LONGEST):
        masses.append(chance)
        total += chance
        if total >= 1 - NEGLIGIBLE or (chance < NEGLIGIBLE * 1e-3 and count > rate.a * odds):
            break
        chance *= (rate.a + count) / (count + 1) * odds / (1 + odds)
    return trimmed(_whole(np.array(masses)))


def _whole(mass: Mass) -> Mass:
    """The tail not counted lies on the largest number, so that chances sum to one."""
    mass[-1] += max(1 - mass.sum(), 0.0)
    return mass


def share_of_total(first: float, others: float, total: int) -> Mass:
    """How many of `total` subjects a site of weight `first` enrols beside sites of weight `others` (beta-binomial).

    Exact for sites that are open equally long and whose rates have one gamma scale: weights are the shapes.
    """
    counts = np.arange(total + 1)
    log = [
        _log_choose(total, int(count)) + _log_beta(first + count, others + total - count) - _log_beta(first, others)
        for count in counts
    ]
    return np.asarray(np.exp(np.array(log)))


def batch_new_subjects(a: NDArray[np.floating[Any]], odds: NDArray[np.floating[Any]], length: int) -> Mass:
    """`new_subjects` of many sites at once; `odds` is days * share / b; the last takes what is beyond."""
    mass = np.zeros((*np.broadcast_shapes(a.shape, odds.shape), length))
    mass[..., 0] = (1 + odds) ** -a
    for count in range(length - 1):
        mass[..., count + 1] = mass[..., count] * (a + count) / (count + 1) * odds / (1 + odds)
    mass[..., -1] += np.maximum(1 - mass.sum(axis=-1), 0.0)
    return mass


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _log_beta(x: float, y: float) -> float:
    return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)
