"""Sums of square roots, compared exactly: floating point would miss ties of standard deviations."""

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt, sqrt

RootSum = tuple[tuple[int, int], ...]
"""Terms (weight, radicand), both zero or more: the sum of weight * sqrt(radicand)."""

# Each float sum is within (terms + 3) * 2^-52 of the truth, so anything further apart than this is settled.
CLEARLY_APART = 1 + 1e-9


def smallest(sums: Sequence[RootSum]) -> tuple[int, ...]:
    """Positions of all the sums that equal the least one, exactly."""
    rough = [sum(weight * sqrt(radicand) for weight, radicand in terms) for terms in sums]
    near = min(rough) * CLEARLY_APART
    least: list[int] = []
    for position, value in enumerate(rough):
        if value > near:
            continue
        order = compare(sums[position], sums[least[0]]) if least else 0
        if order < 0:
            least = [position]
        elif order == 0:
            least.append(position)
    return tuple(least)


def compare(left: RootSum, right: RootSum) -> int:
    """-1, 0 or 1 as the left sum is smaller than, equal to or larger than the right one."""
    if sorted(left) == sorted(right):
        return 0
    return _sign(_gathered([*left, *((-weight, radicand) for weight, radicand in right)]))


def _gathered(terms: Sequence[tuple[int, int]]) -> dict[int, Fraction]:
    """Radicand to coefficient, one radicand for all whose roots are rational multiples of one another.

    Roots of different such classes are linearly independent over the rationals, so the sum is 0 only if empty.
    """
    classes: dict[int, Fraction] = {}
    for weight, radicand in terms:
        if not radicand:
            continue
        kin = next((r for r in classes if isqrt(r * radicand) ** 2 == r * radicand), radicand)
        multiple = Fraction(isqrt(kin * radicand), kin)
        classes[kin] = classes.get(kin, Fraction(0)) + weight * multiple
    return {radicand: coefficient for radicand, coefficient in classes.items() if coefficient}


def _sign(classes: dict[int, Fraction]) -> int:
    if not classes:
        return 0
    bits = 64
    while True:
        total = sum((c * isqrt(radicand << 2 * bits) for radicand, c in classes.items()), start=Fraction(0))
        if abs(total) > sum(map(abs, classes.values()), start=Fraction(0)):
            return 1 if total > 0 else -1
        bits *= 2
