"""The price of leaving early: lots that come later save what lies ready now.

A kit that leaves its source before a day pays that day's price: kits that can wait do, and the others find a lot.
Whatever the prices, none below zero, they serve the bound too: no more kits leave before a day than are supplied
before it (Lagrangian relaxation).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimization.engine.sources import Sources

FIRST_RISE = 50.0
"""Cents; a price rises twice as far each time in a row that it was too low."""


@dataclass(frozen=True)
class EarlyPrice:
    """Prices of one temperature class by day, and how many kits are supplied before each."""

    prices: Mapping[int, float]
    supplied: Mapping[int, int]

    def at(self, days: NDArray[np.int64]) -> NDArray[np.float64]:
        """What a kit pays that leaves on each of these days."""
        paid = np.zeros(days.shape, dtype=np.float64)
        for before, price in self.prices.items():
            paid += price * (days < before)
        return paid

    @property
    def rebate(self) -> float:
        """What all kits supplied early pay at the most: a bound with prices is less by it."""
        return sum(price * self.supplied[before] for before, price in self.prices.items())

    def times(self, factor: float) -> "EarlyPrice":
        """All prices so many times as high."""
        return EarlyPrice({day: factor * price for day, price in self.prices.items()}, self.supplied)


NO_PRICE = EarlyPrice({}, {})


def raised(
    price: EarlyPrice,
    rises: Mapping[int, float],
    sources: Sources,
    kits: Iterable[str],
    without: Iterable[tuple[str, int]],
    most: float,
) -> tuple[EarlyPrice, Mapping[int, float]]:
    """Higher prices where kits found no lot, and how far each was raised: twice as far as the last time.

    `without`: the type of each such kit, and the day it leaves its source. All prices together stay below `most`:
    a kit that pays more is better left out.
    """
    types = set(kits)
    days = sorted({row.day for kit in types for row, _ in sources.rows.get(kit, ()) if row.day > 0})
    short: Counter[int] = Counter()
    for kit, leaves in without:
        if kit in types:
            short.update([day for day in days if day > leaves][:1])
    prices, next_rises = dict(price.prices), dict(rises)
    for day in short:
        next_rises[day] = 2 * rises[day] if day in rises else FIRST_RISE
        room = most - sum(prices.values())
        prices[day] = prices.get(day, 0.0) + max(0.0, min(next_rises[day], room))
    supplied: dict[int, int] = defaultdict(int)
    for day in prices:
        supplied[day] = sum(row.kits for kit in types for row, _ in sources.rows.get(kit, ()) if row.day < day)
    return EarlyPrice(prices, dict(supplied)), next_rises
