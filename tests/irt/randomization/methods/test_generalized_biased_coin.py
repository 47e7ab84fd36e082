"""Smith's coin."""

from fractions import Fraction
from math import sqrt

import pytest

from irt.randomization.methods.complete import Complete
from irt.randomization.methods.generalized_biased_coin import GeneralizedBiasedCoin
from irt.randomization.methods.wei_urn import WeiUrn
from tests.irt.randomization.methods.walks import of_counts, sequence_law


def coin(rho: str) -> GeneralizedBiasedCoin:
    """With that setting."""
    return GeneralizedBiasedCoin((1, 1), Fraction(rho))


@pytest.mark.parametrize(
    ("rho", "counts", "first"),
    [
        ("2", (0, 0), Fraction(1, 2)),
        ("2", (1, 0), Fraction(0)),
        ("2", (0, 1), Fraction(1)),
        ("2", (1, 2), Fraction(4, 5)),
        ("5", (3, 3), Fraction(1, 2)),
        ("1/2", (2, 8), Fraction(2, 3)),
        ("1/2", (9, 4), Fraction(2, 5)),
    ],
)
def test_rational_chances_are_exact(rho, counts, first):
    """n2^rho / (n1^rho + n2^rho) (Smith 1984): 2:8 by the root is 1:2 although neither root is rational."""
    law = of_counts(coin(rho), *counts)
    assert law == (first, 1 - first)
    assert all(isinstance(chance, Fraction) for chance in law)


def test_irrational_chances_are_floats():
    """The root of two."""
    assert of_counts(coin("1/2"), 1, 2) == pytest.approx((sqrt(2) / (1 + sqrt(2)), 1 / (1 + sqrt(2))), rel=1e-15)


def test_rho_of_one_is_wei_s_urn_without_a_start():
    """An urn with no balls, to which one of the other arm is added."""
    assert sequence_law(coin("1"), 7) == sequence_law(WeiUrn((1, 1), Fraction(0), Fraction(1)), 7)


def test_rho_of_zero_is_complete_randomization():
    """From the second subject on too."""
    assert sequence_law(coin("0"), 5) == sequence_law(Complete((1, 1)), 5)
