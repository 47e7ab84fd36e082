"""How sure each site's stock has to be so that the study keeps its promise to those who come to a visit.

The promise is about visits; a stock is chosen by a chance. One chance holds at all sites and for all kit types: the
largest with which no greater share of the visits is expected to miss a kit than was promised.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimization.demand.mass import NEGLIGIBLE, Mass

HALVINGS = 40
LEAST = 1e-9


@dataclass(frozen=True)
class Protected:
    """One kit type at a site from a decision until the last day before more can come.

    `before`: the law of what is asked for before the delivery, where no stock of it helps. `visit_kits`: so many
    kits a visit takes in the mean.
    """

    law: Mass
    before: Mass
    visit_kits: float

    def missed(self, stock: int) -> float:
        """Visits expected to miss a kit from the delivery on; lacking kits are counted as mean visits, begun."""
        return max(self._beyond(self.law, stock) - self._beyond(self.before, stock), 0.0)

    def _beyond(self, law: Mass, stock: int) -> float:
        lacking = np.arange(len(law)) - stock
        return float(law @ np.ceil(np.maximum(lacking, 0) / self.visit_kits))


def calibrated(protected: Sequence[Protected], visits: float, service: float) -> float:
    """The largest chance of running out, site by site, that keeps the promise for so many visits expected.

    One who lacks kits of two types is counted twice: the promise is kept rather than just met.
    """
    may_miss = (1 - service) * visits
    if not visits:
        return max(1 - service, LEAST)
    tables = [_Table.of(one) for one in protected]
    low, high = np.log(LEAST), np.log(1 - LEAST)
    if sum(table.missed(1 - LEAST) for table in tables) <= may_miss:
        return 1 - LEAST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if sum(table.missed(float(np.exp(middle))) for table in tables) <= may_miss:
            low = middle
        else:
            high = middle
    return float(np.exp(low))


@dataclass(frozen=True)
class _Table:
    """The chance of no greater demand than each stock, and what each stock misses."""

    reached: NDArray[np.float64]
    misses: NDArray[np.float64]

    @classmethod
    def of(cls, one: Protected) -> "_Table":
        return cls(np.cumsum(one.law), np.array([one.missed(stock) for stock in range(len(one.law))]))

    def missed(self, alpha: float) -> float:
        stock = int(np.searchsorted(self.reached, 1 - alpha - NEGLIGIBLE))
        return float(self.misses[min(stock, len(self.misses) - 1)])
