"""Demand paths and what is known of them: each site has its own stream, and nobody sees ahead."""

from dataclasses import replace

import numpy as np
import pytest

from optimization.demand.mass import mean_of
from optimization.demand.titration import fixed_dose
from optimization.demand.visits import Conduct, Subject, kits_of_subject
from optimization.policies.facts import NEVER, known_at
from optimization.policies.futures import futures_of
from optimization.policies.paths import FRESH_SET, TRAINING_SET, Paths, Trial, draw_paths

TRIAL = Trial(sites=12)


@pytest.fixture(scope="module", name="paths")
def drawn_paths() -> Paths:
    """Twelve sites of one set."""
    return draw_paths(TRIAL, 3, TRAINING_SET)


def test_more_sites_change_no_path_and_fresh_sets_are_others(paths: Paths) -> None:
    """The first sites of a larger set are the same; another set is not."""
    more = draw_paths(replace(TRIAL, sites=20), 3, TRAINING_SET)
    assert (more.demand[:12] == paths.demand).all()
    assert not np.array_equal(draw_paths(TRIAL, 3, FRESH_SET).demand, paths.demand)


def test_demand_is_one_kit_of_the_arm_for_each_visit(paths: Paths) -> None:
    """Counted visit by visit."""
    for row in range(paths.rows):
        for arm in range(2):
            days = paths.visit_day[row][paths.arm[row] == arm]
            weeks = days[days < 7 * TRIAL.weeks] // 7
            assert np.array_equal(np.bincount(weeks, minlength=TRIAL.weeks), paths.demand[row, :, arm])


def test_what_comes_later_is_not_known(paths: Paths) -> None:
    """With everything from week 20 on taken away, the facts of week 20 are the same."""
    end, today = 7 * TRIAL.weeks, 140
    cut = replace(
        paths,
        visit_day=np.where(paths.visit_day < today, paths.visit_day, end),
        first_day=np.where(paths.first_day < today, paths.first_day, end),
        arm=np.where(paths.first_day < today, paths.arm, 1 - paths.arm),
    )
    ours, theirs = known_at(paths, 20), known_at(cut, 20)
    assert (ours.next_day == theirs.next_day).all()
    assert (ours.arm == theirs.arm).all()
    assert np.array_equal(ours.law, theirs.law)


def test_chances_of_a_week_are_those_of_the_demand_of_subjects(paths: Paths) -> None:
    """One subject's coming week has the chance that the demand room tells."""
    facts = known_at(paths, 25)
    conduct = Conduct(TRIAL.dropout_per_visit, {-2: 1 / 6, -1: 1 / 6, 0: 1 / 3, 1: 1 / 6, 2: 1 / 6})
    for row in range(4):
        for arm in range(2):
            known = (facts.arm[row] == arm) & (facts.next_day[row] < NEVER)
            told = [
                Subject([int(day) - 7 * 25 + 28 * n for n in range(8)], (1.0,))
                for day in facts.next_day[row][known]
            ]
            for week in (0, 1, 6):
                laws = [
                    kits_of_subject(one, conduct, fixed_dose({"K": 1}), "K", (7 * week, 7 * week + 6))
                    for one in told
                ]
                expected = sum(float(mean_of(law)) for law in laws)
                assert mean_of(facts.scheduled[row, arm, week]) == pytest.approx(expected)


def test_futures_keep_the_mean_and_are_in_order(paths: Paths) -> None:
    """Classes of equal chance: few kits first, together about as many as the exact law tells."""
    facts, rows = known_at(paths, 20), np.arange(12)
    laws = futures_of(facts, rows, 4, 400)
    totals = mean_of(laws).sum(axis=(2, 3))
    assert (np.diff(totals, axis=0) >= 0).all()
    assert np.allclose(totals.mean(axis=0), mean_of(facts.law).sum(axis=(1, 2)), rtol=0.15)
    assert np.allclose(laws.sum(axis=-1), 1)
