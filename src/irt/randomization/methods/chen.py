"""Chen's biased coin with imbalance tolerance: Efron's coin within the limit of a big stick.

Chen, Biased coin design with imbalance tolerance (Communications in Statistics: Stochastic Models, 1999).
"""

from dataclasses import dataclass
from fractions import Fraction

from irt.randomization.methods.counts import (
    Counting,
    Counts,
    require_coin,
    require_tolerance,
    require_two_equal_arms,
    towards_balance,
)
from irt.randomization.methods.method import Law, Levels


@dataclass(frozen=True, slots=True)
class Chen(Counting):
    """Two arms, one to one; `p` for the arm behind, and certainty once the imbalance is `mti`."""

    mti: int
    p: Fraction

    def __post_init__(self) -> None:
        require_two_equal_arms("chen", self.ratio)
        require_tolerance("chen", self.mti)
        require_coin("chen", self.p)

    def law(self, memory: Counts, levels: Levels = ()) -> Law:
        """Beyond the limit, where an error has led, it leads back as it does at the limit."""
        at_limit = abs(memory[0] - memory[1]) >= self.mti
        return towards_balance(memory, Fraction(1) if at_limit else self.p)
