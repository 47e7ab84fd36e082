"""Balance reached: counts, differences from planned shares, the largest of them."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from irt.randomization.balance import OVERALL, margin, margins
from tests.irt.randomization.builders import arms

HISTORY = [
    ({"sex": "F", "site": "101"}, "A"),
    ({"sex": "F", "site": "202"}, "A"),
    ({"sex": "M", "site": "101"}, "B"),
]


def test_differences_by_hand() -> None:
    """2:1 over three subjects: two A and one B overall is exact; both F in A is 2/3 too many."""
    reached = {one.key: one for one in margins(HISTORY, arms(2, 1))}
    assert list(reached) == [OVERALL, "sex=F", "sex=M", "site=101", "site=202"]
    assert reached[OVERALL].differences == {"A": 0, "B": 0}
    assert reached["sex=F"].counts == {"A": 2, "B": 0}
    assert reached["sex=F"].differences == {"A": Fraction(2, 3), "B": Fraction(-2, 3)}
    assert reached["sex=M"].largest == Fraction(2, 3)


@given(st.lists(st.integers(0, 50), min_size=3, max_size=3))
def test_differences_sum_to_nothing(counts: list[int]) -> None:
    """What one arm has too many the others have too few."""
    one = margin("sex=F", dict(zip("ABC", counts, strict=True)), arms(3, 2, 1))
    assert sum(one.differences.values()) == 0
    assert one.largest == max(map(abs, one.differences.values()))


def test_nobody_yet_is_in_balance() -> None:
    """No subjects, no difference."""
    assert [one.largest for one in margins([], arms(1, 1))] == [0]
