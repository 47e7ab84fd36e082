"""Chances of any miss: published intervals, and coverage by enumeration."""

import numpy as np
import pytest
from scipy.special import bdtr

from simulation.analysis.confidence_sequence import anytime
from simulation.analysis.proportions import clopper_pearson, replications_without_hit, wilson
from simulation.analysis.refusals import UnusableReplications

NEWCOMBE = [
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
    (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
]
"""Newcombe, Stat Med 1998, table I: Wilson's and the exact interval."""


@pytest.mark.parametrize(("hits", "trials", "score", "exact"), NEWCOMBE)
def test_published_intervals(
    hits: int, trials: int, score: tuple[float, float], exact: tuple[float, float]
) -> None:
    """All four digits."""
    one, other = wilson(hits, trials), clopper_pearson(hits, trials)
    assert (one.low, one.high) == pytest.approx(score, abs=5e-5)
    assert (other.low, other.high) == pytest.approx(exact, abs=5e-5)


def _coverage(intervals: list[tuple[float, float]], chance: float) -> float:
    count = len(intervals) - 1
    masses = np.diff([0.0, *bdtr(np.arange(count + 1), count, chance)])
    return float(sum(mass for mass, (low, high) in zip(masses, intervals, strict=True) if low <= chance <= high))


def test_the_exact_interval_covers_at_every_chance_and_wilson_s_in_the_mean() -> None:
    """Counted over all outcomes of 60 replications, at chances across the whole range."""
    chances = np.linspace(0.002, 0.998, 250)
    exact = [(told.low, told.high) for told in (clopper_pearson(hits, 60) for hits in range(61))]
    score = [(told.low, told.high) for told in (wilson(hits, 60) for hits in range(61))]
    assert min(_coverage(exact, chance) for chance in chances) >= 0.95
    assert np.mean([_coverage(score, chance) for chance in chances]) == pytest.approx(0.95, abs=0.005)


@pytest.mark.parametrize(("limit", "needed"), [(0.01, 299), (0.001, 2995), (0.5, 5)])
def test_how_many_replications_without_a_miss(limit: float, needed: int) -> None:
    """The rule of three, exactly; one fewer would not do."""
    assert replications_without_hit(limit) == needed
    assert (1 - limit) ** needed <= 0.05 < (1 - limit) ** (needed - 1)


@pytest.mark.parametrize(("hits", "trials"), [(-1, 5), (6, 5), (0, 0)])
def test_impossible_counts_are_refused(hits: int, trials: int) -> None:
    """By every interval."""
    for interval in (wilson, clopper_pearson, anytime):
        with pytest.raises(UnusableReplications):
            interval(hits, trials)


@pytest.mark.parametrize("hits", [0, 1, 7, 50, 100])
def test_an_interval_for_all_times_contains_the_exact_one_of_one_time(hits: int) -> None:
    """What holds after every replication at once is wider, and mirrors when hits and others change places."""
    always, once, mirrored = anytime(hits, 100), clopper_pearson(hits, 100), anytime(100 - hits, 100)
    assert always.low <= once.low
    assert always.high >= once.high
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((always.low, always.high))
