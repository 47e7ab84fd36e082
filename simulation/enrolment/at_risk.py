"""Sites at risk: how likely each one is to enrol at most so many subjects in the months to come."""

from dataclasses import dataclass

import numpy as np

from simulation.enrolment.forecast import FIT_STREAM, SITE_STREAM, stream
from simulation.enrolment.history import Counts, History
from simulation.enrolment.paths import Paths, Silent
from simulation.enrolment.posterior.fit import EFFORT, Effort, Posterior, fit
from simulation.enrolment.special import Floats, log_negative_binomial


@dataclass(frozen=True, slots=True)
class SiteOutlook:
    """One site: what is known of it, and what is to be expected of it."""

    site: str
    country: str
    enrolled: int
    active: float
    """The chance that it is active in the latest month."""
    expected: float
    at_most: float
    """The chance of at most so many subjects."""


def sites_at_risk(
    history: History, months: int, at_most: int, seed: int, effort: Effort = EFFORT
) -> list[SiteOutlook]:
    """Every open site, the likeliest to fall short first."""
    posterior = fit(history, stream(seed, FIT_STREAM), effort=effort)
    return outlooks_from(posterior, history, months, at_most, seed)


def outlooks_from(
    posterior: Posterior, history: History, months: int, at_most: int, seed: int, silent: Silent | None = None
) -> list[SiteOutlook]:
    """The same from what was learned before; a site that is closed or on hold is not active."""
    chance = np.random.Generator(np.random.PCG64DXSM(stream(seed, SITE_STREAM)))
    paths = Paths(posterior, np.arange(posterior.draws), chance, silent)
    active = paths.active.mean(axis=0)
    expected = sum((paths.known_sites() for _ in range(months)), np.zeros_like(posterior.rate))
    short = chance_of_at_most(at_most, expected, posterior.scalar["spread"][:, None]).mean(axis=0)
    enrolled: Counts = history.counts.sum(axis=1)
    mean = expected.mean(axis=0)
    outlooks = [
        SiteOutlook(
            site,
            history.countries[row],
            int(enrolled[row]),
            float(active[row]),
            float(mean[row]),
            float(short[row]),
        )
        for row, site in enumerate(history.sites)
    ]
    return sorted(outlooks, key=lambda each: (-each.at_most, each.site))


def chance_of_at_most(most: int, expected: Floats, spread: Floats) -> Floats:
    """P(at most so many) where so many are to be expected and the variance is (1 + spread) times that."""
    shape = np.maximum(expected, 1e-9) / spread
    chances = [np.exp(log_negative_binomial(number, shape, spread)) for number in range(most + 1)]
    return np.asarray(np.minimum(sum(chances, np.zeros_like(shape)), 1.0))
