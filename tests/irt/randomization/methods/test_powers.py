"""Shares of powers: exact where rational, and to the last digits where not."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.methods.powers import exact_power, shares


@pytest.mark.parametrize(
    ("base", "exponent", "power"),
    [
        (Fraction(4), Fraction(1, 2), Fraction(2)),
        (Fraction(8, 27), Fraction(2, 3), Fraction(4, 9)),
        (Fraction(1), Fraction(355, 113), Fraction(1)),
        (Fraction(7), Fraction(0), Fraction(1)),
        (Fraction(2), Fraction(3), Fraction(8)),
        (Fraction(2), Fraction(1, 2), None),
        (Fraction(8), Fraction(1, 2), None),
        (Fraction(3, 4), Fraction(1, 2), None),
        (Fraction(10), Fraction(12345678901234567, 10**16), None),
    ],
)
def test_which_powers_are_rational(base, exponent, power):
    """Both parts of the base need a whole root."""
    assert exact_power(base, exponent) == power


@given(
    st.fractions(Fraction(1, 200), 200, max_denominator=200),
    st.fractions(0, 12, max_denominator=7),
)
@settings(deadline=None, max_examples=200)
def test_the_share_is_right_to_fifteen_digits(base, exponent):
    """Against sixty decimal digits; both shares, the small one too, are near the truth and sum to one."""
    with localcontext() as context:
        context.prec = 60
        whole = Decimal(base.numerator) / base.denominator
        power = whole ** (Decimal(exponent.numerator) / exponent.denominator)
        true = (float(power / (1 + power)), float(1 / (1 + power)))
    assert tuple(map(float, shares(base, exponent))) == pytest.approx(true, rel=1e-13)


def test_a_share_that_floating_point_would_overflow():
    """A thousandth power of a thousand."""
    large, small = shares(Fraction(1001), Fraction(1999, 2))
    assert (large, small) == (1.0, 0.0)
