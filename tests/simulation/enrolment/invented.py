"""Trials that the model itself might make: truth for calibration."""

from dataclasses import dataclass

import numpy as np

from simulation.enrolment.history import Counts, History
from simulation.enrolment.posterior.evidence import evidence_of
from simulation.enrolment.prior import PRIOR, Prior

YEAR = 12


@dataclass(frozen=True, slots=True, eq=False)
class Invented:
    """What was seen, and what came in the months after it from the same sites."""

    seen: History
    came: Counts


def invent(seed: int, sites: int, months: int, ahead: int, prior: Prior = PRIOR) -> Invented:
    """Everything that is not known is drawn from the prior; when sites open is given."""
    chance = np.random.default_rng(seed)
    opened = np.sort(chance.integers(0, months, size=sites))
    opened[0] = 0
    counts = np.zeros((sites, months + ahead), dtype=np.int64)
    counts[np.arange(sites), opened] = 1
    names = tuple(f"{number}" for number in range(sites))
    countries = tuple("ABC"[number] for number in chance.integers(0, 3, size=sites))
    whole = History(24000, names, countries, counts)
    filled = History(24000, names, countries, counts + _after_first(whole, months, prior, chance))
    return Invented(filled.until(months), filled.totals[months:])


def _after_first(bare: History, known: int, prior: Prior, chance: np.random.Generator) -> Counts:
    layout = evidence_of(bare, prior.early_sites)
    sd = np.abs(chance.standard_normal(3)) * [prior.country_sd, prior.drift_sd, prior.month_sd]
    country = sd[0] * chance.standard_normal(3)[layout.country]
    mean, shape = (np.exp(chance.normal(law.mean, law.sd)) for law in (prior.log_mean, prior.log_shape))
    tiring, fading = (chance.normal(law.mean, law.sd) for law in (prior.tiring, prior.fading))
    rate = mean * np.exp(country - fading * layout.running) * chance.gamma(shape, size=layout.sites) / shape
    walk = np.cumsum(sd[1] * chance.standard_normal(layout.months))
    level = walk - walk[known - 1] + sd[2] * chance.standard_normal(layout.months)
    level += chance.normal(prior.holiday.mean, prior.holiday.sd, size=2) @ layout.holidays
    expected = rate[:, None] * np.exp(level - tiring * layout.slowing) * layout.exposure
    expected *= _active(layout.age, prior, chance)
    spread = chance.exponential(prior.spread)
    return chance.poisson(chance.gamma(np.maximum(expected, 1e-12) / spread) * spread)


def _active(age: Counts, prior: Prior, chance: np.random.Generator) -> Counts:
    stopping = chance.beta(prior.stopping.yes, prior.stopping.no)
    resuming = chance.beta(prior.resuming.yes, prior.resuming.no)
    active = np.ones(age.shape, dtype=np.int64)
    for month in range(1, age.shape[1]):
        luck = chance.random(len(age))
        goes_on = np.where(active[:, month - 1] == 1, luck >= stopping, luck < resuming)
        active[:, month] = goes_on | (age[:, month] == 0)
    return active
