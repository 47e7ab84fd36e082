"""All sequences that end in the exact ratio, and no others."""

from fractions import Fraction
from math import comb, factorial

import pytest

from irt.randomization.methods.random_allocation import RandomAllocation
from tests.irt.randomization.methods.walks import sequence_law


@pytest.mark.parametrize("subjects", [2, 4, 8, 10])
def test_balanced_sequences_are_equally_likely(subjects):
    """One of n over n/2 (Lachin 1988)."""
    law = sequence_law(RandomAllocation((1, 1), subjects), subjects)
    assert len(law) == comb(subjects, subjects // 2)
    assert set(law.values()) == {Fraction(1, len(law))}


def test_three_arms_of_unequal_shares():
    """2:1:1 for eight subjects: 8! / (4! 2! 2!) = 420 sequences."""
    law = sequence_law(RandomAllocation((2, 1, 1), 8), 8)
    assert len(law) == factorial(8) // (factorial(4) * 4) == 420
    assert set(law.values()) == {Fraction(1, 420)}
    assert {sequence.count("A") for sequence in law} == {4}
