"""Efron's biased coin: a fixed chance for the arm that is behind.

Efron, Forcing a sequential experiment to be balanced (Biometrika, 1971).
"""

from dataclasses import dataclass
from fractions import Fraction

from irt.randomization.methods.counts import (
    Counting,
    Counts,
    require_coin,
    require_two_equal_arms,
    towards_balance,
)
from irt.randomization.methods.method import Law, Levels


@dataclass(frozen=True, slots=True)
class Efron(Counting):
    """Two arms, one to one; `p` for the arm with fewer, a half each at balance."""

    p: Fraction

    def __post_init__(self) -> None:
        require_two_equal_arms("efron", self.ratio)
        require_coin("efron", self.p)

    def law(self, memory: Counts, levels: Levels = ()) -> Law:
        """The same however large the imbalance."""
        return towards_balance(memory, self.p)
