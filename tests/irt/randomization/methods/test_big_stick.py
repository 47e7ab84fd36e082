"""A fair coin within a limit."""

from fractions import Fraction

import pytest

from irt.randomization.methods.big_stick import BigStick
from irt.randomization.methods.complete import Complete
from irt.randomization.methods.permuted_block import PermutedBlocks
from tests.irt.randomization.methods.walks import law_after, sequence_law


@pytest.mark.parametrize(
    ("history", "first"),
    [("", Fraction(1, 2)), ("AA", Fraction(1, 2)), ("AAA", 0), ("BBB", 1), ("AAAB", Fraction(1, 2))],
)
def test_the_stick_at_three(history, first):
    """Evenly below the limit, certain at it (Soares and Wu 1983)."""
    assert law_after(BigStick((1, 1), 3), history) == (first, 1 - first)


def test_a_limit_of_one_is_blocks_of_two():
    """Every second subject is certain."""
    assert sequence_law(BigStick((1, 1), 1), 6) == sequence_law(PermutedBlocks((1, 1), (2,)), 6)


def test_a_limit_out_of_reach_is_complete_randomization():
    """Six subjects are never seven apart."""
    assert sequence_law(BigStick((1, 1), 7), 6) == sequence_law(Complete((1, 1)), 6)


def test_beyond_the_limit_it_leads_back():
    """An allocation in error may lead beyond; the design goes on."""
    assert law_after(BigStick((1, 1), 2), "AAAA") == (0, 1)
