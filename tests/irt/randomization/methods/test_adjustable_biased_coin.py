"""The coin of Baldi Antognini and Giovagnoli."""

from fractions import Fraction
from math import sqrt

import pytest

from irt.randomization.methods.adjustable_biased_coin import AdjustableBiasedCoin
from irt.randomization.methods.big_stick import BigStick
from irt.randomization.methods.complete import Complete
from tests.irt.randomization.methods.walks import law_after, of_counts, sequence_law


def coin(a: str) -> AdjustableBiasedCoin:
    """With that setting."""
    return AdjustableBiasedCoin((1, 1), Fraction(a))


@pytest.mark.parametrize(
    ("a", "history", "first"),
    [
        ("2", "", Fraction(1, 2)),
        ("2", "A", Fraction(1, 2)),
        ("2", "AA", Fraction(1, 5)),
        ("2", "BBB", Fraction(9, 10)),
        ("1/2", "BBBB", Fraction(2, 3)),
        ("1", "AAAB", Fraction(1, 3)),
    ],
)
def test_rational_chances_are_exact(a, history, first):
    """|d|^a / (|d|^a + 1) for the arm behind (2004, section 3)."""
    law = law_after(coin(a), history)
    assert law == (first, 1 - first)
    assert all(isinstance(chance, Fraction) for chance in law)


def test_irrational_chances_are_floats():
    """The root of two."""
    assert law_after(coin("1/2"), "BB") == pytest.approx((sqrt(2) / (1 + sqrt(2)), 1 / (1 + sqrt(2))), rel=1e-15)


def test_a_of_zero_is_complete_randomization():
    """The imbalance does not matter."""
    assert sequence_law(coin("0"), 6) == sequence_law(Complete((1, 1)), 6)


def test_a_large_a_is_nearly_a_big_stick_of_two():
    """At an imbalance of two the arm behind is as good as certain."""
    assert of_counts(coin("100"), 9, 7)[1] > 1 - Fraction(1, 10**30)
    assert law_after(BigStick((1, 1), 2), "AA")[1] == 1
