"""What was learned of enrolment, as laws that a scenario takes: a rate for each site, and when others open."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulation.enrolment.forecast import FIT_STREAM, SITE_STREAM, stream
from simulation.enrolment.history import Counts
from simulation.enrolment.paths import Paths
from simulation.enrolment.posterior.fit import EFFORT, Effort, Posterior, fit
from simulation.enrolment.prior import TIRING_MONTHS
from simulation.enrolment.special import Floats
from simulation.enrolment.start_up import start_up_law
from simulation.enrolment.study import StudyEnrolment, TooEarly, known_sites, month_on
from simulation.spec.laws import Fixed, Gamma, Law, Table

CALENDAR_MONTH_DAYS = 365.25 / 12
LONGEST_MONTHS = 60
SHAPE_LEAST, SHAPE_MOST, RATE_LEAST = 0.05, 1e4, 1e-4


@dataclass(frozen=True, slots=True)
class SiteRates:
    """Subjects randomized a month of 30 days: by site as learned, and of those of which nothing is known."""

    by_site: Mapping[str, Law]
    others_mean: float
    others_shape: float
    start_up_days: Law
    """From the day on, of sites that have not opened."""


def site_rates(known: StudyEnrolment, months: int, seed: int, effort: Effort = EFFORT) -> SiteRates:
    """Each site's mean over so many months, with what is not known of it as a gamma law of the same variance.

    A site keeps its rate over the months; that all sites rise and fall together is not told. Where nobody was
    randomized in a whole month, each site has a gamma law of its own counts with one subject in one month before.
    """
    try:
        history, listed, silent = known_sites(known)
    except TooEarly:
        return _from_counts(known)
    posterior = fit(history, stream(seed, FIT_STREAM), effort=effort)
    chance = np.random.Generator(np.random.PCG64DXSM(stream(seed, SITE_STREAM)))
    paths = Paths(posterior, np.arange(posterior.draws), chance, silent)
    monthly = sum((paths.known_sites() for _ in range(months)), np.zeros_like(posterior.rate)) / months
    shape = min(max(float(np.median(posterior.scalar["shape"])), SHAPE_LEAST), SHAPE_MOST)
    others = of_thirty_days(_new_sites(posterior, months))
    return SiteRates(
        by_site=_of_silent_sites(known, others, shape)
        | {site: _law(monthly[:, row]) for row, site in enumerate(history.sites)},
        others_mean=others,
        others_shape=shape,
        start_up_days=_start_up(listed.delays, listed.waiting),
    )


def _of_silent_sites(known: StudyEnrolment, mean: float, shape: float) -> dict[str, Law]:
    """Active sites without a subject: the law of the others after so many months in which nobody came."""
    now = month_on(known.day)
    return {
        site.number: Gamma(law="gamma", mean=shape / (shape / mean + now - site.known_since), shape=shape)
        for site in known.sites
        if site.condition == "active"
    }


def _law(monthly: Floats) -> Law:
    mean, variance = of_thirty_days(float(monthly.mean())), float(monthly.var())
    if mean < RATE_LEAST:
        return Fixed(law="fixed", value=0)
    shape = mean**2 / variance if variance > 0 else SHAPE_MOST
    return Gamma(law="gamma", mean=mean, shape=min(max(shape, SHAPE_LEAST), SHAPE_MOST))


def of_thirty_days(monthly: float) -> float:
    """A rate of calendar months as one of 30 days."""
    return monthly * 30 / CALENDAR_MONTH_DAYS


def _new_sites(posterior: Posterior, months: int) -> float:
    return max(float(new_site_means(posterior, months).mean()), RATE_LEAST)


def new_site_means(posterior: Posterior, months: int) -> Floats:
    """Of each draw what a new site enrols a month, in the mean over so many."""
    age = np.arange(months)[None, :]
    slowed = np.exp(-posterior.scalar["tiring"][:, None] * np.log1p(age / TIRING_MONTHS)).mean(axis=1)
    return np.asarray(posterior.scalar["mean"] * slowed)


def _start_up(delays: Counts, waiting: Counts) -> Law:
    """Days until a site opens, the sites that wait taken together."""
    if not len(waiting):
        return Fixed(law="fixed", value=30)
    law = start_up_law(delays, waiting)
    chances = law.weight @ law.chances
    ahead = np.zeros(LONGEST_MONTHS)
    for waited in waiting.tolist():
        left = chances[waited : waited + LONGEST_MONTHS]
        ahead[: len(left)] += left / left.sum()
    values = tuple(round((month + 0.5) * CALENDAR_MONTH_DAYS, 1) for month in range(LONGEST_MONTHS))
    return Table(law="table", values=values, weights=tuple(float(each) for each in ahead))


def _from_counts(known: StudyEnrolment) -> SiteRates:
    now = month_on(known.day)
    subjects = {site.number: 0 for site in known.sites}
    for _, site, number in known.counts:
        subjects[site] += number
    laws: dict[str, Law] = {
        site.number: Gamma(
            law="gamma",
            mean=of_thirty_days((subjects[site.number] + 1) / (now - site.known_since + 2)),
            shape=subjects[site.number] + 1,
        )
        for site in known.sites
        if site.condition == "active"
    }
    return SiteRates(laws, 1.0, 1.0, Fixed(law="fixed", value=30))
