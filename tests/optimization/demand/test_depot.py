"""A depot's demand: pooled over sites exactly, and under a cap on enrolment."""

import numpy as np
import pytest

from optimization.demand.depot import (
    Enrolling,
    enrolled_under_cap,
    of_so_many,
    pooled,
    pooled_under_cap,
    pooling_of,
)
from optimization.demand.enrolment import Rate, new_subjects
from optimization.demand.mass import mean_of, poisson_binomial
from optimization.demand.refusals import UnusableDemand

SITES = [new_subjects(Rate(1.5, 40.0), days) for days in (10.0, 30.0, 50.0)] * 10


def test_pooling_keeps_means_and_needs_less_than_sites_for_themselves() -> None:
    """Means add; the stock for all together is below the sum of each one's."""
    told = pooling_of(SITES, 0.01)
    assert told.mean == pytest.approx(sum(float(mean_of(site)) for site in SITES), rel=1e-6)
    assert told.at_depot < told.at_sites
    assert pooled(SITES).sum() == pytest.approx(1)


def test_sites_of_one_scale_pool_to_a_negative_binomial() -> None:
    """The sum of negative binomials of one scale is one with the shapes' sum."""
    together = pooled([new_subjects(Rate(1.5, 40.0), 30.0)] * 8)
    assert np.allclose(together[:40], new_subjects(Rate(12.0, 40.0), 30.0)[:40])


def test_a_cap_far_away_changes_nothing_and_a_near_one_holds() -> None:
    """Without a binding cap the sample average meets the exact law; with one, nothing is beyond it."""
    enrolling = Enrolling((Rate(1.5, 40.0),) * 8, (30.0,) * 8, 1.0, np.array([0.0, 1.0]))
    free = pooled_under_cap([], enrolling, 1_000, 40_000, 3)
    exact = new_subjects(Rate(12.0, 40.0), 30.0)
    assert np.abs(free[:30] - exact[:30]).max() < 5 * np.sqrt(exact.max() / 40_000)
    capped = pooled_under_cap([poisson_binomial(np.array([0.5]))], enrolling, 5, 4_000, 3)
    assert len(capped) == 7
    assert capped.sum() == pytest.approx(1)
    assert mean_of(enrolled_under_cap(enrolling, 5, 4_000, 3)) <= 5


def test_a_random_number_of_equal_sums() -> None:
    """Two subjects or none, each taking one or two kits."""
    assert np.allclose(
        of_so_many(np.array([0.5, 0.0, 0.5]), np.array([0.0, 0.5, 0.5])), [0.5, 0, 0.125, 0.25, 0.125]
    )


def test_a_cap_below_zero_is_refused() -> None:
    """Nor is a sample average made from no sample."""
    enrolling = Enrolling((), (), 1.0, np.array([1.0]))
    with pytest.raises(UnusableDemand):
        pooled_under_cap([], enrolling, -1, 10, 1)
