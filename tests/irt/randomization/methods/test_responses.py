"""Tallies of responses, and the first subjects of a response-adaptive trial."""

from fractions import Fraction

import pytest

from irt.randomization.methods.method import Step
from irt.randomization.methods.responses import BurnIn, Tally, UnusableResponse, tallied
from irt.randomization.scheme import UnusablePlan


def test_a_response_not_known_yet_is_not_counted() -> None:
    """The subject is."""
    tallies = (Tally(), Tally())
    for response in (1, None, 0, None):
        tallies = tallied(tallies, Step(1, (), response))
    assert tallies == (Tally(), Tally(4, 1, 1))


@pytest.mark.parametrize("response", [2, -1, "1"])
def test_it_refuses_what_is_no_response(response: object) -> None:
    """Success, failure or nothing."""
    with pytest.raises(UnusableResponse):
        tallied((Tally(), Tally()), Step(0, (), response))  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    ("by", "allocated", "law"),
    [
        ("complete", (0, 0), ("2/3", "1/3")),
        ("complete", (5, 0), ("2/3", "1/3")),
        ("permuted", (0, 0), ("2/3", "1/3")),
        ("permuted", (3, 0), ("1/3", "2/3")),
        ("permuted", (4, 1), ("0", "1")),
        ("permuted", (5, 0), ("2/3", "1/3")),
    ],
)
def test_six_subjects_two_to_one(by: str, allocated: tuple[int, int], law: tuple[str, str]) -> None:
    """Each by itself, or as a block of four and two; a block that was left goes on by the ratio."""
    burn_in = BurnIn(6, (2, 1), by)  # type: ignore[arg-type]  # a plain text from the table above
    assert burn_in.law(allocated) == tuple(map(Fraction, law))
    assert burn_in.law((4, 2)) is None


@pytest.mark.parametrize(("subjects", "by"), [(-1, "complete"), (5, "permuted")])
def test_it_refuses_an_impossible_burn_in(subjects: int, by: str) -> None:
    """Fewer than none, or no whole block."""
    with pytest.raises(UnusablePlan):
        BurnIn(subjects, (2, 1), by)  # type: ignore[arg-type]  # a plain text from the table above
