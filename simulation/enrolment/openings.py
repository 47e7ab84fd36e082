"""Sites that open month by month, where nobody has a list of them: a walk of the rate, filtered on a grid."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from simulation.enrolment.history import Counts
from simulation.enrolment.prior import Normal
from simulation.enrolment.special import Floats, log_negative_binomial

GRID: Floats = np.linspace(np.log(0.03), np.log(80.0), 130)
"""ln of the sites that open a month."""
STEP_SDS = (0.03, 0.06, 0.12, 0.2)
SHRINKING: Floats = np.linspace(-0.1, 0.04, 8)
EVENNESS: Floats = np.array([4.0, 12.0, 50.0])
STEP_SCALE = 0.1
RUNNING_OUT = Normal(-0.04, 0.03)


@dataclass(frozen=True, slots=True)
class OpeningsPrior:
    """Beliefs about openings: the pool of sites runs out, and now and then a trial is enlarged or stopped short."""

    trend: Normal = RUNNING_OUT
    """Change of ln rate from month to month."""
    leap: float = 0.02
    """Chance of a leap in a month."""
    leap_sd: float = 1.2
    most: float = 2.0
    """No leap to come is longer than so many of its standard deviations."""


OPENINGS_PRIOR = OpeningsPrior()


@dataclass(frozen=True, slots=True, eq=False)
class OpeningLaw:
    """For each combination of hyperparameters its weight, and where the rate stands in the latest month."""

    step_sd: Floats
    trend: Floats
    evenness: Floats
    weight: Floats
    standing: Floats
    """Combinations by grid."""
    prior: OpeningsPrior


def opening_law(openings: Counts, prior: OpeningsPrior = OPENINGS_PRIOR) -> OpeningLaw:
    """What is known of the rate of openings after so many a month; exact on the grid."""
    chances = _chances(openings)
    combinations = list(product(STEP_SDS, SHRINKING))
    told = [_filtered(chances, _walk(sd, trend, prior)) for sd, trend in combinations]
    sds, trends = (np.repeat(each, len(EVENNESS)) for each in np.array(combinations).T)
    log_weight = np.concatenate([log for log, _ in told])
    log_weight -= (trends - prior.trend.mean) ** 2 / (2 * prior.trend.sd**2) + (sds / STEP_SCALE) ** 2 / 2
    weight = np.exp(log_weight - log_weight.max())
    return OpeningLaw(
        step_sd=sds,
        trend=trends,
        evenness=np.tile(EVENNESS, len(combinations)),
        weight=weight / weight.sum(),
        standing=np.concatenate([standing for _, standing in told]),
        prior=prior,
    )


def draw_openings(law: OpeningLaw, draws: int, months: int, chance: np.random.Generator) -> Counts:
    """Draws by months: how many sites open in each month that follows."""
    picked = chance.choice(len(law.weight), size=draws, p=law.weight)
    rate = _standing(law.standing[picked], chance)
    sd, trend, evenness = law.step_sd[picked], law.trend[picked], law.evenness[picked]
    opened = np.zeros((draws, months), dtype=np.int64)
    for month in range(months):
        leaps = chance.random(draws) < law.prior.leap
        length = np.clip(chance.standard_normal(draws), -law.prior.most, law.prior.most)
        step = trend + sd * chance.standard_normal(draws)
        rate = np.clip(rate + np.where(leaps, law.prior.leap_sd * length, step), GRID[0], GRID[-1])
        opened[:, month] = chance.poisson(np.exp(rate) * chance.gamma(evenness) / evenness)
    return opened


def _chances(openings: Counts) -> Floats:
    """P(so many open), by month, evenness and grid."""
    evenness, rate = EVENNESS[:, None], np.exp(GRID)
    odds = rate / evenness
    return np.stack([np.exp(log_negative_binomial(number, evenness, odds)) for number in openings.tolist()])


def _walk(sd: float, trend: float, prior: OpeningsPrior) -> Floats:
    """P(to | from) on the grid."""
    step = GRID[None, :] - GRID[:, None]
    width = max(sd, 0.6 * (GRID[1] - GRID[0]))
    walked = np.exp(-((step - trend) ** 2) / (2 * width**2)) / width
    leapt = np.exp(-(step**2) / (2 * prior.leap_sd**2)) / prior.leap_sd
    both = (1 - prior.leap) * walked + prior.leap * leapt
    return np.asarray(both / both.sum(axis=1, keepdims=True))


def _filtered(chances: Floats, walk: Floats) -> tuple[Floats, Floats]:
    """ln of the likelihood of each evenness, and where the rate stands then."""
    standing = np.full((len(EVENNESS), len(GRID)), 1 / len(GRID))
    log_likelihood = np.zeros(len(EVENNESS))
    for chance in chances:
        standing = (standing @ walk) * chance
        told = standing.sum(axis=1)
        log_likelihood += np.log(told)
        standing = standing / told[:, None]
    return log_likelihood, standing


def _standing(law: Floats, chance: np.random.Generator) -> Floats:
    """One place on the grid for each row of chances."""
    reached = np.cumsum(law, axis=1) < chance.random((len(law), 1))
    return np.asarray(GRID[np.minimum(reached.sum(axis=1), len(GRID) - 1)])
