"""Simulated figures: they agree with exact ones within their error, and the same seed gives the same trials."""

import numpy as np
import pytest

from irt.randomization.assessment.assess import NotAssessable, Question, assess, sequences
from irt.randomization.assessment.characteristics import Characteristics
from irt.randomization.assessment.estimates import estimated
from irt.randomization.assessment.sequences import Sequences
from irt.randomization.assessment.usual_designs import title, usual_designs
from irt.randomization.design import Design, Factor
from tests.irt.randomization.assessment.enumeration import two_arms

FIGURES = ("expected_abs_final", "expected_max_abs", "convergence", "directional", "deterministic")


def of(figures: Characteristics, name: str) -> float:
    """A figure by the name of its standard error."""
    found = getattr(figures.imbalance, name) if name.startswith("expected") else getattr(figures, name)
    return float(found)


@pytest.mark.parametrize("design", usual_designs(("A", "B"), (1, 1)), ids=title)
def test_simulation_agrees_with_the_exact_law(design: Design) -> None:
    """Within five standard errors, figure by figure."""
    question = Question(30, trials=4000, seed=1)
    exact, drawn = assess(design, question).figures, estimated(sequences(design, question))
    for name in FIGURES:
        assert abs(of(exact, name) - of(drawn, name)) <= 5 * drawn.standard_errors[name] + 1e-9, name
    error = drawn.standard_errors["allocation_ratio"]
    assert np.abs(np.array(exact.allocation_ratio) - drawn.allocation_ratio).max() < 5 * error


def test_one_seed_one_set_of_trials() -> None:
    """Philox streams are spawned from the seed, so trials can be had again; another seed gives others."""
    design = two_arms("efron", p="2/3")
    first, again, other = (sequences(design, Question(40, 300, seed)) for seed in (7, 7, 8))
    assert (first.arms == again.arms).all()
    assert (first.arms != other.arms).any()


def test_progress_is_told_to_the_end() -> None:
    """Every batch is told."""
    told: list[tuple[int, int]] = []
    sequences(two_arms("complete"), Question(3, 25_000, 0), lambda done, asked: told.append((done, asked)))
    assert told == [(10_000, 25_000), (20_000, 25_000), (25_000, 25_000)]


def test_three_arms_are_simulated_with_their_error() -> None:
    """Blocks of 1:1:1 keep the range of counts within one block, and end each block level."""
    design = Design("permuted_block", ("A", "B", "C"), (1, 1, 1), {"block_sizes": [3]})
    figures = assess(design, Question(30, trials=2000)).figures
    assert not figures.exact
    assert set(figures.record()["standard_errors"]) == {*FIGURES, "allocation_ratio"}
    assert figures.imbalance.expected_abs_final == 0
    assert figures.imbalance.expected_max_abs == 1
    guessed = 10 * (1 / 3 + 1 / 2 + 1)
    assert figures.directional == pytest.approx(guessed, abs=1e-9)
    assert figures.convergence == pytest.approx(guessed, abs=1)
    assert figures.deterministic == 10


def test_unequal_arms_are_measured_from_their_ratio() -> None:
    """2:1 blocks of three never leave the ratio by more than 4/3, exact or simulated."""
    design = two_arms("permuted_block", (2, 1), block_sizes=[3])
    drawn = estimated(sequences(design, Question(30, 500)))
    exact = assess(design, Question(30)).figures
    assert exact.imbalance.off_ratio_final == pytest.approx(0, abs=1e-12)
    assert drawn.imbalance.off_ratio_final == pytest.approx(0, abs=1e-12)
    assert drawn.imbalance.off_ratio_max == pytest.approx(exact.imbalance.off_ratio_max, abs=0.02)


def test_response_adaptive_designs_learn_from_the_rates_given() -> None:
    """Play the winner leans to the better arm, in the law and in trials alike."""
    design = two_arms("play_the_winner", initial=1, added=1)
    question = Question(20, trials=4000, rates=[0.8, 0.2])
    exact, drawn = assess(design, question).figures, estimated(sequences(design, question))
    assert exact.exact
    assert exact.allocation_ratio[:2] == pytest.approx((0.5, 0.6), abs=1e-12)
    assert exact.allocation_ratio[-1] > 0.7
    for name in FIGURES:
        assert abs(of(exact, name) - of(drawn, name)) <= 5 * drawn.standard_errors[name] + 1e-9, name


def test_a_covariate_adaptive_method_is_followed_subject_by_subject() -> None:
    """Hu and Hu's rule has no array form here; its trials end nearer to balance than a coin's."""
    factors = (Factor("sex", ("F", "M")), Factor("age", ("young", "old")))
    params = {"p": "4/5", "weights": {"overall": 1, "stratum": 1, "margins": [1, 1]}}
    design = Design("hu_hu", ("A", "B"), (1, 1), params, factors)
    figures = assess(design, Question(30, trials=40)).figures
    assert not figures.exact
    assert figures.imbalance.expected_abs_final < 3
    assert figures.directional > 0.6 * 30


def test_dose_finding_has_no_such_figures() -> None:
    """3+3 escalates; there is no imbalance to tell."""
    with pytest.raises(NotAssessable, match="boundaries"):
        assess(Design("three_plus_three", ("1", "2", "3"), (1, 1, 1)), Question(10))


def test_rates_for_every_arm() -> None:
    """A chance of success is a chance, and there is one for each arm."""
    design = two_arms("play_the_winner", initial=1, added=1)
    for rates in ([0.5], [0.5, 1.5]):
        with pytest.raises(NotAssessable, match="chance of success"):
            assess(design, Question(10, rates=rates))


def test_three_hidden_block_sizes_of_an_unequal_ratio_are_partly_simulated() -> None:
    """Only the best guess needs the weights of the open blocks; what is simulated says so."""
    design = two_arms("permuted_block", (2, 1), block_sizes=[3, 6, 9])
    found = assess(design, Question(90, trials=500)).figures
    assert not found.exact
    assert set(found.standard_errors) == {"directional"}
    short = assess(design, Question(12)).figures
    assert short.exact


def test_arms_of_a_trial() -> None:
    """A matrix of subjects by trials."""
    drawn: Sequences = sequences(two_arms("big_stick", mti=1), Question(6, 50))
    assert drawn.arms.shape == (6, 50)
    assert (drawn.arms[0] != drawn.arms[1]).all()


@pytest.mark.parametrize("question", [Question(1000, trials=300_000), Question(150_000_000)])
def test_more_than_can_be_held_is_refused(question: Question) -> None:
    """Before anything is drawn."""
    with pytest.raises(NotAssessable, match="Ask for fewer"):
        sequences(two_arms("complete"), question)
