"""Moves of what months have in common: the walk under their levels, its steps, and holidays."""

import numpy as np

from simulation.enrolment.posterior.evidence import Evidence
from simulation.enrolment.posterior.state import State
from simulation.enrolment.prior import Normal, Prior
from simulation.enrolment.special import Floats

LEAST_SD = 0.002
TRIES = 3
WIDTH = 0.35
HOLIDAY_STEP = 0.06


def draw_drift(state: State, chance: np.random.Generator) -> None:
    """Draws the walk, given levels: it ends at 0 in the latest month and is normal before."""
    free = len(state.level) - 1
    if not free:
        return
    steps, about = 1 / state.drift_sd**2, 1 / state.month_sd**2
    precision = np.diag(np.full(free, about + 2 * steps))
    precision[0, 0] -= steps
    beside = np.arange(free - 1)
    precision[beside, beside + 1] = precision[beside + 1, beside] = -steps
    root = np.linalg.cholesky(precision)
    centre = np.linalg.solve(precision, about * state.level[:-1])
    state.drift[:-1] = centre + np.linalg.solve(root.T, chance.standard_normal(free))


def move_sds(state: State, prior: Prior, chance: np.random.Generator) -> None:
    """Other sizes of the walk's steps, and of months about it."""
    walked, away = np.diff(state.drift), state.level - state.drift
    state.drift_sd = moved_sd(state.drift_sd, walked, prior.drift_sd, chance)
    state.month_sd = moved_sd(state.month_sd, away, prior.month_sd, chance)


def moved_sd(sd: float, values: Floats, scale: float, chance: np.random.Generator) -> float:
    """A few steps of a standard deviation with a half-normal law, given normal values of mean 0."""
    squares, number = float((values**2).sum()), len(values)

    def told(each: float) -> float:
        return float((1 - number) * np.log(each) - squares / (2 * each**2) - each**2 / (2 * scale**2))

    for _ in range(TRIES):
        new = sd * float(np.exp(WIDTH * chance.standard_normal()))
        if new > LEAST_SD and np.log(chance.random()) < told(new) - told(sd):
            sd = new
    return sd


def move_holidays(state: State, evidence: Evidence, prior: Prior, chance: np.random.Generator) -> None:
    """Another size of a holiday, with levels that leave its months as they are."""
    for number, months in enumerate(evidence.holidays):
        step = HOLIDAY_STEP * float(chance.standard_normal())
        if not months.any():
            state.holiday[number] = chance.normal(prior.holiday.mean, prior.holiday.sd)
        elif np.log(chance.random()) < _holiday_gain(state, months, number, step, prior.holiday):
            state.holiday[number] += step
            state.level = state.level - step * months


def _holiday_gain(state: State, months: Floats, number: int, step: float, law: Normal) -> float:
    away, before = state.level - state.drift, state.holiday[number] - law.mean
    levels = ((away - step * months) ** 2 - away**2).sum() / (2 * state.month_sd**2)
    return float(-levels - ((before + step) ** 2 - before**2) / (2 * law.sd**2))
