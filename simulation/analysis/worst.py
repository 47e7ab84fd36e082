"""The replications that went worst, each with what it takes to run it again and look."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation.analysis.arrays import Numbers, column
from simulation.analysis.refusals import UnusableReplications


@dataclass(frozen=True, slots=True)
class Worst:
    """A replication: the run's seed and its index replay it, whoever ran it first."""

    index: int
    seed: int
    value: float


def worst_of(values: Numbers, seed: int, many: int = 10, indexes: Sequence[int] | None = None) -> tuple[Worst, ...]:
    """The replications with the largest values, largest first, ties by index.

    values: shape (n,); `indexes` are those of the replications, 0 … n - 1 when left out. Raises:
    UnusableReplications.
    """
    numbers = column(values, least=1)
    places = np.arange(len(numbers)) if indexes is None else np.asarray(indexes)
    if len(places) != len(numbers):
        raise UnusableReplications("Each replication needs its index.")
    order = np.lexsort((places, -numbers))[:many]
    return tuple(Worst(int(places[each]), seed, float(numbers[each])) for each in order)
