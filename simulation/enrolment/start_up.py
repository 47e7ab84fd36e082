"""When the sites of a list open: the delay from selection to first subject, learned from those that have one."""

from dataclasses import dataclass

import numpy as np

from simulation.enrolment.history import Counts
from simulation.enrolment.special import Floats, log_gamma

LONGEST_DELAY_MONTHS = 180
PARTS = 4
"""A month is looked at in so many parts."""
LOG_MEANS: Floats = np.log(np.geomspace(0.5, 60.0, 80))
"""Of the mean delay of a gamma law, and of the median of a lognormal one, in months."""
SHAPES: Floats = np.geomspace(0.3, 12.0, 24)
SDS: Floats = np.geomspace(0.15, 1.8, 24)
PRIOR_MEDIAN_MONTHS, PRIOR_LOG_SD = 6.0, 0.8
LEAST = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class StartUpLaw:
    """Laws of the delay in whole months: each with its weight after what is known."""

    chances: Floats
    """Laws by months; each law sums to one, its tail being put on the last month."""
    weight: Floats


def start_up_law(delays: Counts, waiting: Counts) -> StartUpLaw:
    """From delays that are over and waits that are not, in months; gamma and lognormal laws weigh alike before.

    A site that has waited n months has not opened in the first n months: its delay is longer than n - 1.
    """
    chances, prior = _laws()
    told = prior + np.log(np.maximum(chances[:, delays], LEAST)).sum(axis=1)
    told += np.log(np.maximum(_not_yet(chances)[:, waiting], LEAST)).sum(axis=1)
    weight = np.exp(told - told.max())
    return StartUpLaw(chances, weight / weight.sum())


def draw_listed_openings(
    law: StartUpLaw, waiting: Counts, draws: int, months: int, chance: np.random.Generator
) -> Counts:
    """Draws by months: how many of the sites that wait open in each month that follows.

    A draw has one law for all its sites, so that they are late together.
    """
    opened = np.zeros((draws, months), dtype=np.int64)
    picked = chance.choice(len(law.weight), size=draws, p=law.weight)
    reached = np.cumsum(law.chances[picked], axis=1)
    for waited in waiting.tolist():
        before = reached[:, waited - 1] if waited else np.zeros(draws)
        luck = before + chance.random(draws) * (1 - before)
        delay = np.maximum((reached < luck[:, None]).sum(axis=1), waited)
        soon = delay - waited < months
        opened[soon, (delay - waited)[soon]] += 1
    return opened


def _not_yet(chances: Floats) -> Floats:
    """P(delay >= n), by law and n."""
    return np.asarray(np.cumsum(chances[:, ::-1], axis=1)[:, ::-1])


def _laws() -> tuple[Floats, Floats]:
    """Every law on the grid, and ln of what it weighs beforehand."""
    time = (np.arange(LONGEST_DELAY_MONTHS * PARTS) + 0.5) / PARTS
    centre = LOG_MEANS[:, None, None]
    shape, sd = SHAPES[None, :, None], SDS[None, :, None]
    away = np.log(time) - centre
    gamma = shape * away - shape * np.exp(away) + shape * np.log(shape) - log_gamma(shape) - np.log(time)
    lognormal = -(away**2) / (2 * sd**2) - np.log(sd) - np.log(time)
    density = np.concatenate([_flat(np.exp(gamma)), _flat(np.exp(lognormal) / np.sqrt(2 * np.pi))]) / PARTS
    chances = density.reshape(len(density), LONGEST_DELAY_MONTHS, PARTS).sum(axis=2)
    chances[:, -1] += np.maximum(1 - chances.sum(axis=1), 0.0)
    prior = -(((LOG_MEANS - np.log(PRIOR_MEDIAN_MONTHS)) / PRIOR_LOG_SD) ** 2) / 2
    repeated = np.concatenate([np.repeat(prior, len(SHAPES)), np.repeat(prior, len(SDS))])
    return chances / chances.sum(axis=1, keepdims=True), repeated


def _flat(laws: Floats) -> Floats:
    return np.asarray(laws.reshape(-1, laws.shape[-1]))
