"""The big stick: a fair coin, until the imbalance reaches its limit and the arm behind is certain.

Soares and Wu, Some restricted randomization rules in sequential designs (Communications in Statistics, 1983).
"""

from dataclasses import dataclass
from fractions import Fraction

from irt.randomization.methods.counts import (
    EVENLY,
    Counting,
    Counts,
    require_tolerance,
    require_two_equal_arms,
    towards_balance,
)
from irt.randomization.methods.method import Law, Levels


@dataclass(frozen=True, slots=True)
class BigStick(Counting):
    """Two arms, one to one; `mti` is the largest imbalance it allows."""

    mti: int

    def __post_init__(self) -> None:
        require_two_equal_arms("big_stick", self.ratio)
        require_tolerance("big_stick", self.mti)

    def law(self, memory: Counts, levels: Levels = ()) -> Law:
        """Beyond the limit, where an error has led, it leads back as it does at the limit."""
        if abs(memory[0] - memory[1]) < self.mti:
            return EVENLY
        return towards_balance(memory, Fraction(1))
