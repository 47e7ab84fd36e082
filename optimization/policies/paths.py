"""Demand paths: when subjects come to each site, their arms and visits, drawn once and the same for every policy.

Each site of each set has a stream of its own, PCG64 seeded by (seed, set, site): more sites, other policies or
another order of work change no site's path. Training paths and fresh ones are different sets of one seed. Days
count from 0, a Monday; a week is seven days. Sites open in the first third, enrol by a Poisson process whose
rate is gamma, arms are drawn evenly, visits are planned every 28 days from the first and take place up to two
days beside it; before each but the first a subject may have stopped. Each visit takes one kit of the subject's
arm.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.floating[Any]]

ARMS = 2
TRAINING_SET, FRESH_SET = 1, 1_001
"""The number of the first set of each kind; further sets count on from it."""
LANE_FIXED = (6_000, 26_000, 500)
"""Cents of a consignment, without its shippers: lowest, highest (not reached), step."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What paths are drawn from."""

    sites: int = 400
    weeks: int = 52
    rate_per_week: float = 0.25
    shape: float = 1.6
    visit_days: int = 28
    window: tuple[int, ...] = (-2, -1, 0, 0, 1, 2)
    dropout_per_visit: float = 0.03

    @property
    def stays(self) -> float:
        """The chance that the next visit takes place."""
        return 1 - self.dropout_per_visit

    @property
    def visits_max(self) -> int:
        """Visits that fit between the first day and the last, with the window."""
        return (7 * self.weeks - 1 - min(self.window)) // self.visit_days + 1


@dataclass(frozen=True, slots=True)
class Paths:
    """Sites as rows: opening day, cost of a consignment, and a column for each of their subjects.

    `first_day` is the end of the trial where a row has fewer subjects; `visit_day[row, subject, visit]`
    likewise for visits that do not take place. `demand[row, week, arm]` are kits. No policy is told
    `rate_per_week`.
    """

    trial: Trial
    opens_day: Ints
    fixed_cents: Ints
    rate_per_week: Floats
    arm: Ints
    first_day: Ints
    visit_day: Ints
    demand: Ints

    @property
    def rows(self) -> int:
        """How many sites."""
        return len(self.opens_day)

    @property
    def opens_week(self) -> Ints:
        """The week within which each site opens."""
        return np.asarray(self.opens_day // 7)


def draw_paths(trial: Trial, seed: int, path_set: int) -> Paths:
    """One set: a path for every site."""
    sites = [
        _site(trial, np.random.Generator(np.random.PCG64([seed, path_set, site]))) for site in range(trial.sites)
    ]
    columns = max(1, *(len(one[3]) for one in sites))
    never = 7 * trial.weeks
    arm = np.zeros((trial.sites, columns), dtype=np.int64)
    visits = np.full((trial.sites, columns, trial.visits_max), never, dtype=np.int64)
    for row, (*_, arms, days) in enumerate(sites):
        arm[row, : len(arms)] = arms
        visits[row, : len(arms)] = days
    opens = np.array([one[0] for one in sites])
    fixed = np.array([one[1] for one in sites])
    rate = np.array([one[2] for one in sites])
    return Paths(trial, opens, fixed, rate, arm, visits[:, :, 0].copy(), visits, _demand(trial, arm, visits))


def _site(trial: Trial, draws: np.random.Generator) -> tuple[int, int, float, Ints, Ints]:
    """Opening day, cents of a consignment, rate, arms and visit days of one site."""
    days = 7 * trial.weeks
    opens = int(draws.integers(0, max(1, days // 3)))
    fixed = int(draws.choice(np.arange(*LANE_FIXED)))
    per_day = draws.gamma(trial.shape, trial.rate_per_week / trial.shape) / 7
    count = int(draws.poisson(per_day * (days - opens)))
    first = np.sort(draws.integers(opens, days, count))
    arms = draws.integers(0, ARMS, count)
    beside = draws.choice(np.array(trial.window), (count, trial.visits_max))
    beside[:, 0] = 0
    planned = first[:, None] + trial.visit_days * np.arange(trial.visits_max) + beside
    lasts = draws.geometric(trial.dropout_per_visit, count) if trial.dropout_per_visit else np.full(count, days)
    kept = np.arange(trial.visits_max) < lasts[:, None]
    return opens, fixed, 7 * per_day, arms, np.where(kept & (planned < days), planned, days)


def _demand(trial: Trial, arm: Ints, visits: Ints) -> Ints:
    demand = np.zeros((len(arm), trial.weeks + 1, ARMS), dtype=np.int64)
    rows = np.broadcast_to(np.arange(len(arm))[:, None, None], visits.shape)
    arms = np.broadcast_to(arm[:, :, None], visits.shape)
    np.add.at(demand, (rows, visits // 7, arms), 1)
    return demand[:, : trial.weeks].copy()
