"""Depots that depots supply, and sites with several depots: plans are clean, bounds below the exact optimum."""

from dataclasses import replace
from itertools import count, pairwise
from random import Random

import pytest

from optimization.check.check_plan import check_plan
from optimization.problem import Lane, NodeKind, Problem, Supply
from optimization.result import Result
from optimization.solve import optimize
from tests.optimization.engine.small import _lane, _node, small
from tests.optimization.proofs import BEST, exact_of

STEPS = 12


def chain(stages: int = 2, second_depot: bool = False) -> Problem:
    """C0 to R1 to R0 to S0, or a stage more; a second depot is supplied by C0 and reaches the site for little."""
    problem = small([("K1", 99)], [("C0", "K1", 0, 20)], [(9, 2), (14, 1)])
    between = [f"R{number}" for number in range(stages - 1, 0, -1)]
    nodes = {**problem.nodes, **{code: _node(code, NodeKind.REGIONAL) for code in between}}
    ways = ["C0", *between, "R0"]
    lanes = [_lane(*pair, 2_000) for pair in pairwise(ways)] + [problem.lanes["R0-S0"]]
    if second_depot:
        nodes["RX"] = _node("RX", NodeKind.REGIONAL)
        lanes += [_lane("C0", "RX", 300), _lane("RX", "S0", 100)]
    return replace(problem, horizon_days=16, nodes=nodes, lanes={lane.id: lane for lane in lanes})


def shaken(problem: Problem, seed: int) -> Problem:
    """The same network with other days, costs and stock, some of it at depots in between."""
    draws = Random(seed)

    def other(lane: Lane) -> Lane:
        days = frozenset(draws.sample(range(7), draws.randint(2, 6)))
        return replace(lane, weekdays=days, transit_days=draws.randint(0, 2), fixed_cost=draws.randint(50, 5_000))

    lanes = {lane.id: other(lane) for lane in problem.lanes.values()}
    supply = [*problem.supply]
    if draws.random() < 0.4:
        place = draws.choice(sorted(node.id for node in problem.nodes.values() if node.kind == NodeKind.REGIONAL))
        supply.append(Supply(place, "K1", 0, draws.randint(1, 3)))
    days = draws.sample(range(3, 16), len(problem.demand))
    demand = tuple(replace(row, day=day) for row, day in zip(problem.demand, days, strict=True))
    return replace(problem, lanes=lanes, supply=tuple(supply), demand=demand)


def planned(problem: Problem) -> Result:
    """A plan after a few steps, however long they take."""
    steps = count()
    return optimize(problem, BEST, lambda _: next(steps) < STEPS)


@pytest.mark.parametrize("stages", [2, 3])
def test_a_chain_of_depots_is_planned_to_its_end(stages: int) -> None:
    """Everything arrives by way of each depot in turn, at the exact optimum's cost."""
    problem = chain(stages)
    found, exact = planned(problem), exact_of(problem)
    assert found.cost == exact.verdict.cost
    assert found.bound <= exact.bound
    assert {one.lane for one in found.plan.consignments} == set(problem.lanes)


def test_of_several_depots_the_cheaper_one_supplies_the_site() -> None:
    """As many lanes from each: the one with the least fixed cost is taken."""
    found = planned(chain(second_depot=True))
    assert {one.lane for one in found.plan.consignments} == {"C0-RX", "RX-S0"}


@pytest.mark.parametrize("seed", range(8))
def test_bounds_hold_whatever_the_ways(seed: int) -> None:
    """Bound, exact optimum and checked plan stand in this order, with stock anywhere."""
    problem = shaken(chain(2 + seed % 2, second_depot=seed % 3 > 0), seed)
    found, exact = planned(problem), exact_of(problem)
    verdict = check_plan(problem, found.plan)
    assert not verdict.violations
    assert found.bound <= exact.verdict.cost.total <= verdict.cost.total == found.cost.total
