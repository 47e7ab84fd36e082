"""Choosing a policy: the right one as often as promised, with fewer replications for those far behind."""

import numpy as np
import pytest

from simulation.analysis.refusals import UnusableReplications
from simulation.analysis.selection import Selecting, chance_of_correct, screen, select_best, shares_of_budget

TRIALS = 150


def _world(trial: int, means: np.ndarray, shared: float) -> np.ndarray:
    """4,000 replications of every policy; `shared` of the variance is common to all."""
    draws = np.random.Generator(np.random.PCG64([trial, len(means)]))
    own, common = draws.normal(size=(4000, len(means))), draws.normal(size=(4000, 1))
    return np.asarray(means + np.sqrt(1 - shared) * own + np.sqrt(shared) * common)


@pytest.mark.parametrize("shared", [0.0, 0.8])
def test_the_best_of_ten_is_chosen_as_often_as_promised(shared: float) -> None:
    """The hardest case, all others behind by just the indifference: right in 90 %, less what 150 tries may vary."""
    means = np.array([0.5] * 4 + [0.0] + [0.5] * 5)
    right, used = 0, []
    for trial in range(TRIALS):
        world = _world(trial, means, shared)
        told = select_best(lambda some, at, w=world: w[at][:, list(some)], 10, Selecting(0.5, error=0.1, first=20))
        right += told.best == 4
        used.append(sum(told.replications))
        assert told.remaining == (told.best,)
    assert right >= 0.85 * TRIALS
    assert np.mean(used) < (600 if shared == 0 else 260)


def test_those_far_behind_are_not_run_again() -> None:
    """A policy worse by ten deviations leaves after the first replications."""
    world = _world(1, np.array([0.0, 0.1, 10.0]), 0.0)
    told = select_best(lambda some, at: world[at][:, list(some)], 3, Selecting(0.1))
    assert told.best == 0
    assert told.replications[2] == 30
    assert told.replications[0] > 30


def test_equal_policies_end_with_the_first() -> None:
    """Two spellings of one policy differ in nothing: no replication is spent on telling them apart."""
    world = _world(2, np.zeros(1), 0.0)[:, [0, 0, 0]]
    assert select_best(lambda some, at: world[at][:, list(some)], 3, Selecting(0.1)).best == 0


def test_an_end_before_the_choice_says_who_remains() -> None:
    """Close policies and few replications: the leader is named, with all that may still be better."""
    world = _world(3, np.array([0.0, 0.01, 0.02]), 0.0)
    told = select_best(lambda some, at: world[at][:, list(some)], 3, Selecting(0.005, most=60))
    assert len(told.remaining) == 3
    assert told.replications == (60, 60, 60)


def test_screening_keeps_the_best_as_often_as_promised() -> None:
    """Twenty equal policies are the hardest to keep one of; clear losers are gone."""
    kept = sum(0 in screen(_world(trial, np.zeros(20), 0.5)[:40], 0.1) for trial in range(TRIALS))
    assert kept >= 0.86 * TRIALS
    assert screen(_world(5, np.array([0.0, 0.1, 5.0]), 0.5)[:40]) == (0, 1)


def test_a_budget_goes_where_it_is_hard_to_tell() -> None:
    """Chen's rule: rivals by (deviation / distance) squared, the best by the root of the sum of squares."""
    shares = shares_of_budget(np.array([0.0, 1.0, 2.0]), np.array([4.0, 4.0, 4.0]))
    assert shares / shares[2] == pytest.approx([np.sqrt(16 + 1), 4.0, 1.0])
    assert shares.sum() == pytest.approx(1.0)
    even, shared = (
        chance_of_correct(np.array([0.0, 1.0, 2.0]), np.full(3, 4.0), 90 * each)
        for each in (np.full(3, 1 / 3), shares)
    )
    assert 0.9 < even < shared < 1.0


@pytest.mark.parametrize("means", [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
def test_a_tie_cannot_be_budgeted(means: list[float]) -> None:
    """More replications of all come first."""
    with pytest.raises(UnusableReplications):
        shares_of_budget(np.array(means), np.ones(3))


@pytest.mark.parametrize(
    "settings", [{"indifference": 0.0}, {"indifference": 1.0, "error": 1.0}, {"indifference": 1.0, "first": 2}]
)
def test_a_choice_needs_its_promise(settings: dict[str, float]) -> None:
    """A difference worth knowing, an error rate, replications to begin with."""
    with pytest.raises(UnusableReplications):
        Selecting(**settings)  # type: ignore[arg-type]  # wrong on purpose
