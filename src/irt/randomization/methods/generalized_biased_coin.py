"""The generalized biased coin: each arm by a power of the other's count.

Smith, Sequential treatment allocation using biased coin designs (Journal of the Royal Statistical Society B, 1984).
"""

from dataclasses import dataclass
from fractions import Fraction

from irt.randomization.methods.counts import (
    EVENLY,
    FIRST_ARM,
    SECOND_ARM,
    Counting,
    Counts,
    require_two_equal_arms,
)
from irt.randomization.methods.method import Law, Levels
from irt.randomization.methods.powers import EXPONENT_MAX, shares
from irt.randomization.scheme import UnusablePlan


@dataclass(frozen=True, slots=True)
class GeneralizedBiasedCoin(Counting):
    """Two arms, one to one; the first has the chance n2^rho / (n1^rho + n2^rho), and a half at the start."""

    rho: Fraction

    def __post_init__(self) -> None:
        require_two_equal_arms("generalized_biased_coin", self.ratio)
        if not 0 <= self.rho <= EXPONENT_MAX:
            raise UnusablePlan(
                f"The setting rho of generalized_biased_coin lies between 0 and {EXPONENT_MAX}, not at {self.rho}."
            )

    def law(self, memory: Counts, levels: Levels = ()) -> Law:
        """An arm nobody is on is certain after the first subject, unless rho is 0; exact where it is rational."""
        first, second = memory
        if first == second or not self.rho:
            return EVENLY
        if not first or not second:
            return SECOND_ARM if first else FIRST_ARM
        return shares(Fraction(second, first), self.rho)
