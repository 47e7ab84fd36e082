"""Selection and chronological bias: exact moments against all sequences, and against what the papers say."""

from fractions import Fraction

import numpy as np
import pytest

from irt.randomization.assessment.assess import Question, assess, exact_layers, sequences
from irt.randomization.assessment.chronological_bias import StepOutOfReach, chronological_bias, trend
from irt.randomization.assessment.effects import Bias
from irt.randomization.assessment.layers import Layer
from irt.randomization.assessment.selection_bias import selection_bias
from irt.randomization.assessment.usual_designs import title, usual_designs
from irt.randomization.design import Design
from tests.irt.randomization.assessment.enumeration import Written, every_sequence, leads, mean, two_arms

SMALL = [(design, 8) for design in usual_designs(("A", "B"), (1, 1))] + [
    (two_arms("permuted_block", (2, 1), block_sizes=[3, 6]), 9)
]


def followed(design: Design, subjects: int) -> tuple[Layer, ...]:
    """The layers of a design that is assessed exactly."""
    layers = exact_layers(design, Question(subjects))
    assert layers is not None
    return layers


def by_hand(design: Design, subjects: int, shifts: object) -> Bias:
    """The first two moments of the sum over subjects, all sequences counted."""
    weights = [Fraction(sum(design.ratio), subjects * share) for share in design.ratio]

    def total(each: Written) -> Fraction:
        signed = [weights[arm] if arm == 0 else -weights[arm] for arm in each.arms]
        return sum((w * Fraction(s) for w, s in zip(signed, shifts(each), strict=True)), Fraction(0))  # type: ignore[operator]  # a test's own function

    sequences_ = every_sequence(design, subjects)
    return Bias(float(mean(sequences_, total)), float(mean(sequences_, lambda each: total(each) ** 2)) ** 0.5)


@pytest.mark.parametrize(
    ("design", "subjects"), SMALL, ids=lambda each: title(each) if isinstance(each, Design) else ""
)
def test_selection_bias_over_all_sequences(design: Design, subjects: int) -> None:
    """Up by one where the first arm is behind, down by one where it is ahead."""

    def shifts(each: Written) -> list[int]:
        return [(lead < 0) - (lead > 0) for lead in [*leads(each.arms)][:-1]]

    found = selection_bias(followed(design, subjects), design.ratio, 1.0)
    assert found[:2] == pytest.approx(by_hand(design, subjects, shifts)[:2], abs=1e-12)


@pytest.mark.parametrize(
    ("design", "subjects"), SMALL, ids=lambda each: title(each) if isinstance(each, Design) else ""
)
def test_chronological_bias_over_all_sequences(design: Design, subjects: int) -> None:
    """A linear rise, subject by subject."""
    drift = trend("linear", subjects, 0.5)
    found = chronological_bias(followed(design, subjects), design.ratio, drift)
    expected = by_hand(design, subjects, lambda each: [Fraction(number, 2) for number in range(1, subjects + 1)])
    assert found[:2] == pytest.approx(expected[:2], abs=1e-12)


def test_the_bias_factor_of_blackwell_and_hodges() -> None:
    """Each guess beyond one half of them is worth 4/n of the effect."""
    for design in usual_designs(("A", "B"), (1, 1)):
        excess = assess(design, Question(40)).figures.convergence - 20
        found = selection_bias(followed(design, 40), (1, 1), 0.3)
        assert found.expected == pytest.approx(0.3 * 4 / 40 * excess, abs=1e-12), title(design)


def test_tight_blocks_leave_the_least_of_a_drift() -> None:
    """Blocks of two undo a linear trend but for half a step a block; a coin takes in all of it."""
    drift = trend("linear", 40, 1 / 40)
    designs = [two_arms("permuted_block", block_sizes=[2]), two_arms("big_stick", mti=3), two_arms("complete")]
    tight, stick, coin = (chronological_bias(followed(design, 40), (1, 1), drift) for design in designs)
    assert tight.root_mean_square < stick.root_mean_square < coin.root_mean_square
    assert tight.root_mean_square == pytest.approx((2 / 40) * (1 / 40) * 20**0.5, rel=1e-12)
    assert coin.expected == pytest.approx(0, abs=1e-15)


def test_simulated_biases_agree_with_exact_ones() -> None:
    """Within five standard errors."""
    design = two_arms("permuted_block", block_sizes=[4])
    drawn = sequences(design, Question(24, 4000, 5))
    exact, simulated = (selection_bias(trials, (1, 1), 0.5) for trials in (followed(design, 24), drawn))
    assert abs(exact.expected - simulated.expected) < 5 * simulated.standard_error
    drift = trend("step", 24, 1.0)
    exact, simulated = (chronological_bias(trials, (1, 1), drift) for trials in (followed(design, 24), drawn))
    assert abs(exact.expected - simulated.expected) < 5 * simulated.standard_error + 1e-12
    assert simulated.root_mean_square == pytest.approx(exact.root_mean_square, rel=0.1, abs=1e-9)


def test_the_three_trends() -> None:
    """Tamm and Hilgers (2014): theta i, theta log(i/n), and theta from one subject on."""
    assert trend("linear", 4, 2.0) == pytest.approx([2, 4, 6, 8])
    assert trend("log", 4, 1.0) == pytest.approx(np.log([0.25, 0.5, 0.75, 1]))
    assert trend("step", 4, 3.0, 2) == pytest.approx([0, 3, 3, 3])
    assert trend("step", 4, 3.0) == pytest.approx([0, 0, 3, 3])
    with pytest.raises(StepOutOfReach):
        trend("step", 4, 1.0, 5)
