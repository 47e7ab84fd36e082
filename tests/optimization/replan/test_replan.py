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
from optimization.replan.changes import Replanned
from optimization.replan.moved_on import moved_on
from optimization.replan.proved import replan_and_prove
from optimization.replan.replan import replan
from optimization.replan.yesterday import CALM, Nervousness, Yesterday
from optimization.result import Goal
from optimization.solve import optimize
from tests.optimization.instances import Shape, network
from tests.optimization.replan.events import EVENTS, Event

GOAL = Goal(gap=0.05, seconds=0.2)
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


def test_changes_that_cost_nothing_are_made() -> None:
    """Other visits at a site: what was to go there is filled otherwise, and nothing is charged."""
    problem, plan = planned(0)
    today = EVENTS[0](problem, Random(2))
    free = replan(today, Yesterday(plan), GOAL)
    assert free.changes.changed
    assert free.changes.charge == 0
    charged = replan(today, Yesterday(plan), GOAL, nervousness=Nervousness(changed_cents=1))
    assert charged.result.cost.total + charged.changes.charge <= free.result.cost.total + len(free.changes.changed)


@pytest.mark.parametrize("number", range(len(SHAPES)))
@pytest.mark.parametrize("event", [0, 1])
def test_where_changes_are_dear_the_earlier_plan_stays(number: int, event: int) -> None:
    """Every consignment that still can leave does, with the same kits; what lacks comes in others."""
    problem, plan = planned(number)
    today = EVENTS[event](problem, Random(number))
    dear = Nervousness(changed_cents=10**9, near_days=problem.horizon_days)
    found = replan(today, Yesterday(plan), GOAL, nervousness=dear)
    assert holds(today, found)
    assert found.changes.charge == 0
    assert set(map(repr, plan.consignments)) <= set(map(repr, found.result.plan.consignments))


def test_what_is_frozen_stays_though_it_would_be_cheaper_otherwise() -> None:
    """A site wants half of its visits' kits: the parcels to it leave as they are, or hold less where they may."""
    problem, plan = planned(0)
    site = problem.lanes[plan.consignments[-1].lane].destination
    rows = [row for number, row in enumerate(problem.demand) if row.site != site or number % 2]
    today = replace(problem, demand=tuple(rows))
    frozen = Nervousness(frozen_days=problem.horizon_days)
    assert not replan(today, Yesterday(plan), GOAL, nervousness=frozen).changes.changed
    assert replan(today, Yesterday(plan), GOAL).changes.changed


@pytest.mark.parametrize("seed", [0, 5])
def test_kits_that_some_plan_might_have_are_looked_for_everywhere(seed: int) -> None:
    """A lot is recalled where lots are few: no more is missed than from nothing, for at most 0.5 % more."""
    problem, plan = planned(0)
    today = EVENTS[2](problem, Random(seed))
    found = replan(today, Yesterday(plan, problem=problem), Goal(gap=0.05, seconds=60.0), clock=lambda: 0.0)
    assert holds(today, found)
    cold = optimize(today, Goal(gap=0.05, seconds=60.0), clock=lambda: 0.0).cost
    assert found.result.cost.unmet <= cold.unmet
    assert 1000 * found.result.cost.total <= 1005 * cold.total


def test_the_proof_is_added_where_it_is_asked_for() -> None:
    """The better plan of both, with the optimizer's bound."""
    problem, plan = planned(1)
    today = EVENTS[0](problem, Random(3))
    warm, proved = (
        solve(today, Yesterday(plan), Goal(gap=0.05, seconds=60.0)) for solve in (replan, replan_and_prove)
    )
    assert holds(today, proved)
    assert warm.result.bound == 0 < proved.result.bound <= proved.result.cost.total <= warm.result.cost.total
