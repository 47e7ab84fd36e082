"""Truncated binomial design: a fair coin until one arm has its half, then the other arm for all who are left.

Blackwell and Hodges, Design for the control of selection bias (Annals of Mathematical Statistics, 1957).
"""

from dataclasses import dataclass

from irt.randomization.methods.counts import (
    EVENLY,
    FIRST_ARM,
    SECOND_ARM,
    Counting,
    Counts,
    ImpossibleHistory,
    PlannedNumberReached,
    require_two_equal_arms,
    require_whole_rounds,
)
from irt.randomization.methods.method import Law, Levels


@dataclass(frozen=True, slots=True)
class TruncatedBinomial(Counting):
    """Two arms, one to one, for an even planned number."""

    subjects: int

    def __post_init__(self) -> None:
        require_two_equal_arms("truncated_binomial", self.ratio)
        require_whole_rounds("truncated_binomial", (1, 1), self.subjects)

    def law(self, memory: Counts, levels: Levels = ()) -> Law:
        """A half each until an arm is full; PlannedNumberReached past the last."""
        half = self.subjects // 2
        if sum(memory) >= self.subjects:
            raise PlannedNumberReached(self.subjects)
        if max(memory) > half:
            raise ImpossibleHistory
        if max(memory) < half:
            return EVENLY
        return SECOND_ARM if memory[0] == half else FIRST_ARM
