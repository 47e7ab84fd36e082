"""Outcomes as whole numbers."""

from fractions import Fraction

import pytest

from irt.randomization.scores import NotARate, scores_of


def outcomes(*written: str | None) -> list[Fraction | None]:
    """As they stand in a file."""
    return [None if each is None else Fraction(each) for each in written]


def test_means_are_scaled_to_whole_numbers() -> None:
    """By the common denominator."""
    assert scores_of(outcomes("0.5", None, "1/3", "-2"), "means") == ([3, None, 2, -12], 6)


def test_ties_share_their_mean_rank() -> None:
    """Twice the ranks 1, 2.5, 2.5, 4."""
    assert scores_of(outcomes("7", "8", None, "8", "9"), "ranks") == ([2, 5, None, 5, 8], 2)


def test_rates_are_zero_or_one() -> None:
    """By the subject that is neither."""
    assert scores_of(outcomes("1", "0", None), "rates") == ([1, 0, None], 1)
    with pytest.raises(NotARate, match="subject 2"):
        scores_of(outcomes("1", "0.5"), "rates")
