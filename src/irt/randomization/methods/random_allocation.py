"""The random allocation rule: all sequences that end in the exact ratio are equally likely.

Lachin, Properties of simple randomization in clinical trials (Controlled Clinical Trials, 1988).
"""

from dataclasses import dataclass
from fractions import Fraction

from irt.randomization.methods.counts import (
    Counting,
    Counts,
    ImpossibleHistory,
    PlannedNumberReached,
    require_whole_rounds,
)
from irt.randomization.methods.method import Law, Levels


@dataclass(frozen=True, slots=True)
class RandomAllocation(Counting):
    """An urn with one ball for each planned subject, drawn without putting back."""

    subjects: int

    def __post_init__(self) -> None:
        require_whole_rounds("random_allocation", self.ratio, self.subjects)

    def law(self, memory: Counts, levels: Levels = ()) -> Law:
        """What is left of each arm; PlannedNumberReached past the last, ImpossibleHistory beyond an arm's share."""
        left = self.subjects - sum(memory)
        if left <= 0:
            raise PlannedNumberReached(self.subjects)
        rounds = self.subjects // sum(self.ratio)
        balls = [share * rounds - count for share, count in zip(self.ratio, memory, strict=True)]
        if min(balls) < 0:
            raise ImpossibleHistory
        return tuple(Fraction(ball, left) for ball in balls)
