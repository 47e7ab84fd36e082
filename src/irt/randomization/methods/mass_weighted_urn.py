"""The mass weighted urn: each arm's ball gains mass by its share, and loses one unit when it is drawn.

Zhao, Mass weighted urn design: a new randomization algorithm for unequal allocations (Contemporary Clinical Trials,
2015).
"""

from dataclasses import dataclass
from fractions import Fraction

from irt.randomization.methods.counts import Counting, Counts
from irt.randomization.methods.method import Law, Levels
from irt.randomization.scheme import UnusablePlan


@dataclass(frozen=True, slots=True)
class MassWeightedUrn(Counting):
    """Any ratio and any number of arms; `alpha` is the whole mass, which limits the imbalance."""

    alpha: Fraction

    def __post_init__(self) -> None:
        if self.alpha <= 0:
            raise UnusablePlan(f"The setting alpha of mass_weighted_urn is above zero, not {self.alpha}.")

    def law(self, memory: Counts, levels: Levels = ()) -> Law:
        """Each arm's mass, (alpha + n) * share - its count, where that is above zero."""
        grown = (self.alpha + sum(memory)) / sum(self.ratio)
        masses = [max(grown * share - count, Fraction(0)) for share, count in zip(self.ratio, memory, strict=True)]
        drawn_from = sum(masses)
        return tuple(mass / drawn_from for mass in masses)
