"""What is believed of enrolment before the first subject: the one place of every number that is not learned."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Normal:
    """A normal law."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Chance:
    """A beta law: as if so many of so many events had been seen."""

    yes: float
    no: float


@dataclass(frozen=True, slots=True)
class Prior:
    """Laws of the hyperparameters. Rates are subjects a month; logarithms are natural.

    Trials tire: sites slow down after their first months, the best come first, and some stop. The laws say so, and
    are wide enough that a trial that does not tire is believed after some months.
    """

    log_mean: Normal = Normal(0.4, 1.5)
    """Of the mean rate of a site that opens now."""
    log_shape: Normal = Normal(0.0, 0.7)
    """Of the gamma shape that tells how sites differ."""
    tiring: Normal = Normal(0.4, 0.12)
    """A site's rate falls as (1 + months open / 2) to the power of minus this."""
    fading: Normal = Normal(0.2, 0.1)
    """The mean rate of sites falls as their running number to the power of minus this."""
    early_sites: float = 20.0
    """Added to running numbers: the first so many sites are much alike."""
    stopping: Chance = Chance(3.0, 60.0)
    """An active site stops in a month."""
    resuming: Chance = Chance(1.0, 15.0)
    """A site that stopped goes on in a month."""
    spread: float = 0.5
    """Mean of the part by which a site's monthly variance exceeds Poisson's; exponential."""
    country_sd: float = 0.5
    """Scale of countries' differences; half-normal, as the next two."""
    drift_sd: float = 0.03
    """Of the step of the common level from month to month."""
    month_sd: float = 0.05
    """Of months about that level."""
    holiday: Normal = Normal(-0.05, 0.07)
    """Of August, and of December, on the common level."""


PRIOR = Prior()
TIRING_MONTHS = 2.0
FIRST_MONTH = 0.5
"""A site's first subject opens it, in the mean in the middle of a month: what follows has half a month."""
HOLIDAYS = (7, 11)
"""August and December, counted from 0."""
