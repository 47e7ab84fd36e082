"""Scores of forecasts, against values worked out by hand."""

import numpy as np
import pytest

from simulation.enrolment.scores import coverage, crps, place


@pytest.mark.parametrize(
    ("paths", "truth", "score"),
    [([7], 7, 0.0), ([7], 4, 3.0), ([0, 2], 1, 0.5), ([0, 2], 5, 3.5), ([1, 1, 1, 5], 1, 0.25)],
)
def test_the_score_is_distance_less_half_the_spread(paths: list[int], truth: float, score: float) -> None:
    """E|X - y| - E|X - X'| / 2."""
    values = np.array(paths)
    by_hand = np.abs(values - truth).mean() - np.abs(values[:, None] - values).mean() / 2
    assert by_hand == pytest.approx(score)
    assert crps(paths, truth) == pytest.approx(score)


def test_a_truth_has_its_place_among_the_paths() -> None:
    """Equal ones count half."""
    assert place([1, 2, 2, 3], 2) == 0.5
    assert place([1, 2, 3, 4], 5) == 1.0
    assert place([1, 2, 3, 4], 0) == 0.0


def test_coverage_counts_the_middle() -> None:
    """Both ends belong to the interval."""
    assert coverage(np.array([0.0, 0.25, 0.5, 0.75, 1.0]), 0.5) == 0.6
