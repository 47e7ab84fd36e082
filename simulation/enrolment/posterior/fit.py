"""Draws from the posterior: a Markov chain over everything that is not known, from a seed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulation.enrolment.history import Counts, History
from simulation.enrolment.posterior.activity import draw_activity
from simulation.enrolment.posterior.cells import move_levels, move_site_rates, move_spread, move_tiring
from simulation.enrolment.posterior.common_level import draw_drift, move_holidays, move_sds
from simulation.enrolment.posterior.evidence import Evidence, Flags, evidence_of
from simulation.enrolment.posterior.population import move_population
from simulation.enrolment.posterior.state import State
from simulation.enrolment.posterior.steps import Steps
from simulation.enrolment.prior import PRIOR, Prior
from simulation.enrolment.special import Floats

SCALARS = (
    "mean", "shape", "tiring", "fading", "spread", "stopping", "resuming", "country_sd", "drift_sd", "month_sd",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effort:
    """How long the chain runs; what is kept is thinned evenly."""

    warm_up: int = 500
    sweeps: int = 1000
    thin: int = 2


EFFORT = Effort()
Watch = Callable[[int, int], None]
"""Told after each sweep how many are done, of how many; what it raises ends the chain."""


def unwatched(done: int, of: int) -> None:
    """Nobody looks on."""


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Draws of everything that is not known; the first axis of each array counts draws."""

    rate: Floats
    """By site: subjects a month when it had just opened, at the level of the latest month."""
    active: Flags
    """By site, in the latest month."""
    country: Floats
    holiday: Floats
    level: Floats
    scalar: dict[str, Floats]
    """The rest, by name: one value a draw."""
    opened: Counts
    site_country: Counts
    months: int
    first_month: int
    early_sites: float

    @property
    def draws(self) -> int:
        """How many there are."""
        return int(self.rate.shape[0])


def fit(
    history: History, seed: int, prior: Prior = PRIOR, effort: Effort = EFFORT, watch: Watch = unwatched
) -> Posterior:
    """Learns from a history; the same seed gives the same draws."""
    chance = np.random.Generator(np.random.PCG64DXSM(seed))
    evidence = evidence_of(history, prior.early_sites)
    state, steps = State.beginning(evidence), Steps.beginning(evidence)
    kept: list[dict[str, Floats]] = []
    sweeps = effort.warm_up + effort.sweeps
    for sweep in range(sweeps):
        steps.warming = sweep < effort.warm_up
        _sweep(state, evidence, prior, steps, chance)
        if not steps.warming and (sweep - effort.warm_up) % effort.thin == 0:
            kept.append(_kept(state))
        watch(sweep + 1, sweeps)
    return _posterior(kept, history, evidence)


def _sweep(state: State, evidence: Evidence, prior: Prior, steps: Steps, chance: np.random.Generator) -> None:
    """Everything is moved once, given the rest."""
    draw_activity(state, evidence, prior, chance)
    move_site_rates(state, evidence, steps, chance)
    move_levels(state, evidence, steps, chance)
    draw_drift(state, chance)
    move_sds(state, prior, chance)
    move_tiring(state, evidence, prior, steps, chance)
    move_spread(state, evidence, prior, steps, chance)
    move_holidays(state, evidence, prior, chance)
    move_population(state, evidence, prior, chance)


def _kept(state: State) -> dict[str, Floats]:
    scalars = {name: np.asarray(getattr(state, name)) for name in SCALARS}
    return scalars | {
        "rate": np.exp(state.log_rate),
        "active": state.active[:, -1].copy(),
        "country": state.country,
        "holiday": state.holiday.copy(),
        "level": state.level,
    }


def _posterior(kept: list[dict[str, Floats]], history: History, evidence: Evidence) -> Posterior:
    stacked = {name: np.stack([each[name] for each in kept]) for name in kept[0]}
    return Posterior(
        rate=stacked["rate"],
        active=stacked["active"].astype(np.bool_),
        country=stacked["country"],
        holiday=stacked["holiday"],
        level=stacked["level"],
        scalar={name: stacked[name] for name in SCALARS},
        opened=evidence.opened,
        site_country=evidence.country,
        months=history.months,
        first_month=history.first_month,
        early_sites=evidence.early_sites,
    )
