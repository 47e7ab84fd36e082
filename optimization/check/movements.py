"""Every movement of kits as columns of numbers: which node and lot, the day, what happens then, how many kits."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from optimization.check.trip import Trip
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


def movements_of(problem: Problem, trips: Sequence[Trip]) -> Movements:
    """What is supplied, sent and received."""
    node = {name: number for number, name in enumerate(problem.nodes)}
    lot = {name: number for number, name in enumerate(problem.lots)}
    came, left = int(Phase.ARRIVES), int(Phase.LEAVES)
    rows = [(node[row.node], lot[row.lot], row.day, came, row.kits) for row in problem.supply]
    for trip in trips:
        origin, destination = node[trip.lane.origin], node[trip.lane.destination]
        leaves, arrives = trip.leaves, trip.arrives
        for sent, kits in trip.contents:
            rows.append((origin, lot[sent.id], leaves, left, -kits))
            rows.append((destination, lot[sent.id], arrives, came, kits))
    columns = np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=5 * len(rows)).reshape(-1, 5).T
    return Movements(*columns)


def with_uses(problem: Problem, movements: Movements, demand: Numbers, lot: Numbers, kits: Numbers) -> Movements:
    """The movements, and kits of a lot that are used for a demand; demand and lot by their places."""
    node = {name: number for number, name in enumerate(problem.nodes)}
    rows = problem.demand
    at = np.array([node[row.site] for row in rows], dtype=np.int64)[demand]
    day = np.array([row.day for row in rows], dtype=np.int64)[demand]
    used = Movements(at, lot, day, np.full(len(at), Phase.USED, dtype=np.int64), -kits)
    return Movements(
        np.concatenate((movements.node, used.node)),
        np.concatenate((movements.lot, used.lot)),
        np.concatenate((movements.day, used.day)),
        np.concatenate((movements.phase, used.phase)),
        np.concatenate((movements.kits, used.kits)),
    )
