"""Demand on a depot: its sites' together, where rare peaks of one site are met by the quiet of others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimization.demand.enrolment import Rate
from optimization.demand.mass import Mass, add, add_all, mean_of, stock_for, variance_of
from optimization.demand.refusals import UnusableDemand


@dataclass(frozen=True, slots=True)
class Enrolling:
    """Sites that still enrol: what is known of their rates, days they enrol for, and an arm's share.

    `each`: chances of the kits one new subject of the arm takes.
    """

    rates: tuple[Rate, ...]
    days: tuple[float, ...]
    share: float
    each: Mass


def pooled(sites: Sequence[Mass]) -> Mass:
    """The sum over sites that are independent given what is known: exact, by convolution."""
    return add_all(list(sites))


def pooled_under_cap(scheduled: Sequence[Mass], enrolling: Enrolling, cap: int, samples: int, seed: int) -> Mass:
    """The sum over sites when enrolment stops at `cap` more subjects in all.

    Scheduled visits are exact. The cap ties the sites together: the number of new subjects is a sample average over
    `samples` draws of every site's rate, and given that number the kits are exact again.
    Raises: UnusableDemand for a cap below zero or no samples.
    """
    if cap < 0 or samples < 1:
        raise UnusableDemand("A cap is not below zero, and a sample average needs at least one sample.")
    subjects = enrolled_under_cap(enrolling, cap, samples, seed)
    return add(pooled(scheduled), of_so_many(_thinned(subjects, enrolling.share), enrolling.each))


def enrolled_under_cap(enrolling: Enrolling, cap: int, samples: int, seed: int) -> Mass:
    """Chances of the number of new subjects at all sites together, at most `cap`."""
    draws = np.random.Generator(np.random.PCG64(seed))
    shapes = np.array([rate.a for rate in enrolling.rates])
    scales = np.array([days / rate.b for rate, days in zip(enrolling.rates, enrolling.days, strict=True)])
    means = (draws.gamma(shapes, 1.0, (samples, len(shapes))) * scales).sum(axis=1)
    counts = np.minimum(draws.poisson(means), cap)
    return np.asarray(np.bincount(counts) / samples)


def of_so_many(subjects: Mass, each: Mass) -> Mass:
    """Kits of a random number of subjects that each take `each` (Horner's rule in convolutions)."""
    total = subjects[-1:].copy()
    for chance in subjects[-2::-1]:
        total = add(total, each)
        total[0] += chance
    return total


def _thinned(subjects: Mass, share: float) -> Mass:
    """Each subject is of the arm with chance `share`."""
    return of_so_many(subjects, np.array([1 - share, share]))


@dataclass(frozen=True, slots=True)
class Pooling:
    """What pooling saves: stock at the depot against the sum of what each site would hold for itself."""

    at_depot: int
    at_sites: int
    mean: float
    variance: float


def pooling_of(sites: Sequence[Mass], alpha: float) -> Pooling:
    """The stock for P(demand <= stock) >= 1 - alpha, pooled and site by site."""
    together = pooled(sites)
    return Pooling(
        int(stock_for(together, alpha)),
        sum(int(stock_for(site, alpha)) for site in sites),
        float(mean_of(together)),
        float(variance_of(together)),
    )
