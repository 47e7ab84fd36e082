"""The adjustable biased coin: the larger the imbalance, the more it favours the arm behind.

Baldi Antognini and Giovagnoli, A new biased coin design for the sequential allocation of two treatments (Applied
Statistics, 2004).
"""

from dataclasses import dataclass
from fractions import Fraction

from irt.randomization.methods.counts import EVENLY, Counting, Counts, require_two_equal_arms
from irt.randomization.methods.method import Law, Levels
from irt.randomization.methods.powers import EXPONENT_MAX, shares
from irt.randomization.scheme import UnusablePlan


@dataclass(frozen=True, slots=True)
class AdjustableBiasedCoin(Counting):
    """Two arms, one to one; at imbalance d the arm behind has the chance |d|^a / (|d|^a + 1)."""

    a: Fraction

    def __post_init__(self) -> None:
        require_two_equal_arms("adjustable_biased_coin", self.ratio)
        if not 0 <= self.a <= EXPONENT_MAX:
            raise UnusablePlan(
                f"The setting a of adjustable_biased_coin lies between 0 and {EXPONENT_MAX}, not at {self.a}."
            )

    def law(self, memory: Counts, levels: Levels = ()) -> Law:
        """A half each at an imbalance of 0, and of 1 too; exact where |d|^a is rational."""
        imbalance = memory[0] - memory[1]
        if not imbalance:
            return EVENLY
        behind, ahead = shares(Fraction(abs(imbalance)), self.a)
        return (ahead, behind) if imbalance > 0 else (behind, ahead)
