"""After a code break: the chances of the other subjects, by Bayes over all sequences and by two passes."""

from collections.abc import Mapping

import pytest

from irt.randomization.assessment.assess import Question, exact_layers
from irt.randomization.assessment.code_break import ImpossibleRevelation, chances_given
from irt.randomization.assessment.usual_designs import title, usual_designs
from irt.randomization.design import Design
from tests.irt.randomization.assessment.enumeration import every_sequence, mean, two_arms


def chances(design: Design, subjects: int, revealed: Mapping[int, int]) -> list[float]:
    """By the two passes."""
    layers = exact_layers(design, Question(subjects))
    assert layers is not None
    return [float(chance) for chance in chances_given(layers, revealed)]


@pytest.mark.parametrize("revealed", [{}, {2: 0}, {0: 1, 5: 1}, {1: 0, 2: 1, 6: 0}])
@pytest.mark.parametrize(
    "design",
    [*usual_designs(("A", "B"), (1, 1)), two_arms("permuted_block", (2, 1), block_sizes=[3, 6])],
    ids=title,
)
def test_bayes_over_all_sequences(design: Design, revealed: dict[int, int]) -> None:
    """The chance of the first arm among the sequences that fit what is revealed."""
    subjects = 9 if design.ratio == (2, 1) else 8
    fitting = [
        each
        for each in every_sequence(design, subjects)
        if all(each.arms[place] == arm for place, arm in revealed.items())
    ]
    whole = mean(fitting, lambda each: 1)
    by_hand = [float(mean(fitting, lambda each, at=place: each.arms[at] == 0) / whole) for place in range(subjects)]
    assert chances(design, subjects, revealed) == pytest.approx(by_hand, abs=1e-12)


def test_three_of_a_block_tell_the_fourth() -> None:
    """In blocks of four A, A, B leave B; the next block stays as it was."""
    told = chances(two_arms("permuted_block", block_sizes=[4]), 8, {0: 0, 1: 0, 2: 1})
    assert told == pytest.approx([1, 1, 0, 0, 0.5, 0.5, 0.5, 0.5])


def test_complete_randomization_tells_nothing() -> None:
    """Whatever is revealed."""
    assert chances(two_arms("complete"), 6, {0: 0, 1: 0, 2: 0})[3:] == pytest.approx([0.5] * 3)


@pytest.mark.parametrize("revealed", [{0: 0, 1: 0, 2: 0}, {8: 0}, {-1: 0}])
def test_what_cannot_be(revealed: dict[int, int]) -> None:
    """Arms that blocks of four never give, and positions outside the trial, are refused."""
    with pytest.raises(ImpossibleRevelation):
        chances(two_arms("permuted_block", block_sizes=[4]), 8, revealed)
