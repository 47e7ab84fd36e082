"""Homes among sites: their parcels need no company, and the proof of the whole plan holds."""

from dataclasses import replace

import pytest

from irt.supply.resupply import MinMax
from optimization.check.check_plan import check_plan
from optimization.problem import NodeKind, Problem, Shipper
from optimization.rules.play import Rule, played
from optimization.rules.ways import Ways
from tests.optimization.engine.test_stocked import keeps_its_word, varied
from tests.optimization.stocked import stocked


def with_homes(problem: Problem) -> Problem:
    """The problem whose last place is homes, sent parcels at a price of their own on the day they leave."""
    last = max(node.id for node in problem.nodes.values() if node.kind.uses_kits)
    nodes = {**problem.nodes, last: replace(problem.nodes[last], kind=NodeKind.HOMES)}
    lanes = {
        lane.id: replace(lane, transit_days=0, fixed_cost=0, weekdays=frozenset(range(7)), kit_cost=9_000)
        if lane.destination == last
        else lane
        for lane in problem.lanes.values()
    }
    boxes = {f"parcel {temp}": Shipper(f"parcel {temp}", temp, 10**6, 0, 0) for temp in problem.temps}
    return replace(problem, nodes=nodes, lanes=lanes, shippers={**problem.shippers, **boxes})


SEEDS = (5, 7, 12, 13, 20, 23)
"""Blind networks of one, two and three places."""


@pytest.mark.parametrize("seed", SEEDS)
def test_bounds_hold_with_homes(seed: int) -> None:
    """The plan passes the check at the price told, and the bound is not above the exact optimum."""
    keeps_its_word(with_homes(stocked(varied(seed))))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 300))
def test_bounds_hold_with_homes_of_many(seed: int) -> None:
    """The same, many times."""
    keeps_its_word(with_homes(stocked(varied(seed))))


@pytest.mark.parametrize("seed", [7, 20])
def test_rules_send_homes_what_is_wanted_there(seed: int) -> None:
    """Whatever levels a rule has: the same kits on the same days as long as there are any, and no arm is told."""
    problem = with_homes(stocked(varied(seed)))
    at_home = {node.id for node in problem.nodes.values() if node.kind is NodeKind.HOMES}
    plan = played(Ways(problem), Rule(MinMax(), {}, 7))
    assert check_plan(problem, plan).accepted
    assert {problem.lanes[one.lane].destination for one in plan.consignments} <= at_home
    assert {use.site for use in plan.dispensings} >= at_home
