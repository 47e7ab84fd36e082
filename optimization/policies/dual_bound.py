"""What no policy can undercut that knows only the past: who sees a whole path plans it, and pays for seeing.

Information relaxation (Brown, Smith and Sun): on each path the future is known, and each week a penalty is
charged that has mean zero for whoever does not know it: what the week's demand did to costs and to the worth of
the stock, against what was to be expected of it by the exact chances of that week (given the site's true rate,
so that the arms are independent). The mean over paths of the cheapest penalized plan is therefore at most the
mean cost of every policy that knows the past alone, however the worth is estimated; a good estimate makes it
tight. Missed doses are priced, and the price of those the promise allows is taken off (Lagrange), which keeps
it a bound for every policy that keeps the promise in the mean. It holds for policies that hold fewer than
`size` kits of an arm at a site. It is a mean over paths, so it comes with an interval.
"""

import math
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from optimization.demand.mass import Mass, add, lumped, shortage_at
from optimization.policies.costs import Prices
from optimization.policies.facts import MOST_IN_A_WEEK, Facts
from optimization.policies.futures import futures_of
from optimization.policies.look_ahead import SITES_AT_ONCE, by_size, in_one
from optimization.policies.lot_sizing import FORBIDDEN, Lots, moved
from optimization.policies.paths import ARMS, Floats, Ints
from optimization.policies.review import Reviewed

RATE_CLASSES = (0.1, 0.25, 0.5)
"""Where one class of true rates (subjects a week) ends and the next begins."""


