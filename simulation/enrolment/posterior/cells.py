"""Moves of what the months of sites tell about directly: sites' rates, months' levels, tiring, spread."""

import numpy as np

from simulation.enrolment.posterior.evidence import Evidence
from simulation.enrolment.posterior.state import State, burst, emptiness
from simulation.enrolment.posterior.steps import Steps
from simulation.enrolment.prior import Normal, Prior
from simulation.enrolment.special import Floats, summed


def move_site_rates(state: State, evidence: Evidence, steps: Steps, chance: np.random.Generator) -> None:
    """One step of every site's rate at once: given the rest, sites know nothing of each other."""
    rates = state.rates(evidence)
    seen = rates[evidence.row, evidence.column]
    step = steps.site * chance.standard_normal(evidence.sites)
    grown = np.expm1(step)
    gain = burst(evidence.number, seen * np.exp(step[evidence.row]), state.spread)
    gain -= burst(evidence.number, seen, state.spread)
    told = summed(evidence.row, gain, evidence.sites)
    told -= (rates * state.active).sum(axis=1) * grown * state.emptiness
    scale = state.site_means(evidence) / state.shape
    told += state.shape * step - np.exp(state.log_rate) / scale * grown
    taken = np.log(chance.random(evidence.sites)) < told
    state.log_rate = state.log_rate + np.where(taken, step, 0.0)
    steps.site = steps.adapted(steps.site, taken)


def move_levels(state: State, evidence: Evidence, steps: Steps, chance: np.random.Generator) -> None:
    """One step of every month's level at once: given the walk they lie around, months are independent."""
    rates = state.rates(evidence)
    seen = rates[evidence.row, evidence.column]
    step = steps.month * chance.standard_normal(evidence.months)
    gain = burst(evidence.number, seen * np.exp(step[evidence.column]), state.spread)
    gain -= burst(evidence.number, seen, state.spread)
    told = summed(evidence.column, gain, evidence.months)
    told -= (rates * state.active).sum(axis=0) * np.expm1(step) * state.emptiness
    away = state.level - state.drift
    told -= ((away + step) ** 2 - away**2) / (2 * state.month_sd**2)
    taken = np.log(chance.random(evidence.months)) < told
    state.level = state.level + np.where(taken, step, 0.0)
    steps.month = steps.adapted(steps.month, taken)


def move_tiring(state: State, evidence: Evidence, prior: Prior, steps: Steps, chance: np.random.Generator) -> None:
    """Another tiring, with rates that leave what is expected of each site in all as it is."""
    new = state.tiring + steps.tiring * chance.standard_normal()
    shift = np.log(_weights(state, evidence, state.tiring) / _weights(state, evidence, new))
    told = _log_normal_gain(prior.tiring, new, state.tiring) + _shift_gain(state, evidence, shift)
    before = _log_likelihood(state, evidence)
    kept = state.tiring, state.log_rate
    state.tiring, state.log_rate = new, state.log_rate + shift
    taken = bool(np.log(chance.random()) < told + _log_likelihood(state, evidence) - before)
    if not taken:
        state.tiring, state.log_rate = kept
    steps.tiring = steps.adapted_one(steps.tiring, taken)


def move_spread(state: State, evidence: Evidence, prior: Prior, steps: Steps, chance: np.random.Generator) -> None:
    """Another spread of monthly counts about their rates; a step of its logarithm."""
    rates = state.rates(evidence)
    seen, expected = rates[evidence.row, evidence.column], float((rates * state.active).sum())
    new = state.spread * float(np.exp(steps.spread * chance.standard_normal()))

    def told(spread: float) -> float:
        subjects = evidence.subjects * np.log(spread / (1 + spread)) - expected * emptiness(spread)
        law = np.log(spread) - spread / prior.spread
        return float(burst(evidence.number, seen, spread).sum() + subjects + law)

    taken = bool(np.log(chance.random()) < told(new) - told(state.spread))
    state.spread = new if taken else state.spread
    steps.spread = steps.adapted_one(steps.spread, taken)


def _weights(state: State, evidence: Evidence, tiring: float) -> Floats:
    """Each site's active months, weighted by level and tiring."""
    weights = np.exp(state.month_effect(evidence) - tiring * evidence.slowing) * evidence.exposure * state.active
    return np.asarray(weights.sum(axis=1))


def _shift_gain(state: State, evidence: Evidence, shift: Floats) -> float:
    """What shifted rates gain or lose under the law of sites."""
    scale = state.site_means(evidence) / state.shape
    return float((state.shape * shift - np.exp(state.log_rate) / scale * np.expm1(shift)).sum())


def _log_likelihood(state: State, evidence: Evidence) -> float:
    """Of all cells, but for what depends on the spread alone."""
    rates = state.rates(evidence)
    seen = burst(evidence.number, rates[evidence.row, evidence.column], state.spread)
    return float(seen.sum() - (rates * state.active).sum() * state.emptiness)


def _log_normal_gain(law: Normal, new: float, old: float) -> float:
    return ((old - law.mean) ** 2 - (new - law.mean) ** 2) / (2 * law.sd**2)
