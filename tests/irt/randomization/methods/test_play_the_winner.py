"""The urn of Wei and Durham, ball by ball."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.methods.method import Step, remember
from irt.randomization.methods.play_the_winner import PlayTheWinner
from irt.randomization.scheme import UnusablePlan
from tests.irt.randomization.methods.adaptive import known


def urn(*ratio: int, initial: str = "1", added: str = "1") -> PlayTheWinner:
    """RPW(1, 1) unless told otherwise."""
    return PlayTheWinner(ratio, Fraction(initial), Fraction(added))


@pytest.mark.parametrize(
    ("history", "first"),
    [
        ([], "1/2"),
        (known(0, "1"), "2/3"),
        (known(0, "0"), "1/3"),
        (known(1, "0"), "2/3"),
        (known(0, "-"), "1/2"),
        (known(0, "11") + known(1, "0"), "4/5"),
    ],
)
def test_two_arms(history: list[Step], first: str) -> None:
    """A success adds to the own arm, a failure to the other, what is not known adds nothing."""
    made = urn(1, 1)
    assert made.law(remember(made, history)) == (Fraction(first), 1 - Fraction(first))


def test_three_arms_share_what_a_failure_adds() -> None:
    """Half a ball to each of the two others."""
    made = urn(1, 1, 1)
    assert made.law(remember(made, known(0, "0"))) == (Fraction(1, 4), Fraction(3, 8), Fraction(3, 8))


def test_an_urn_that_nothing_fills_is_complete_randomization() -> None:
    """Two to one, whatever is seen."""
    made = urn(2, 1, added="0")
    assert made.law(remember(made, known(0, "1110") + known(1, "0"))) == (Fraction(2, 3), Fraction(1, 3))


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from([0, 1, None])), max_size=30))
@settings(deadline=None, max_examples=60)
def test_only_counts_matter(outcomes: list[tuple[int, int | None]]) -> None:
    """Any order of the same responses gives the same urn, with as many balls as responses have added."""
    made = urn(2, 1, 1, initial="3/2", added="2")
    steps = [Step(arm, (), response) for arm, response in outcomes]
    memory = remember(made, steps)
    assert memory == remember(made, steps[::-1])
    assert sum(memory) == 6 + 2 * sum(response is not None for _, response in outcomes)
    assert sum(made.law(memory)) == 1


@pytest.mark.parametrize(("initial", "added"), [("0", "1"), ("-1", "1"), ("1", "-1")])
def test_it_refuses_an_urn_without_balls(initial: str, added: str) -> None:
    """There would be no law."""
    with pytest.raises(UnusablePlan):
        urn(1, 1, initial=initial, added=added)
