"""Every movement of kits as columns of numbers: which node and lot, the day, what happens then, how many kits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from optimization.check.trip import Trip
from optimization.plan import Dispensing
from optimization.problem import Problem

Numbers = NDArray[np.int64]
Truths = NDArray[np.bool_]


class Phase(IntEnum):
    """The order of a day at a node: lots expire, kits arrive, kits are used, kits leave."""

    EXPIRES = 0
    ARRIVES = 1
    USED = 2
    LEAVES = 3


@dataclass(frozen=True, slots=True)
class Movements:
    """Movements of kits, a row each; kits that go away count below zero."""

    node: Numbers
    lot: Numbers
    day: Numbers
    phase: Numbers
    kits: Numbers

    def where(self, rows: Truths | NDArray[np.intp]) -> "Movements":
        """Some of them, or all in another order."""
        return Movements(self.node[rows], self.lot[rows], self.day[rows], self.phase[rows], self.kits[rows])


def movements_of(problem: Problem, trips: Sequence[Trip], uses: Iterable[Dispensing]) -> Movements:
    """What is supplied, sent, received and used."""
    node = {name: number for number, name in enumerate(problem.nodes)}
    lot = {name: number for number, name in enumerate(problem.lots)}
    rows = [(node[row.node], lot[row.lot], row.day, Phase.ARRIVES, row.kits) for row in problem.supply]
    for trip in trips:
        origin, destination, arrives = node[trip.lane.origin], node[trip.lane.destination], trip.arrives
        for sent, kits in trip.contents:
            rows.append((origin, lot[sent.id], trip.leaves, Phase.LEAVES, -kits))
            rows.append((destination, lot[sent.id], arrives, Phase.ARRIVES, kits))
    rows.extend((node[one.site], lot[one.lot], one.day, Phase.USED, -one.kits) for one in uses)
    columns = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return Movements(*columns)
