"""Shares of powers: x^e to 1, exact where the power is rational and in floating point where it is not."""

from fractions import Fraction
from functools import lru_cache

Share = Fraction | float

EXPONENT_MAX = 1000


@lru_cache(maxsize=1 << 14)
def shares(base: Fraction, exponent: Fraction) -> tuple[Share, Share]:
    """base^exponent / (1 + base^exponent), and the rest; `base` above zero, `exponent` from 0 to EXPONENT_MAX."""
    power = exact_power(base, exponent)
    if power is not None:
        part, rest = power.numerator, power.denominator
        return Fraction(part, part + rest), Fraction(rest, part + rest)
    # Of a base below one no power is too large, and neither share loses its digits by subtraction.
    below_one = float(min(base, 1 / base)) ** float(exponent)
    smaller, larger = below_one / (1 + below_one), 1 / (1 + below_one)
    return (smaller, larger) if base < 1 else (larger, smaller)


def exact_power(base: Fraction, exponent: Fraction) -> Fraction | None:
    """base^exponent where it is rational: numerator and denominator have a whole root of the exponent's order."""
    roots = [_whole_root(part, exponent.denominator) for part in (base.numerator, base.denominator)]
    if roots[0] is None or roots[1] is None:
        return None
    return Fraction(roots[0], roots[1]) ** exponent.numerator


def _whole_root(number: int, order: int) -> int | None:
    """The whole number that gives `number` when raised to `order`; None where there is none."""
    if number == 1 or order == 1:
        return number
    if order >= number.bit_length():
        return None
    near = round(number ** (1 / order))
    return next((root for root in (near - 1, near, near + 1) if root**order == number), None)
