"""The block urn: balls come back as soon as they make up a smallest balanced set.

Zhao and Weng, Block urn design: a new randomization algorithm for sequential trials with two or more treatments and
balanced or unbalanced allocation (Contemporary Clinical Trials, 2011).
"""

from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from irt.randomization.methods.counts import Counting, Counts, ImpossibleHistory
from irt.randomization.methods.method import Law, Levels
from irt.randomization.scheme import UnusablePlan


@dataclass(frozen=True, slots=True)
class BlockUrn(Counting):
    """Any ratio and any number of arms; the urn starts with `sets` smallest balanced sets (lambda in the paper)."""

    sets: int

    def __post_init__(self) -> None:
        if self.sets < 1:
            raise UnusablePlan(
                f"The setting lambda of block_urn is the balanced sets in the urn: 1 or more, not {self.sets}."
            )

    def law(self, memory: Counts, levels: Levels = ()) -> Law:
        """The balls of each arm; unequal ratios are not kept at every subject. ImpossibleHistory where too many."""
        least = [share // gcd(*self.ratio) for share in self.ratio]
        returned = min(count // share for count, share in zip(memory, least, strict=True))
        rounds = self.sets + returned
        balls = [share * rounds - count for count, share in zip(memory, least, strict=True)]
        if min(balls) < 0:
            raise ImpossibleHistory
        return tuple(Fraction(ball, sum(balls)) for ball in balls)
