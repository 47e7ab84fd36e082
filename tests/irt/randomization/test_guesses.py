"""How well arms given so far could have been guessed."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.guesses import Given, guessed, together

HALF = {"A": Fraction(1, 2), "B": Fraction(1, 2)}


def test_blocks_of_two_are_guessed_in_three_of_four() -> None:
    """Each second subject is certain, each first a coin's throw (Blackwell and Hodges 1957)."""
    sure = {"A": Fraction(0), "B": Fraction(1)}
    history = [Given("", HALF, "A"), Given("", sure, "B")] * 2
    (found,) = guessed(history, {"A": 1, "B": 1})
    assert (found.subjects, found.by_chances, found.by_counts, found.sure) == (4, 3, 3, 2)
    assert found.share == 0.75


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("st"), st.sampled_from("AB")), max_size=30))
def test_whoever_knows_nothing_is_right_half_of_the_time(rows: list[tuple[str, str]]) -> None:
    """With a fair coin for everybody, whatever came; and strata add up."""
    parts = guessed([Given(stratum, HALF, arm) for stratum, arm in rows], {"A": 1, "B": 1})
    whole = together(parts)
    assert whole.by_chances == Fraction(len(rows), 2)
    assert whole.subjects == len(rows)
    assert 0 <= whole.by_counts <= len(rows)
