"""Settings of each policy from training paths alone: the cheapest that keeps the promise there with a margin.

Every setting meets the same paths. The margin is one standard error of the service, the same for every policy,
so that fresh paths do not fall below the promise by luck of the training.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from optimization.policies.clairvoyant import clairvoyant_cents
from optimization.policies.costs import Prices
from optimization.policies.dual_bound import RATE_CLASSES, DualBound, class_of
from optimization.policies.figures import NORMAL_95, figures_of
from optimization.policies.levels import CATEGORIES, MinMax, Predictive
from optimization.policies.look_ahead import LookAhead
from optimization.policies.paths import Floats, Ints
from optimization.policies.policy import Policy
from optimization.policies.review import Outcome, Reviewed, joined, run

WINDOWS = tuple((trigger, reach) for trigger in (1, 2, 3, 4) for reach in (4, 6, 8, 12, 16) if reach > trigger)
BUFFERS = tuple((least, most) for least in (0, 1, 2, 3) for most in (1, 2, 3, 4, 6) if most >= least)
LEVELS = tuple((least, least + more) for least in range(1, 12) for more in (1, 2, 3, 5, 8))
FIRST_LEVELS = MinMax((11, 11, 11), (19, 19, 19))
MISS_CENTS = tuple(round(40_000 * 1.2**step) for step in range(18))
"""The ladder of prices of a missed dose, 40,000 to about 900,000 cents."""
WEIGHTS = (0.0, 0.2, 0.4, 0.6, 0.8)
BOUND_MISS_CENTS = (50_000, 90_000)

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Training:
    """The paths settings are tried on, the promised service, and who is told of the progress."""

    trials: Sequence[Reviewed]
    service: float
    prices: Prices = field(default_factory=Prices)
    tell: Tell = lambda _: None

    def outcome(self, policy: Policy) -> Outcome:
        """What a policy does on all training paths."""
        self.tell(policy.name)
        return joined([run(policy, trial, self.prices) for trial in self.trials])

    def tried(self, policy: Policy) -> tuple[bool, float, float]:
        """Whether it fails the promise, by how much, and its cost: the least of these is the best setting."""
        figures = figures_of(self.outcome(policy))
        lacking = max(self.service + figures.service.half_width / NORMAL_95 - figures.service.value, 0.0)
        return lacking > 0, lacking, figures.cost_per_site.value


def best_of(training: Training, policies: Iterable[Policy]) -> Policy:
    """The cheapest that keeps the promise; the one nearest to it where none does."""
    return min(((training.tried(policy), place, policy) for place, policy in enumerate(policies)), key=_first)[2]


def _first(tried: tuple[tuple[bool, float, float], int, Policy]) -> tuple[tuple[bool, float, float], int]:
    return tried[:2]


def tuned_predictive(training: Training, told_the_end: bool) -> Policy:
    """The whole grid of windows and buffers."""
    name = "predictive, told the end" if told_the_end else "predictive"
    return best_of(
        training,
        (
            Predictive(*windows, *buffers, told_the_end=told_the_end, name=name)
            for windows, buffers in product(WINDOWS, BUFFERS)
        ),
    )


def tuned_min_max(training: Training, sweeps: int = 2) -> Policy:
    """A minimum and a maximum for each category, one category after the other."""
    best = FIRST_LEVELS
    for _ in range(sweeps):
        for category in range(len(CATEGORIES)):
            found = best_of(training, _with_levels(best, category))
            if isinstance(found, MinMax):
                best = found
    return best


def _with_levels(policy: MinMax, category: int) -> Iterator[Policy]:
    for least, most in LEVELS:
        yield replace(
            policy,
            minimum=_changed(policy.minimum, category, least),
            maximum=_changed(policy.maximum, category, most),
        )


def _changed(levels: tuple[int, int, int], category: int, level: int) -> tuple[int, int, int]:
    first, second, third = (level if place == category else kept for place, kept in enumerate(levels))
    return first, second, third


def tuned_look_ahead(training: Training, policy: LookAhead) -> LookAhead:
    """The lowest rung of the ladder of prices that keeps the promise, by halving: service grows with the price."""
    low, high = 0, len(MISS_CENTS) - 1
    while low < high:
        middle = (low + high) // 2
        fails, *_ = training.tried(replace(policy, miss_cents=MISS_CENTS[middle]))
        low, high = (middle + 1, high) if fails else (low, middle)
    return replace(policy, miss_cents=MISS_CENTS[low])


def tuned_bound(training: Training) -> DualBound:
    """The price, and by class of rate the weights, whose bound is greatest on the training paths."""
    classes = class_of(np.concatenate([trial.paths.rate_per_week for trial in training.trials]))
    bounds = [_weighted(training, miss, classes) for miss in BOUND_MISS_CENTS]
    return max(bounds, key=lambda found: found[0])[1]


def _weighted(training: Training, miss_cents: float, classes: Ints) -> tuple[float, DualBound]:
    """With one price, the best weight of each class (sites are independent), and the bound in all."""
    count = len(RATE_CLASSES) + 1
    sums = np.zeros((len(WEIGHTS), count))
    for place, weight in enumerate(WEIGHTS):
        training.tell("dual bound")
        bound = DualBound(miss_cents, (weight,) * count)
        cents = np.concatenate([bound.cents(trial, training.service) for trial in training.trials])
        sums[place] = np.bincount(classes, cents, count)
    best = sums.argmax(axis=0)
    return float(sums.max(axis=0).sum()), DualBound(miss_cents, tuple(WEIGHTS[place] for place in best))


def clairvoyant_of(trials: Sequence[Reviewed], prices: Prices) -> Floats:
    """The clairvoyant's cents of every site of these sets."""
    return np.concatenate([clairvoyant_cents(trial.paths, prices) for trial in trials])
