"""Which of up to a few dozen policies is best, smaller being better, and with what chance the choice is right."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from simulation.analysis.arrays import Floats, rows
from simulation.analysis.refusals import UnusableReplications

Ask = Callable[[tuple[int, ...], range], Floats]
"""Policies and indexes of replications to outcomes, shape (indexes, policies): the same index, the same chance."""


@dataclass(frozen=True, slots=True)
class Selecting:
    """The best is found with chance at least 1 - `error` where it is better by `indifference`.

    `first` replications of every policy estimate the variances of differences; `most` of a policy are ever
    asked for.
    """

    indifference: float
    error: float = 0.05
    first: int = 30
    most: int = 100_000

    def __post_init__(self) -> None:
        """Raises: UnusableReplications for a difference of zero, an error off (0, 1) or fewer than 5 at first."""
        if self.indifference <= 0 or not 0 < self.error < 1 or self.first < 5:
            raise UnusableReplications(
                "Choosing needs a difference worth knowing, an error rate and 5 replications."
            )


@dataclass(frozen=True, slots=True)
class Selected:
    """The chosen policy, how many replications each had, and those left at the end: one unless `most` ended it."""

    best: int
    replications: tuple[int, ...]
    remaining: tuple[int, ...]


def screen(outcomes: NDArray[Any], error: float = 0.05) -> tuple[int, ...]:
    """Policies that may still be the best, by pairwise t tests; outcomes: shape (n, policies), paired by row.

    The best is kept with chance at least 1 - `error`: it is held against each of the others at error /
    (policies - 1) (Bonferroni; Nelson, Swann, Goldsman & Song 2001 without their indifference).
    """
    seen = rows(outcomes)
    count, policies = seen.shape
    critical = float(stdtrit(count - 1, 1 - error / max(policies - 1, 1)))
    behind = seen.mean(axis=0)[:, None] - seen.mean(axis=0)[None, :]
    margin = critical * np.sqrt(_variances_of_differences(seen) / count)
    return tuple(int(place) for place in np.flatnonzero((behind <= margin).all(axis=1)))


def select_best(ask: Ask, policies: int, selecting: Selecting) -> Selected:
    """Kim & Nelson's sequential choice (ACM TOMACS 2001): after each replication, who is clearly behind leaves.

    Right with chance at least 1 - `error` for normal outcomes, common random numbers or none. Ties go to the first.
    """
    seen = ask(tuple(range(policies)), range(selecting.first))
    half_range = _half_ranges(seen, policies, selecting)
    sums, racing = seen.sum(axis=0), np.arange(policies)
    used, done = np.full(policies, selecting.first), selecting.first
    while True:
        racing = _still_racing(racing, sums / done, half_range / done - selecting.indifference / 2)
        if len(racing) == 1 or done >= selecting.most:
            break
        chosen = tuple(int(policy) for policy in racing)
        sums[racing] += ask(chosen, range(done, done + 1))[0]
        done += 1
        used[racing] = done
    best = int(racing[np.argmin(sums[racing])])
    return Selected(best, tuple(int(each) for each in used), tuple(int(each) for each in racing))


def _half_ranges(seen: Floats, policies: int, selecting: Selecting) -> Floats:
    """h^2 S^2 / (2 delta) of every pair: how far sums may be apart at first."""
    freedom = selecting.first - 1
    eta = ((2 * selecting.error / max(policies - 1, 1)) ** (-2 / freedom) - 1) / 2
    spread = 2 * eta * freedom * _variances_of_differences(seen)
    return np.asarray(spread / (2 * selecting.indifference))


def _still_racing(racing: NDArray[np.intp], means: Floats, margins: Floats) -> NDArray[np.intp]:
    """Those not behind any other by more than the margin of the pair; when all leave by ties, the first stays."""
    behind = means[racing][:, None] - means[racing][None, :]
    kept = racing[(behind <= np.maximum(margins[np.ix_(racing, racing)], 0.0)).all(axis=1)]
    over = (margins[np.ix_(kept, kept)] <= 0).all()
    return kept[:1] if over else kept


def _variances_of_differences(seen: Floats) -> Floats:
    """Of every pair, shape (policies, policies)."""
    covariance = np.atleast_2d(np.cov(seen, rowvar=False))
    each = np.diag(covariance)
    return np.asarray(np.maximum(each[:, None] + each[None, :] - 2 * covariance, 0.0))


def shares_of_budget(means: NDArray[Any], variances: NDArray[Any]) -> Floats:
    """How replications are best shared out to tell the smallest mean: OCBA (Chen, Lin, Yucesan & Chick 2000).

    means, variances: shape (policies,), of policies simulated independently. A rival gets in proportion to
    (deviation / distance)^2. Raises: UnusableReplications when the best is tied or a variance is zero.
    """
    best = int(np.argmin(means))
    distances = np.asarray(means, dtype=np.float64) - means[best]
    rivals = np.arange(len(means)) != best
    if (distances[rivals] <= 0).any() or (np.asarray(variances) <= 0).any():
        raise UnusableReplications(
            "Replications cannot be shared out while policies are tied or never vary. Run more."
        )
    weights = np.zeros(len(means))
    weights[rivals] = variances[rivals] / distances[rivals] ** 2
    weights[best] = math.sqrt(variances[best] * float((weights[rivals] ** 2 / variances[rivals]).sum()))
    return np.asarray(weights / weights.sum())


def chance_of_correct(means: NDArray[Any], variances: NDArray[Any], replications: NDArray[Any]) -> float:
    """A lower bound of the chance that the smallest mean is the best policy's (Bonferroni, normal, independent)."""
    best = int(np.argmin(means))
    errors = np.asarray(variances) / np.asarray(replications)
    rivals = np.arange(len(means)) != best
    distances = (np.asarray(means)[rivals] - means[best]) / np.sqrt(errors[rivals] + errors[best])
    return max(1 - float(ndtr(-distances).sum()), 0.0)
