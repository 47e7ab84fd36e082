"""Moves of what sites have in common: mean rate, how they differ, countries, and how later ones fall behind."""

from collections.abc import Callable

import numpy as np

from simulation.enrolment.posterior.common_level import moved_sd
from simulation.enrolment.posterior.evidence import Evidence
from simulation.enrolment.posterior.state import State
from simulation.enrolment.prior import Normal, Prior
from simulation.enrolment.special import Floats, log_gamma, summed

SHAPE_STEP = 0.15
FADING_STEP = 0.08
TRIES = 2


def move_population(state: State, evidence: Evidence, prior: Prior, chance: np.random.Generator) -> None:
    """Moves all of it; given sites' rates, the counts tell nothing more."""
    for _ in range(TRIES):
        _move_shape(state, evidence, prior, chance)
        _move_fading(state, evidence, prior, chance)
        _move_countries(state, evidence, chance)
        _move_mean(state, evidence, prior, chance)
        _trade_mean_for_countries(state, prior, chance)
    state.country_sd = moved_sd(state.country_sd, state.country, prior.country_sd, chance)


def _moved(told: Callable[[float], float], old: float, step: float, chance: np.random.Generator) -> float:
    new = old + step * float(chance.standard_normal())
    return new if np.log(chance.random()) < told(new) - told(old) else old


def _log_prior(law: Normal, value: float) -> float:
    return -((value - law.mean) ** 2) / (2 * law.sd**2)


def _move_shape(state: State, evidence: Evidence, prior: Prior, chance: np.random.Generator) -> None:
    means = state.site_means(evidence)
    ratio = np.exp(state.log_rate) / means
    logs = float((state.log_rate - np.log(means) - ratio).sum())

    def told(log_shape: float) -> float:
        shape = float(np.exp(log_shape))
        each = shape * log_shape - float(log_gamma(shape))
        return evidence.sites * each + shape * logs + _log_prior(prior.log_shape, log_shape)

    state.shape = float(np.exp(_moved(told, float(np.log(state.shape)), SHAPE_STEP, chance)))


def _move_fading(state: State, evidence: Evidence, prior: Prior, chance: np.random.Generator) -> None:
    plain = np.exp(state.log_rate - state.country[evidence.country]) / state.mean
    later = float(evidence.running.sum())

    def told(fading: float) -> float:
        rates = float((plain * np.exp(fading * evidence.running)).sum())
        return state.shape * (fading * later - rates) + _log_prior(prior.fading, fading)

    state.fading = _moved(told, state.fading, FADING_STEP, chance)


def _country_sums(state: State, evidence: Evidence) -> tuple[Floats, Floats]:
    """Sites by country, and their rates against what running numbers let expect."""
    rates = np.exp(state.log_rate + state.fading * evidence.running)
    number = np.bincount(evidence.country, minlength=evidence.countries).astype(float)
    return number, summed(evidence.country, rates, evidence.countries)


def _move_countries(state: State, evidence: Evidence, chance: np.random.Generator) -> None:
    number, rates = _country_sums(state, evidence)

    def told(effect: Floats) -> Floats:
        sites = state.shape * (number * effect + np.exp(-effect) * rates / state.mean)
        return np.asarray(-sites - effect**2 / (2 * state.country_sd**2))

    width = 1.5 / np.sqrt(number * state.shape + 1 / state.country_sd**2)
    new = state.country + width * chance.standard_normal(evidence.countries)
    taken = np.log(chance.random(evidence.countries)) < told(new) - told(state.country)
    state.country = np.where(taken, new, state.country)


def _move_mean(state: State, evidence: Evidence, prior: Prior, chance: np.random.Generator) -> None:
    number, rates = _country_sums(state, evidence)
    plain = float((np.exp(-state.country) * rates).sum())

    def told(log_mean: float) -> float:
        sites = state.shape * (number.sum() * log_mean + plain * np.exp(-log_mean))
        return float(_log_prior(prior.log_mean, log_mean) - sites)

    step = 1.5 / np.sqrt(evidence.sites * state.shape + 1)
    state.mean = float(np.exp(_moved(told, float(np.log(state.mean)), step, chance)))


def _trade_mean_for_countries(state: State, prior: Prior, chance: np.random.Generator) -> None:
    """A higher mean and lower countries, or the other way round: sites' means stay as they are."""
    log_mean, effect = float(np.log(state.mean)), state.country

    def told(shift: float) -> float:
        lower = float(((effect - shift) ** 2).sum()) / (2 * state.country_sd**2)
        return _log_prior(prior.log_mean, log_mean + shift) - lower

    shift = _moved(told, 0.0, state.country_sd / float(np.sqrt(len(effect))), chance)
    state.mean, state.country = float(np.exp(log_mean + shift)), effect - shift
