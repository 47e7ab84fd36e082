"""The optimizer's policy: where a miss is likely enough, the consignment that is cheapest over the weeks ahead.

What is sent now meets the exact chances of the weeks it alone can cover; what a position is worth after them is
the mean over possible futures of the site's exact lot sizing in each.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimization.demand.mass import Mass, add
from optimization.policies.costs import Prices
from optimization.policies.facts import Facts
from optimization.policies.futures import futures_of
from optimization.policies.lot_sizing import Lots
from optimization.policies.paths import Floats, Ints

SIZES = (8, 12, 18, 32)
"""Grids of positions: a site is planned on the smallest that holds what it may need."""
SITES_AT_ONCE = 48
WORTH_A_LOOK_CENTS = 3_000
"""Where expected misses before a later order could arrive cost less, nothing is sent."""


@dataclass(frozen=True)
class LookAhead:
    """`miss_cents` is the price of a missed dose, set so that the promised service just holds."""

    miss_cents: float
    futures: int = 8
    samples: int = 160
    prices: Prices = field(default_factory=Prices)
    name: str = "look-ahead"

    @property
    def parameters(self) -> dict[str, object]:
        """The price of a missed dose, and how many futures are looked at."""
        return {"miss_cents": self.miss_cents, "futures": self.futures}

    def order(self, stock: Ints, facts: Facts) -> Ints:
        """The cheapest consignment, or none."""
        sent = np.zeros_like(stock)
        if not facts.may_order.any():
            return sent
        rows = np.flatnonzero(facts.may_order & self._worth_a_look(stock, facts))
        for size, those in by_size(rows, stock, facts):
            for start in range(0, len(those), SITES_AT_ONCE):
                part = those[start : start + SITES_AT_ONCE]
                sent[part] = self._best(stock, facts, part, size)
        return sent

    def _best(self, stock: Ints, facts: Facts, rows: Ints, size: int) -> Ints:
        lots = Lots(self.prices, self.miss_cents, size)
        fixed = facts.fixed_cents[rows].astype(float)
        laws = futures_of(facts, rows, self.futures, self.samples)
        later = lots.later(in_one(laws), np.tile(fixed, self.futures))
        later = later.reshape(self.futures, len(rows), size, size).mean(axis=0)
        return lots.best_order(later + lots.misses(facts.law[rows, :, :2]), fixed, stock[rows])

    def _worth_a_look(self, stock: Ints, facts: Facts) -> NDArray[np.bool_]:
        both = add(facts.law[:, :, 0], facts.law[:, :, 1])
        beyond = np.maximum(np.arange(both.shape[-1]) - stock[:, :, None], 0)
        missed = (both * beyond).sum(axis=(1, 2))
        return np.asarray(missed * self.miss_cents > WORTH_A_LOOK_CENTS)


def in_one(laws: Mass) -> Mass:
    """All futures of all sites as rows."""
    return laws.reshape(-1, *laws.shape[2:])


def by_size(rows: Ints, stock: Ints, facts: Facts) -> list[tuple[int, Ints]]:
    weekly = facts.law[rows] @ np.arange(facts.law.shape[-1])
    most: Floats = weekly[:, :, :14].sum(axis=2).max(axis=1)
    most = np.maximum(most + 2 * np.sqrt(most) + 3, stock[rows].max(axis=1) + 3)
    chosen = np.minimum(np.searchsorted(SIZES, most), len(SIZES) - 1)
    return [(size, rows[chosen == place]) for place, size in enumerate(SIZES) if (chosen == place).any()]
