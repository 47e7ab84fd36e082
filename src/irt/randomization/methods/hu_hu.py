"""Hu and Hu's covariate-adaptive randomization (2012): balance overall, at each margin and within each stratum.

D is the count of the first arm less that of the second. An arm's score is the weighted sum of the squares of D
overall, at the subject's level of each factor and in the subject's stratum, with the subject placed in that arm.
The arm with the smaller score gets p; equal scores give 1/2. Only the proportion of the weights matters.
"""

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from irt.randomization.methods.factor_grid import FactorGrid, Places
from irt.randomization.methods.method import Law, Levels, Step
from irt.randomization.scheme import UnusablePlan

HALF = Fraction(1, 2)


class Imbalance(NamedTuple):
    """The differences so far: overall, by factor and level, and of each stratum that was seen, in order."""

    overall: int
    margins: tuple[tuple[int, ...], ...]
    strata: tuple[tuple[Places, int], ...]


@dataclass(frozen=True, slots=True)
class HuHu:
    """Two arms, 1:1; weights of zero or more, one for each factor, at least one of all above zero."""

    p: Fraction
    overall: Fraction
    stratum: Fraction
    margins: tuple[Fraction, ...]
    grid: FactorGrid
    ratio: tuple[int, ...] = (1, 1)

    def __post_init__(self) -> None:
        if self.ratio != (1, 1):
            raise UnusablePlan("hu_hu is defined for two arms of equal shares. Choose minimization for others.")
        if not HALF <= self.p <= 1:
            raise UnusablePlan(f"The p of hu_hu lies between 1/2 and 1, not {self.p}.")
        if len(self.margins) != len(self.grid.factors):
            raise UnusablePlan(f"hu_hu needs {len(self.grid.factors)} weights of margins, one for each factor.")
        weights = (self.overall, self.stratum, *self.margins)
        if min(weights) < 0 or not any(weights):
            raise UnusablePlan("The weights of hu_hu are zero or more, and at least one is above zero.")

    def start(self) -> Imbalance:
        """Balance everywhere."""
        return Imbalance(0, tuple((0,) * len(factor.levels) for factor in self.grid.factors), ())

    def law(self, memory: Imbalance, levels: Levels = ()) -> Law:
        """Exact. The two scores differ by four times the weighted sum of the differences, so its sign decides."""
        leaning = self._leaning(memory, self.grid.places(levels))
        if leaning == 0:
            return (HALF, HALF)
        return (1 - self.p, self.p) if leaning > 0 else (self.p, 1 - self.p)

    def after(self, memory: Imbalance, step: Step) -> Imbalance:
        """One more subject overall, at each margin and in the stratum."""
        places, by = self.grid.places(step.levels), 1 - 2 * step.arm
        margins = [
            (*row[:place], row[place] + by, *row[place + 1 :])
            for row, place in zip(memory.margins, places, strict=True)
        ]
        at, difference = _stratum(memory, places)
        seen = memory.strata[at + 1 :] if _is_known(memory, at, places) else memory.strata[at:]
        strata = (*memory.strata[:at], (places, difference + by), *seen)
        return Imbalance(memory.overall + by, tuple(margins), strata)

    def _leaning(self, memory: Imbalance, places: Places) -> Fraction:
        total = self.overall * memory.overall + self.stratum * _stratum(memory, places)[1]
        for weight, row, place in zip(self.margins, memory.margins, places, strict=True):
            total += weight * row[place]
        return total


def _stratum(memory: Imbalance, places: Places) -> tuple[int, int]:
    """Where a stratum stands or would stand, and its difference."""
    at = bisect_left(memory.strata, (places,))
    return at, memory.strata[at][1] if _is_known(memory, at, places) else 0


def _is_known(memory: Imbalance, at: int, places: Places) -> bool:
    return at < len(memory.strata) and memory.strata[at][0] == places
