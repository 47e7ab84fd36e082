"""A licence that opens, closes and opens again: read, written, refused, planned around, counted by opening."""

import json
from dataclasses import replace

import pytest

from irt.supply.resupply import MinMax
from optimization.borders import Entered
from optimization.causes.unservable import unservable
from optimization.check.check_plan import check_plan
from optimization.check.verdict import Code
from optimization.plan import Plan
from optimization.problem import Licence, Opening, Problem
from optimization.problem_file import read_problem, write_problem
from optimization.problem_rules import ImpossibleDay
from optimization.replan.standing import standing
from optimization.rules.play import Rule, played
from optimization.rules.ways import Ways
from optimization.solve import optimize
from tests.optimization.instances import Shape, network
from tests.optimization.proofs import BEST, exact_of

FIRST, LAST = 8, 10
"""Days of the gap."""
TINY = Shape(weeks=2, kits_per_class=1, lots=1)
"""Solved at once; without a gap consignments to both sites cross a border and arrive on day 9."""


def gapped(problem: Problem, first: int = FIRST, last: int = LAST, most: int = 10_000) -> Problem:
    """Nothing may enter any country from the first to the last of these days; each opening lets so many in."""
    return replace(
        problem,
        licences={
            at: Licence(*at, 0, first - 1, most, (Opening(last + 1, one.to_day, most),))
            for at, one in problem.licences.items()
        },
    )


def entering(problem: Problem, plan: Plan) -> list[int]:
    """Days on which consignments cross a border."""
    lanes, nodes = problem.lanes, problem.nodes
    return [
        one.dispatch_day + lanes[one.lane].transit_days
        for one in plan.consignments
        if nodes[lanes[one.lane].origin].country != nodes[lanes[one.lane].destination].country
    ]


def test_openings_are_written_and_read() -> None:
    """A file without further ones has no column for them, as other readers know it."""
    problem = network(TINY)
    assert "later" not in json.loads(write_problem(problem))["import_licences"]["columns"]
    told = gapped(problem)
    assert read_problem(write_problem(told)) == told


def test_openings_stand_apart_and_in_order() -> None:
    """Others are refused by name, with the licence."""
    problem = network(TINY)
    with pytest.raises(ImpossibleDay, match="import_licences"):
        read_problem(write_problem(gapped(problem, first=6, last=4)))


def test_a_consignment_that_arrives_in_the_gap_is_refused() -> None:
    """As is one kit too many in an opening, though another has room."""
    problem = network(TINY)
    plan = exact_of(problem).plan
    assert set(entering(problem, plan)) == {9}
    verdict = check_plan(gapped(problem), plan)
    assert Code.LICENCE in {found.code for found in verdict.violations}
    assert check_plan(gapped(problem, 30, 31), plan).accepted
    assert not check_plan(gapped(problem, 30, 31, most=1), plan).accepted


@pytest.mark.parametrize("shape", [TINY, Shape(weeks=3, kits_per_class=1, lots=1, seed=6)])
def test_plans_go_around_the_gap(shape: Shape) -> None:
    """Of optimizer, exact model and rule: none arrives in it, all pass the check, and the bound holds."""
    problem = gapped(network(shape))
    found, exact = optimize(problem, BEST), exact_of(problem)
    for plan in (found.plan, exact.plan, played(Ways(problem), Rule(MinMax(), {}, 1))):
        assert check_plan(problem, plan).accepted
        assert not [day for day in entering(problem, plan) if FIRST <= day <= LAST]
    assert entering(problem, found.plan)
    assert found.bound <= exact.verdict.cost.total <= found.cost.total


def test_what_entered_counts_in_its_own_opening() -> None:
    """What is left of the other is untouched; in the gap nothing is."""
    problem = gapped(network(TINY), most=9)
    country = {name: node.country for name, node in problem.nodes.items()}
    lane = next(one for one in problem.lanes.values() if country[one.origin] != country[one.destination])
    kit = next(iter(problem.kit_types))
    entered = Entered(problem)
    entered.add(lane, kit, 3, 4)
    assert [entered.left(lane, kit, day) for day in (3, FIRST, LAST + 1)] == [5, 0, 9]
    left = entered.licences_left()[country[lane.destination], kit]
    assert [one.kits_max for one in left.openings] == [5, 9]


def test_of_an_earlier_plan_stays_what_may_still_enter() -> None:
    """A gap that comes to be known takes the consignments that would arrive in it."""
    problem = network(TINY)
    plan = exact_of(problem).plan
    kept = standing(gapped(problem), plan.consignments).legs
    assert {kept.destination(key) for key in kept.lots} == {"R0"}
    assert {problem.lanes[one.lane].destination for one in plan.consignments} == {"R0", "S0", "S1"}


def test_a_gap_is_told_as_the_cause() -> None:
    """With the days on which the licence is open."""
    words = [cause.words for cause in unservable(gapped(network(TINY), first=1, last=30))]
    assert any("is open on days 0 to 0 and days 31 to" in one for one in words)
