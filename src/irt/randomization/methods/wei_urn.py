"""Wei's urn: after each subject, balls of the other arms are added.

Wei, A class of designs for sequential clinical trials (Journal of the American Statistical Association, 1977); for
more than two arms, An application of an urn model (Annals of Statistics, 1978).
"""

from dataclasses import dataclass
from fractions import Fraction

from irt.randomization.methods.counts import Counting, Counts, require_equal_arms
from irt.randomization.methods.method import Law, Levels
from irt.randomization.scheme import UnusablePlan


@dataclass(frozen=True, slots=True)
class WeiUrn(Counting):
    """Equal shares; `initial` balls of each arm, and after each subject `added` balls of each other arm."""

    initial: Fraction
    added: Fraction

    def __post_init__(self) -> None:
        require_equal_arms("wei_urn", self.ratio)
        if min(self.initial, self.added) < 0 or not self.initial + self.added:
            raise UnusablePlan(
                f"The urn of wei_urn needs balls: initial and added are zero or more, not both zero, "
                f"not {self.initial} and {self.added}."
            )

    def law(self, memory: Counts, levels: Levels = ()) -> Law:
        """The balls of each arm; equal chances while the urn is empty."""
        given = sum(memory)
        # Whole parts of a ball, since fractions would be reduced at each step.
        first = self.initial.numerator * self.added.denominator
        more = self.added.numerator * self.initial.denominator
        balls = [first + more * (given - count) for count in memory]
        inside = sum(balls)
        if not inside:
            return (Fraction(1, len(memory)),) * len(memory)
        return tuple([Fraction(ball, inside) for ball in balls])
