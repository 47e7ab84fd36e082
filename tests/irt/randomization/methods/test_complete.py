"""The toss of a coin, or of a die with a side for each share."""

from fractions import Fraction

from irt.randomization.methods.complete import Complete
from tests.irt.randomization.methods.walks import law_after, sequence_law


def test_every_sequence_of_two_equal_arms_is_as_likely():
    """32 of five subjects."""
    law = sequence_law(Complete((1, 1)), 5)
    assert len(law) == 32
    assert set(law.values()) == {Fraction(1, 32)}


def test_what_went_before_does_not_matter():
    """The ratio, always."""
    assert law_after(Complete((3, 2, 1)), "") == (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))
    assert law_after(Complete((3, 2, 1)), "AAAAAA") == (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))
