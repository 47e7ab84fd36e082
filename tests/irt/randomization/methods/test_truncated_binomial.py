"""A fair coin until one arm has its half."""

from fractions import Fraction
from math import comb

import pytest

from irt.randomization.methods.truncated_binomial import TruncatedBinomial
from tests.irt.randomization.methods.walks import sequence_law


def test_four_subjects():
    """The two sequences that fill an arm at once are twice as likely as the other four."""
    law = sequence_law(TruncatedBinomial((1, 1), 4), 4)
    assert law.pop("AABB") == law.pop("BBAA") == Fraction(1, 4)
    assert law == dict.fromkeys(("ABAB", "ABBA", "BAAB", "BABA"), Fraction(1, 8))


@pytest.mark.parametrize("subjects", [2, 4, 6, 8, 10])
def test_the_length_of_the_certain_tail(subjects):
    """Expected n C(n, n/2) / 2^n subjects are certain (Blackwell and Hodges 1957, section 4)."""
    law = sequence_law(TruncatedBinomial((1, 1), subjects), subjects)
    tail = sum(chance * len(_tail(sequence)) for sequence, chance in law.items())
    assert tail == Fraction(subjects * comb(subjects, subjects // 2), 2**subjects)


def _tail(sequence: str) -> str:
    """What comes after one arm has its half."""
    half = len(sequence) // 2
    full = min(
        next(place for place in range(len(sequence) + 1) if sequence[:place].count(arm) == half) for arm in "AB"
    )
    return sequence[full:]
