"""When sites were active: each one's way is drawn whole, given all else (forward filtering, backward sampling)."""

import numpy as np

from simulation.enrolment.posterior.evidence import Evidence, Flags
from simulation.enrolment.posterior.state import State
from simulation.enrolment.prior import Prior
from simulation.enrolment.special import Floats

LEAST = 1e-300
"""No empty month is quite impossible."""


def draw_activity(state: State, evidence: Evidence, prior: Prior, chance: np.random.Generator) -> None:
    """Draws every site's active months, then how often sites stop and go on."""
    empty = np.maximum(np.exp(-state.rates(evidence) * state.emptiness), LEAST)
    filtered = filtered_activity(empty, evidence, state.stopping, state.resuming)
    state.active = _drawn_backwards(filtered, evidence, state, chance)
    _draw_changes(state, evidence, prior, chance)


def filtered_activity(empty: Floats, evidence: Evidence, stopping: float, resuming: float) -> Floats:
    """P(active in a month | all up to it); `empty` is the chance of an empty month of an active site."""
    filtered = np.ones_like(empty)
    now = np.ones(evidence.sites)
    for month in range(evidence.months):
        now = now * (1 - stopping) + (1 - now) * resuming
        now[evidence.age[:, month] == 0] = 1.0
        silent = now * empty[:, month]
        now = np.where(evidence.enrolled[:, month], 1.0, silent / (silent + (1 - now)))
        now[evidence.age[:, month] == 0] = 1.0
        filtered[:, month] = now
    return filtered


def _drawn_backwards(filtered: Floats, evidence: Evidence, state: State, chance: np.random.Generator) -> Flags:
    luck = chance.random(filtered.shape)
    active = np.empty(filtered.shape, dtype=np.bool_)
    active[:, -1] = luck[:, -1] < filtered[:, -1]
    for month in range(evidence.months - 2, -1, -1):
        later = active[:, month + 1]
        on = filtered[:, month] * np.where(later, 1 - state.stopping, state.stopping)
        off = (1 - filtered[:, month]) * np.where(later, state.resuming, 1 - state.resuming)
        active[:, month] = luck[:, month] * (on + off) < on
    return np.asarray((active | (evidence.age == 0)) & evidence.open)


def _draw_changes(state: State, evidence: Evidence, prior: Prior, chance: np.random.Generator) -> None:
    before, after = state.active[:, :-1], state.active[:, 1:]
    resting = evidence.open[:, :-1] & ~before
    stopped, resumed = int((before & ~after).sum()), int((resting & after).sum())
    stop, resume = prior.stopping, prior.resuming
    state.stopping = chance.beta(stop.yes + stopped, stop.no + before.sum() - stopped)
    state.resuming = chance.beta(resume.yes + resumed, resume.no + resting.sum() - resumed)
