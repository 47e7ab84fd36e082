"""One guess at everything that is not known; the sampler moves it, and keeps it now and then."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from simulation.enrolment.posterior.evidence import Evidence, Flags
from simulation.enrolment.prior import HOLIDAYS
from simulation.enrolment.special import Floats, log_rising, summed


@dataclass(slots=True, eq=False)
class State:
    """Rates are subjects a month of an active site that has just opened, at the level of the latest month."""

    log_rate: Floats
    active: Flags
    """Sites by months."""
    level: Floats
    """ln of each month's level, without its holiday."""
    drift: Floats
    """The walk that levels lie around; 0 in the latest month."""
    holiday: Floats
    country: Floats
    mean: float = 2.0
    shape: float = 1.5
    tiring: float = 0.2
    fading: float = 0.1
    spread: float = 0.3
    stopping: float = 0.03
    resuming: float = 0.05
    country_sd: float = 0.3
    drift_sd: float = 0.03
    month_sd: float = 0.03

    @classmethod
    def beginning(cls, evidence: Evidence) -> Self:
        """A plain first guess: every site active, at the rate it has shown."""
        shown = summed(evidence.row, evidence.number, evidence.sites)
        log_rate = np.log((shown + 0.5) / (evidence.exposure.sum(axis=1) + 0.5))
        months = np.zeros(evidence.months)
        return cls(
            log_rate=log_rate,
            active=evidence.open.copy(),
            level=months,
            drift=months.copy(),
            holiday=np.zeros(len(HOLIDAYS)),
            country=np.zeros(evidence.countries),
            mean=max(float(np.exp(log_rate).mean()), 0.05),
        )

    def month_effect(self, evidence: Evidence) -> Floats:
        """ln of each month's level, holiday included."""
        return np.asarray(self.level + self.holiday @ evidence.holidays)

    def rates(self, evidence: Evidence) -> Floats:
        """Subjects to be expected of each site in each month while it is active."""
        log_rate = self.log_rate[:, None] + self.month_effect(evidence) - self.tiring * evidence.slowing
        return np.asarray(np.exp(log_rate) * evidence.exposure)

    def site_means(self, evidence: Evidence) -> Floats:
        """What rate is to be expected of a site by country and place in the order of opening."""
        effect = self.country[evidence.country] - self.fading * evidence.running
        return np.asarray(self.mean * np.exp(effect))

    @property
    def emptiness(self) -> float:
        """What a subject to be expected takes from the logarithm of the chance of an empty month."""
        return emptiness(self.spread)


def emptiness(spread: float) -> float:
    """ln(1 + spread) / spread."""
    return float(np.log1p(spread) / spread)


def burst(number: Floats, rate: Floats, spread: float) -> Floats:
    """The part of the logarithm of a cell's chance that its subjects add to an empty cell's, but for constants.

    A cell has a negative binomial law with the mean `rate` and the variance rate × (1 + spread): sums have it, too.
    """
    return log_rising(rate / spread, number)
