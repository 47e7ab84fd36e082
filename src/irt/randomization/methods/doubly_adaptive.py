"""The doubly-adaptive biased coin design (Hu and Zhang 2004) for binary responses.

An arm's success rate is estimated by (successes + a) / (responses known + a + b), with a = b = 1/2 unless `prior`
says otherwise, so that it is never 0 or 1. From the rates p (q = 1 - p) come the target shares y: `neyman` in
proportion to sqrt(p q), `rsihr` (Rosenberger, Stallard, Ivanova, Harper and Ricks 2001) to sqrt(p), `urn` to 1/q,
the limit of the play-the-winner urn. With x the shares of the subjects allocated so far, responses known or not, an
arm's chance is in proportion to y (y / x)^gamma. While arms have nobody, only these are given, in proportion to y.
The first `burn_in` subjects go by the ratio.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Literal

from irt.randomization.methods.method import Law, Levels
from irt.randomization.methods.responses import Learning, Tallies
from irt.randomization.scheme import UnusablePlan

Number = Fraction | float

TARGETS: dict[str, Callable[[Fraction], Number]] = {
    "neyman": lambda rate: sqrt(rate * (1 - rate)),
    "rsihr": sqrt,
    "urn": lambda rate: 1 / (1 - rate),
}
"""An arm's share by its success rate, up to the factor that makes the shares sum to one."""


@dataclass(frozen=True, slots=True)
class DoublyAdaptive(Learning):
    """gamma of zero or more: 0 gives the target itself, more holds the shares closer to it."""

    target: Literal["neyman", "rsihr", "urn"]
    gamma: Fraction
    prior: tuple[Fraction, Fraction] = (Fraction(1, 2), Fraction(1, 2))

    def __post_init__(self) -> None:
        if self.target not in TARGETS:
            raise UnusablePlan(f"The target of doubly_adaptive is one of {', '.join(TARGETS)}, not {self.target}.")
        if self.gamma < 0:
            raise UnusablePlan(f"The gamma of doubly_adaptive is zero or more, not {self.gamma}.")
        if min(self.prior) <= 0:
            raise UnusablePlan("Both numbers of the prior are above zero, or an estimated rate could be 0 or 1.")

    def law(self, memory: Tallies, levels: Levels = ()) -> Law:
        """Exact in the burn-in, and for `urn` with a whole gamma; else correct to the last digits of a float."""
        allocated = [tally.allocated for tally in memory]
        first = self.burn_in.law(allocated)
        if first is not None:
            return first
        wanted = self.wanted(memory)
        if min(allocated) == 0:
            return _shares(
                [share if not count else share * 0 for share, count in zip(wanted, allocated, strict=True)]
            )
        behind = [share / count for share, count in zip(wanted, allocated, strict=True)]
        return _shares([share * self._pull(each / max(behind)) for share, each in zip(wanted, behind, strict=True)])

    def rates(self, memory: Tallies) -> tuple[Fraction, ...]:
        """The estimated success rate of each arm."""
        a, b = self.prior
        return tuple((tally.successes + a) / (tally.successes + tally.failures + a + b) for tally in memory)

    def wanted(self, memory: Tallies) -> Law:
        """The target share of each arm."""
        return _shares([TARGETS[self.target](rate) for rate in self.rates(memory)])

    def _pull(self, behind: Number) -> Number:
        """A power, kept exact where it can be."""
        if isinstance(behind, Fraction) and self.gamma.denominator == 1:
            return behind**self.gamma.numerator
        return float(float(behind) ** float(self.gamma))


def _shares(parts: Sequence[Number]) -> Law:
    """The parts over their sum."""
    total = sum(parts)
    return tuple(part / total for part in parts)
