"""Efron's coin within the limit of a big stick."""

from fractions import Fraction

import pytest

from irt.randomization.methods.big_stick import BigStick
from irt.randomization.methods.chen import Chen
from irt.randomization.methods.efron import Efron
from tests.irt.randomization.methods.walks import law_after, sequence_law

P = Fraction(3, 4)


@pytest.mark.parametrize(
    ("history", "first"),
    [("", Fraction(1, 2)), ("A", 1 - P), ("BB", P), ("AAA", 0), ("BBB", 1), ("AAAB", 1 - P), ("BBBB", 1)],
)
def test_the_coin_and_the_stick(history, first):
    """Three regions: balance, within the limit, at it (Chen 1999)."""
    assert law_after(Chen((1, 1), 3, P), history) == (first, 1 - first)


def test_a_fair_coin_is_a_big_stick():
    """p of a half."""
    assert sequence_law(Chen((1, 1), 2, Fraction(1, 2)), 7) == sequence_law(BigStick((1, 1), 2), 7)


def test_a_limit_out_of_reach_is_efron():
    """Six subjects are never seven apart."""
    assert sequence_law(Chen((1, 1), 7, P), 6) == sequence_law(Efron((1, 1), P), 6)
