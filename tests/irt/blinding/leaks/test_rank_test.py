"""The area under a curve, its test within sites and its interval, held against counting by hand."""

from itertools import combinations

import numpy as np
import pytest

from irt.blinding.leaks.rank_test import area_with_error, one_sided, rank_test, two_sided

ONE_SITE = np.zeros(9, dtype=np.int64)


def _by_pairs(scores: np.ndarray, ones: np.ndarray) -> float:
    pairs = [(a > b) + 0.5 * (a == b) for a in scores[ones] for b in scores[~ones]]
    return sum(pairs) / len(pairs)


@pytest.mark.parametrize("seed", range(5))
def test_the_area_is_the_share_of_pairs(seed: int) -> None:
    """A unit of the one arm stands above one of the other; ties count half."""
    rng = np.random.default_rng(seed)
    scores, ones = rng.integers(0, 6, 9).astype(float), np.arange(9) < 4
    assert rank_test(scores, ones, ONE_SITE).area == pytest.approx(_by_pairs(scores, ones))
    assert area_with_error(scores, ones, np.arange(9))[0] == pytest.approx(_by_pairs(scores, ones))


def test_the_error_under_chance_is_that_of_all_permutations_within_sites() -> None:
    """Two sites of five and four: every way to give the arms is counted."""
    scores = np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5])
    sites = np.array([0] * 5 + [1] * 4)
    areas = []
    for first in combinations(range(5), 2):
        for second in combinations(range(5, 9), 3):
            ones = np.isin(np.arange(9), [*first, *second])
            areas.append(rank_test(scores, ones, sites).area)
    told = rank_test(scores, np.isin(np.arange(9), [0, 1, 5, 6, 7]), sites)
    assert told.error == pytest.approx(np.std(areas))
    assert np.mean(areas) == pytest.approx(0.5)


def test_what_only_sites_differ_in_tells_nothing() -> None:
    """One site has more of one arm and higher scores; within it the arms are alike."""
    sites = np.array([0] * 6 + [1] * 6)
    ones = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1], dtype=bool)
    scores = np.array([5.0] * 6 + [1.0] * 6)
    assert rank_test(scores, ones, sites).z == 0
    assert _by_pairs(scores, ones) > 0.6


def test_what_comes_in_clumps_scatters_more_than_permutations_say() -> None:
    """At each site the later kits are mostly of one type, another one at each: no field tells a type from that."""
    rng = np.random.default_rng(12)
    sites = np.repeat(np.arange(30), 40)
    later = np.tile(np.arange(40) >= 20, 30)
    favoured = np.repeat(rng.random(30) < 0.5, 40)
    ones = rng.random(1200) < np.where(later == favoured, 0.9, 0.1)
    days = later * 30.0 + rng.random(1200)
    clumped = rank_test(days, ones, sites)
    assert abs(clumped.z) < 2.5
    few = rank_test(days[sites < 9], ones[sites < 9], sites[sites < 9])
    assert few.error < clumped.error
    assert abs(rank_test(days, later ^ (rng.random(1200) < 0.3), sites).z) > 8


def test_clusters_widen_the_interval() -> None:
    """Ten copies of each unit are no more than one; without clusters the interval is DeLong's."""
    rng = np.random.default_rng(3)
    scores, ones = rng.normal(size=60), np.arange(60) < 30
    _, plain = area_with_error(scores, ones, np.arange(60))
    above = np.array([(score > scores[~ones]).mean() for score in scores[ones]])
    below = np.array([(score < scores[ones]).mean() for score in scores[~ones]])
    assert plain == pytest.approx(np.sqrt(above.var(ddof=1) / 30 + below.var(ddof=1) / 30), rel=0.02)
    copied = area_with_error(np.repeat(scores, 10), np.repeat(ones, 10), np.repeat(np.arange(60), 10))
    assert copied[1] == pytest.approx(plain, rel=0.05)


def test_without_two_arms_there_is_nothing_to_tell() -> None:
    """The area is one half and no limit holds."""
    ones = np.ones(9, dtype=bool)
    assert rank_test(np.arange(9.0), ones, ONE_SITE).z == 0
    assert area_with_error(np.arange(9.0), ones, ONE_SITE) == (0.5, np.inf)


def test_chances_of_a_z() -> None:
    """The figures of every table."""
    assert two_sided(-1.959964) == pytest.approx(0.05, abs=1e-6)
    assert one_sided(1.644854) == pytest.approx(0.05, abs=1e-6)
