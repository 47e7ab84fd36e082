"""How many subjects are enough, held against trials without a leak and with one."""

import numpy as np

from irt.blinding.leaks.power import (
    FIELD_LEVEL,
    LIMIT,
    PASSED,
    POWER,
    error_at_chance,
    power_for_field,
    subjects_for_field,
    subjects_for_limit,
)
from irt.blinding.leaks.rank_test import rank_test, two_sided

TRIALS = 200


def test_the_numbers_that_the_report_names() -> None:
    """For the limit nine times of ten, and 99 of 100; to name one field among 500; more for unequal arms."""
    assert subjects_for_limit() == 1143
    assert subjects_for_limit(power=PASSED) == 2104
    assert subjects_for_field(500) == 1027
    assert subjects_for_field(1) < subjects_for_field(100) < subjects_for_field(500)
    assert subjects_for_limit(2 / 3) > subjects_for_limit()
    assert (
        power_for_field(subjects_for_field(500), 500) >= POWER > power_for_field(subjects_for_field(500) - 5, 500)
    )


def test_without_a_leak_so_many_stay_below_the_limit() -> None:
    """Nine of ten trials of the named size have an upper limit below 0.55."""
    rng, subjects = np.random.default_rng(5), subjects_for_limit()
    error = error_at_chance(subjects)
    ones = np.arange(subjects) < subjects // 2
    sites = np.zeros(subjects, dtype=np.int64)
    below = [rank_test(rng.normal(size=subjects), ones, sites).area + 1.645 * error < LIMIT for _ in range(TRIALS)]
    assert abs(np.mean(below) - POWER) < 0.05


def test_so_many_name_a_field_that_is_worth_finding() -> None:
    """Two normal laws a third of a deviation apart have an area of 0.60; nine of ten trials name it among 500."""
    rng, subjects = np.random.default_rng(6), subjects_for_field(500)
    ones = np.arange(subjects) < subjects // 2
    sites = np.zeros(subjects, dtype=np.int64)
    named = [
        two_sided(rank_test(rng.normal(size=subjects) + 0.3583 * ones, ones, sites).z) < FIELD_LEVEL / 500
        for _ in range(TRIALS)
    ]
    assert np.mean(named) > POWER - 0.05


def test_nobody_finds_anything_in_one_subject() -> None:
    """The power is 0, not an error."""
    assert power_for_field(1, 10) == 0
