"""Strata with lists of their own: leads add up, guesses add up."""

import pytest

from irt.randomization.assessment.assess import Question, assess, sequences
from irt.randomization.assessment.chooser import compare
from irt.randomization.assessment.estimates import estimated_together
from irt.randomization.assessment.strata import even_sizes, together
from irt.randomization.design import Design
from tests.irt.randomization.assessment.enumeration import (
    convergence_guesses,
    every_sequence,
    leads,
    mean,
    two_arms,
)


@pytest.mark.parametrize(("subjects", "strata", "sizes"), [(10, 3, (4, 3, 3)), (6, 2, (3, 3)), (2, 4, (1, 1))])
def test_even_sizes(subjects: int, strata: int, sizes: tuple[int, ...]) -> None:
    """No two strata differ by more than one, and none is empty."""
    assert even_sizes(subjects, strata) == sizes


@pytest.mark.parametrize("ratio", [(1, 1), (2, 1)])
def test_two_strata_are_every_pair_of_sequences(ratio: tuple[int, int]) -> None:
    """The law of the whole trial's lead, counted over all pairs."""
    design = two_arms("block_urn", ratio, **{"lambda": 2})
    figures = [assess(design, Question(subjects)).figures for subjects in (3, 5)]
    whole = together(figures, ratio)
    pairs: dict[int, float] = {}
    for one in every_sequence(design, 3):
        for other in every_sequence(design, 5):
            lead = [*leads(one.arms)][-1] + [*leads(other.arms)][-1]
            pairs[lead] = pairs.get(lead, 0.0) + float(one.chance * other.chance)
    planned = 8 * (ratio[0] - ratio[1]) / sum(ratio)
    assert dict(whole.imbalance.distribution) == pytest.approx(pairs, abs=1e-12)
    assert whole.imbalance.expected_abs_final == pytest.approx(sum(abs(d) * p for d, p in pairs.items()))
    assert whole.imbalance.off_ratio_final == pytest.approx(sum(abs(d - planned) * p for d, p in pairs.items()))
    guessed = sum(mean(every_sequence(design, subjects), convergence_guesses) for subjects in (3, 5))
    assert whole.convergence == pytest.approx(float(guessed))
    assert whole.subjects == 8


def test_simulated_strata_are_those_of_the_exact_route() -> None:
    """Both routes within five standard errors, figure by figure."""
    design, sizes = two_arms("efron", p="2/3"), (12, 7, 5)
    exact = together([assess(design, Question(size)).figures for size in sizes], (1, 1))
    drawn = estimated_together([sequences(design, Question(size, 4000, seed)) for seed, size in enumerate(sizes)])
    errors = drawn.standard_errors
    assert drawn.subjects == exact.subjects == 24
    assert abs(drawn.convergence - exact.convergence) < 5 * errors["convergence"]
    assert abs(drawn.directional - exact.directional) < 5 * errors["directional"]
    assert abs(drawn.imbalance.off_ratio_max - exact.imbalance.off_ratio_max) < 5 * errors["expected_max_abs"]
    assert (
        abs(drawn.imbalance.expected_abs_final - exact.imbalance.expected_abs_final)
        < 5 * errors["expected_abs_final"]
    )


def test_strata_of_three_arms_are_simulated() -> None:
    """Blocks of three end level in every stratum, so the whole trial does."""
    design = Design("permuted_block", ("A", "B", "C"), (1, 1, 1), {"block_sizes": [3]})
    (compared,), _ = compare([design], Question(30, trials=200), (12, 18))
    assert not compared.figures.exact
    assert compared.figures.subjects == 30
    assert compared.figures.imbalance.expected_abs_final == 0
    assert compared.predictability == pytest.approx((1 / 3 + 1 / 2 + 1) / 3)
