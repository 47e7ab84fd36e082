"""Planning again: what still fits is kept, and whatever happens overnight the plan passes the check."""

from dataclasses import replace
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimization.check.check_plan import check_plan
from optimization.plan import Plan
from optimization.problem import Problem
from optimization.replan.moved_on import moved_on
from optimization.replan.changes import Replanned
from optimization.replan.replan import replan
from optimization.replan.yesterday import CALM, Nervousness, Yesterday
from optimization.result import Goal
from optimization.solve import optimize
from tests.optimization.instances import Shape, network
from tests.optimization.replan.events import EVENTS, Event

GOAL = Goal(gap=0.0, seconds=5.0)
SHAPES = (
    Shape(sites=4, weeks=4, depots=2, lots=3, blind=1, seed=1),
    Shape(sites=4, weeks=4, depots=2, lots=2, direct=True, patients=1, seed=2),
    Shape(sites=3, weeks=5, kits_per_class=2, couriers=True, supply_share=1.0, seed=3),
    Shape(sites=5, weeks=4, depots=2, licence_share=1.0, supply_share=0.8, seed=4),
)


@cache
def planned(number: int) -> tuple[Problem, Plan]:
    """The problem of a shape and a plan for it."""
    problem = network(SHAPES[number])
    problem = replace(problem, costs=replace(problem.costs, unmet_kit=2_000_000))
    return problem, optimize(problem, Goal(gap=0.05, seconds=60.0)).plan


def holds(problem: Problem, found: Replanned) -> bool:
    """The plan keeps every rule at the price told."""
    verdict = check_plan(problem, found.result.plan)
    return verdict.accepted and verdict.cost == found.result.cost


@settings(deadline=None, derandomize=True, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, len(SHAPES) - 1),
    st.lists(st.sampled_from(EVENTS), min_size=1, max_size=3),
    st.integers(0, 10_000),
    st.sampled_from([0, 1, 9]),
    st.sampled_from([CALM, Nervousness(frozen_days=7), Nervousness(changed_cents=50_000)]),
)
def test_whatever_happens_the_plan_passes_the_check(
    number: int, events: list[Event], seed: int, days: int, nervousness: Nervousness
) -> None:
    """After any events, any days later, whatever changes cost."""
    problem, plan = planned(number)
    today, random = moved_on(problem, plan, days), Random(seed)
    for event in events:
        today = event(today, random)
    assert holds(today, replan(today, Yesterday(plan), GOAL, nervousness=nervousness))


@pytest.mark.parametrize("number", range(len(SHAPES)))
@pytest.mark.parametrize("days", [0, 1, 9])
def test_with_nothing_changed_it_is_yesterdays_plan(number: int, days: int) -> None:
    """To the last kit, on the same day or later."""
    problem, plan = planned(number)
    today = moved_on(problem, plan, days)
    found = replan(today, Yesterday(plan, problem=problem), GOAL)
    assert found.result.plan.consignments == tuple(one for one in plan.consignments if one.dispatch_day >= days)
    assert found.result.plan.dispensings == tuple(use for use in plan.dispensings if use.day >= days)
    assert holds(today, found)
    assert not found.changes.changed
