"""The two simple forecasts that ours is held against."""

import numpy as np

from simulation.enrolment.history import Counts, History
from simulation.enrolment.special import Floats, log_rising

FLAT_MONTHS = 6
SHAPES: Floats = np.exp(np.linspace(np.log(0.1), np.log(20.0), 60))
MEANS: Floats = np.exp(np.linspace(-0.6, 0.6, 49))
"""Of the rate of all sites over all their months."""


def flat_rate(history: History, months: int, draws: int, chance: np.random.Generator) -> Counts:
    """Every month to come as the mean of the last six, with Poisson's law."""
    rate = float(history.totals[-FLAT_MONTHS:].mean())
    return chance.poisson(rate, size=(draws, months))


def plug_in(history: History, months: int, draws: int, chance: np.random.Generator) -> Counts:
    """Poisson-gamma, the gamma law fitted once and taken as certain; sites neither open nor stop."""
    enrolled = history.counts.sum(axis=1).astype(float)
    exposure = (history.months - history.opened).astype(float)
    shape, scale = fitted_gamma(enrolled, exposure)
    size = (draws, len(enrolled))
    rate = (chance.gamma(np.broadcast_to(shape + enrolled, size)) / (1 / scale + exposure)).sum(axis=1)
    return chance.poisson(np.broadcast_to(rate[:, None], (draws, months)))


def fitted_gamma(enrolled: Floats, exposure: Floats) -> tuple[float, float]:
    """Shape and scale of sites' rates of the greatest likelihood, on a grid."""
    shape = SHAPES[:, None, None]
    inverse = shape / (enrolled.sum() / exposure.sum() * MEANS[:, None])
    told = log_rising(shape, enrolled) + shape * np.log(inverse) - (shape + enrolled) * np.log(inverse + exposure)
    best = int(told.sum(axis=2).argmax())
    which = np.unravel_index(best, (len(SHAPES), len(MEANS)))
    return float(SHAPES[which[0]]), float(1 / inverse[which[0], which[1], 0])
