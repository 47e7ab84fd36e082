"""The rate of openings is learned from the months so far, and runs on with what is not known of it."""

import numpy as np
import pytest

from simulation.enrolment.openings import GRID, draw_openings, opening_law


def drawn(openings: list[int], months: int = 12) -> np.ndarray:
    """Many draws of the months that follow."""
    return draw_openings(opening_law(np.array(openings)), 3000, months, np.random.default_rng(1))


def test_weights_and_places_are_chances() -> None:
    """They sum to one."""
    law = opening_law(np.array([3, 1, 4, 1, 5]))
    assert law.weight.sum() == pytest.approx(1)
    assert law.standing.sum(axis=1) == pytest.approx(np.ones(len(law.weight)))
    assert law.standing.shape[1] == len(GRID)


def test_a_steady_rate_is_believed_for_the_next_month() -> None:
    """After two years of about eight a month, about eight; the pool of sites runs out slowly."""
    following = drawn([8, 7, 9, 8] * 6)
    assert 6.5 < following[:, 0].mean() < 8.5
    assert np.median(following.sum(axis=1)) < 12 * 8
    assert following[:, 11].std() > following[:, 0].std()


def test_a_leap_is_followed_within_a_month_or_two() -> None:
    """Trials are enlarged: after a year of one a month, thirty and twenty-five."""
    assert drawn([1] * 12 + [30, 25])[:, 0].mean() > 15


def test_a_trial_that_opens_no_more_sites_is_believed() -> None:
    """A year without any."""
    assert drawn([6] * 6 + [0] * 12).sum(axis=1).mean() < 3
