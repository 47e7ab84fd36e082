"""What a sequential gate does at a given true chance: exact, by following every count of misses."""

from dataclasses import dataclass

import numpy as np

from simulation.analysis.arrays import Floats
from simulation.analysis.boundaries import Boundaries
from simulation.analysis.refusals import UnusableGate


@dataclass(frozen=True, slots=True)
class Characteristics:
    """Chances of each verdict, and of stopping after n replications: `stopping[n - 1]`."""

    passes: float
    fails: float
    inconclusive: float
    stopping: Floats

    @property
    def expected_replications(self) -> float:
        """The mean number used (Wald's average sample number)."""
        return float(self.stopping @ np.arange(1, len(self.stopping) + 1))

    def replications_at(self, share: float) -> int:
        """What the number used stays at or below with that chance."""
        return int(np.searchsorted(np.cumsum(self.stopping), share - 1e-12)) + 1


def characteristics(boundaries: Boundaries, chance: float) -> Characteristics:
    """The gate's behaviour when each replication has a miss with that chance. Raises: UnusableGate off [0, 1]."""
    if not 0 <= chance <= 1:
        raise UnusableGate("A chance lies between 0 and 1.")
    going = np.zeros(_width(boundaries))
    going[0] = 1.0
    stopping = np.zeros(boundaries.replications)
    passes = fails = 0.0
    for place, (low, high) in enumerate(zip(boundaries.pass_at, boundaries.fail_at, strict=True)):
        hit = going * chance
        going -= hit
        going[1:] += hit[:-1]
        going[-1] += hit[-1]
        passed, failed = float(going[: low + 1].sum()), float(going[high:].sum())
        passes, fails, stopping[place] = passes + passed, fails + failed, passed + failed
        going[: low + 1], going[high:] = 0.0, 0.0
    left = float(going.sum())
    stopping[-1] += left
    return Characteristics(passes, fails, left, stopping)


def _width(boundaries: Boundaries) -> int:
    """How many counts are told apart: the last stands for all from there on, which no later boundary divides."""
    reached = [high for count, high in enumerate(boundaries.fail_at, 1) if high <= count]
    return max([0, *reached, *boundaries.pass_at]) + 2