@dataclass(frozen=True)
class DualBound:
    """`miss_cents` prices a missed dose, `weights` scale the penalty by class of rate: any give a bound."""

    miss_cents: float
    weights: tuple[float, ...]
    size: int = 32
    futures: int = 4
    samples: int = 120
    prices: Prices = field(default_factory=Prices)

    def cents(self, trial: Reviewed, service: float) -> Floats:
        """Each site's part of the bound, in cents: only their mean bounds a mean."""
        lots = Lots(self.prices, self.miss_cents, self.size)
        paths = trial.paths
        left = np.arange(self.size) * float(self.prices.left)
        value = np.broadcast_to(left[:, None] + left, (paths.rows, self.size, self.size)).copy()
        for facts in reversed(trial.facts):
            wanted = np.zeros((paths.rows, ARMS), dtype=np.int64)
            if facts.week >= 0:
                wanted = paths.demand[:, facts.week]
            value = self._week(lots, (facts, paths.rate_per_week), wanted, value)
        allowed = (1 - service) * paths.demand.sum(axis=(1, 2))
        return np.asarray(value[:, 0, 0] - self.miss_cents * allowed)

    def weight(self, rate_per_week: Floats) -> Floats:
        """Each site's weight, by the class of its true rate: that may be known without knowing what comes."""
        return np.array(self.weights)[class_of(rate_per_week)]

    def _week(self, lots: Lots, known: tuple[Facts, Floats], wanted: Ints, value: Floats) -> Floats:
        """The least penalized cost from each stock on, the week's demand being known."""
        facts, rate = known
        worth, expected = self._penalty(facts, rate, int(wanted.max(initial=0)))
        before = np.full_like(value, FORBIDDEN)
        for demand in {tuple(row) for row in wanted.tolist()}:
            rows = np.flatnonzero((wanted == demand).all(axis=1))
            for used in product(*(range(kits + 1) for kits in demand)):
                self._used(lots, (facts, self.weight(rate)), rows, (demand, used), (value, worth, expected), before)
        return before if facts.week < 0 else before + self.weight(rate)[:, None, None] * self._foreseen(facts, rate)

    def _foreseen(self, facts: Facts, rate: Floats) -> Floats:
        """What the week is expected to cost in doses missed and kits held, from each stock."""
        law = lumped(_chances(facts, rate), self.size)
        missed = shortage_at(law)
        stays = np.arange(self.size) - (law @ np.arange(self.size))[..., None] + missed
        each = self.miss_cents * missed + self.prices.held_week * stays
        return np.asarray(each[:, 0, :, None] + each[:, 1, None, :])

    def _used(
        self,
        lots: Lots,
        known: tuple[Facts, Floats],
        rows: Ints,
        week: tuple[tuple[int, ...], tuple[int, ...]],
        tables: tuple[Floats, Floats, Floats],
        before: Floats,
    ) -> None:
        """Stocks from which exactly so many kits are used: all of the demand, or what there was."""
        (facts, weight), (demand, used), (value, worth, expected) = known, week, tables
        kits = np.arange(self.size)
        lacking = [wants - uses for wants, uses in zip(demand, used, strict=True)]
        seen = np.ix_(rows, *(np.maximum(kits - lacks, 0) for lacks in lacking))
        foreseen = np.ix_(rows, *(kits + uses for uses in used))
        after = value[rows] - worth[seen] + expected[foreseen]
        best = after
        if facts.may_order.any():
            ordered = lots.before_order(after, facts.fixed_cents[rows].astype(float))
            best = np.where(facts.may_order[rows, None, None], ordered, after)
        told = np.add.outer(kits, kits) * float(self.prices.held_week) + self.miss_cents * sum(lacking)
        cost = best + (1 - weight[rows, None, None]) * told * (facts.week >= 0)
        # Where an arm lacks, its stock was just what was used, and nothing of it is left.
        ends = [np.arange(1 if lacks else self.size - uses) for lacks, uses in zip(lacking, used, strict=True)]
        starts = [end + uses for end, uses in zip(ends, used, strict=True)]
        before[np.ix_(rows, *starts)] = cost[:, ends[0][:, None], ends[1]]

    def _penalty(self, facts: Facts, rate: Floats, most: int) -> tuple[Floats, Floats]:
        """The worth of each position next week as told today, and its exact mean over this week's demand.

        Positions run to `size` - 1 and `most` further, the worth beyond the grid being that at its edge.
        """
        rows, length = np.arange(len(facts.enrolled)), self.size + most
        worth = np.zeros((len(rows), length, length))
        if facts.week < 0 or facts.weeks_left < 2:
            return worth, worth
        for size, those in by_size(rows, np.zeros((len(rows), ARMS), dtype=np.int64), facts):
            for start in range(0, len(those), SITES_AT_ONCE):
                part = those[start : start + SITES_AT_ONCE]
                edge = np.minimum(np.arange(length), size - 1)
                worth[part] = self._told(facts, part, size)[:, edge[:, None], edge]
        worth *= self.weight(rate)[:, None, None]
        move = moved(_chances(facts, rate), length).astype(float)
        return worth, move[:, 0] @ worth @ move[:, 1].transpose(0, 2, 1)

    def _told(self, facts: Facts, rows: Ints, size: int) -> Floats:
        laws: Mass = futures_of(facts, rows, self.futures, self.samples)
        fixed = np.tile(facts.fixed_cents[rows].astype(float), self.futures)
        told = Lots(self.prices, self.miss_cents, size).next_week(in_one(laws), fixed)
        told = told.reshape(self.futures, len(rows), size, size).mean(axis=0).astype(float)
        missed = self.miss_cents * shortage_at(facts.law[rows, :, 1])
        missed = np.pad(missed, [(0, 0), (0, 0), (0, size)])[:, :, :size]
        return np.asarray(told + missed[:, 0, :, None] + missed[:, 1, None, :])


def class_of(rate_per_week: Floats) -> Ints:
    """The class of each site's rate, from 0."""
    return np.digitize(rate_per_week, RATE_CLASSES)


def _chances(facts: Facts, rate: Floats) -> Mass:
    """The exact chances of this week's kits [row, arm, kits], were the site's rate known."""
    begins = facts.opens_day / 7 - facts.week
    mean = rate * np.clip(1 - begins, 0.0, 1.0) / ARMS
    kits = np.arange(MOST_IN_A_WEEK)
    factorial = np.array([float(math.factorial(int(one))) for one in kits])
    new = np.exp(-mean)[:, None] * mean[:, None] ** kits / factorial
    new[:, -1] += np.maximum(1 - new.sum(axis=1), 0.0)
    return lumped(add(facts.scheduled[:, :, 0], new[:, None, :]), MOST_IN_A_WEEK)
