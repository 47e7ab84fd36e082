"""Thompson sampling (Thompson 1933; Thall and Wathen 2007) for binary responses.

Every arm's success rate has a uniform prior, so that after s successes and f failures it is Beta(s + 1, f + 1).
With P the chance that an arm's rate is the highest, exact in whole numbers, an arm is given in proportion to
P^power; a power of `n/2N` grows from 0 to 1/2 with the subjects allocated n over twice the planned number N. The
first `burn_in` subjects go by the ratio.

With a least or a most chance, arms below or above are set to it and the others share the rest in proportion, again
until no arm is outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, factorial

from irt.randomization.methods.method import Law, Levels
from irt.randomization.methods.responses import Learning, Tallies
from irt.randomization.scheme import UnusablePlan

REMEMBERED_MAX = 4096


@dataclass(frozen=True, slots=True)
class Thompson(Learning):
    """power of zero or more, or None for n/2N, which needs the planned number of subjects."""

    power: Fraction | None
    least: Fraction = Fraction(0)
    most: Fraction = Fraction(1)
    planned: int | None = None

    def __post_init__(self) -> None:
        if self.power is None and not self.planned:
            raise UnusablePlan("A power of n/2N needs the planned number of subjects. Give it as n.")
        if self.power is not None and self.power < 0:
            raise UnusablePlan(f"The power of thompson is zero or more, not {self.power}.")
        arms = len(self.ratio)
        if not (0 <= self.least <= Fraction(1, arms) <= self.most <= 1):
            raise UnusablePlan(
                f"The least chance of thompson lies between 0 and 1/{arms}, and the most between 1/{arms} and 1."
            )

    def law(self, memory: Tallies, levels: Levels = ()) -> Law:
        """Exact where the power is whole; else correct to the last digits of a float."""
        allocated = [tally.allocated for tally in memory]
        first = self.burn_in.law(allocated)
        if first is not None:
            return first
        best = chances_of_best(tuple((tally.successes, tally.failures) for tally in memory))
        power = self._power(sum(allocated))
        parts = [_raised(chance / max(best), power) for chance in best]
        return _held([part / sum(parts) for part in parts], self.least, self.most)

    def _power(self, allocated: int) -> Fraction:
        if self.power is not None:
            return self.power
        return Fraction(allocated, 2 * (self.planned or 1))


@lru_cache(maxsize=REMEMBERED_MAX)
def chances_of_best(known: tuple[tuple[int, int], ...]) -> tuple[Fraction, ...]:
    """For arms with these successes and failures, the exact posterior chance that each has the highest rate.

    In the Bernstein basis an arm's density is one term and its distribution function a tail of binomial
    coefficients, so that the integral is a sum of products of positive whole numbers.
    """
    return tuple(_chance_of_best(known, arm) for arm in range(len(known)))


def _chance_of_best(known: tuple[tuple[int, int], ...], arm: int) -> Fraction:
    successes, failures = known[arm]
    degree = successes + failures
    below = [1]
    for other, (s, f) in enumerate(known):
        if other != arm:
            below = _product(below, _tail(s, f))
            degree += s + f + 1
    total = sum(
        count * factorial(power + successes) * factorial(degree - power - successes)
        for power, count in enumerate(below)
        if count
    )
    density = (successes + failures + 1) * comb(successes + failures, successes)
    return Fraction(density * total, factorial(degree + 1))


def _tail(successes: int, failures: int) -> list[int]:
    """The coefficients of the distribution function of Beta(successes + 1, failures + 1)."""
    degree = successes + failures + 1
    return [comb(degree, power) if power > successes else 0 for power in range(degree + 1)]


def _product(left: Sequence[int], right: Sequence[int]) -> list[int]:
    """The coefficients of a product of two polynomials, by one multiplication of two very long numbers."""
    if len(left) == 1:
        return [left[0] * value for value in right]
    width = (max(left) * max(right) * min(len(left), len(right))).bit_length() // 8 + 1
    packed = [
        int.from_bytes(b"".join(v.to_bytes(width, "little") for v in each), "little") for each in (left, right)
    ]
    length = len(left) + len(right) - 1
    digits = (packed[0] * packed[1]).to_bytes(width * length + width, "little")
    return [int.from_bytes(digits[at : at + width], "little") for at in range(0, width * length, width)]


def _raised(chance: Fraction, power: Fraction) -> Fraction | float:
    if power.denominator == 1:
        return chance ** int(power)
    return float(float(chance) ** float(power))


def _held(chances: list[Fraction | float], least: Fraction, most: Fraction) -> Law:
    """The chances within their bounds: what is outside is set to its bound, the worst side first."""
    fixed: dict[int, Fraction] = {}
    while True:
        free = [arm for arm in range(len(chances)) if arm not in fixed]
        rest = 1 - sum(fixed.values())
        total = sum(chances[arm] for arm in free)
        share = {arm: chances[arm] * rest / total if total else rest / len(free) for arm in free}
        low = {arm: least for arm in free if share[arm] < least}
        high = {arm: most for arm in free if share[arm] > most}
        if not low and not high:
            return tuple(fixed.get(arm, share.get(arm, Fraction(0))) for arm in range(len(chances)))
        missing = sum(least - share[arm] for arm in low)
        beyond = sum(share[arm] - most for arm in high)
        if missing >= beyond:
            fixed.update(low)
        if beyond >= missing:
            fixed.update(high)
