"""Reasons are true: where the one rule named gives way, the best plan is cheaper by at least the price told."""

from dataclasses import replace
from typing import Any

import pytest

from optimization.check.verdict import Code
from optimization.exact.solve import solve_exact
from optimization.plan import Consignment
from optimization.problem import Licence, Problem, Supply
from optimization.story.why import Alternative, why, why_not
from tests.optimization.instances import Shape, network
from tests.optimization.story.lifted import lifted
from tests.optimization.story.small import small_plan, small_problem


def tight_store() -> Problem:
    """The site at home holds two kits of the three it will want: they cannot come at once."""
    problem = small_problem()
    site = replace(problem.nodes["S1"], capacity={"cold": 4})
    return replace(problem, nodes={**problem.nodes, "S1": site})


def short_licence() -> Problem:
    """The licence abroad ends before the last day on which kits would come in time."""
    return replace(small_problem(), licences={("B", "K"): Licence("B", "K", 0, 8, 8)})


CASES: list[tuple[Problem, set[Code]]] = [
    (small_problem(), {Code.CALENDAR, Code.STOCK}),
    (tight_store(), {Code.STORE}),
    (short_licence(), {Code.LICENCE}),
    (network(Shape(sites=2, weeks=4, seed=2)), {Code.CALENDAR, Code.STOCK}),
    (network(Shape(sites=2, weeks=4, seed=1)), {Code.STORE}),
]


@pytest.mark.parametrize(("problem", "kinds"), CASES)
def test_a_rule_that_gives_way_saves_its_price(problem: Problem, kinds: set[Code]) -> None:
    """The optimum of the problem without it undercuts the plan by what the page says, or more."""
    best = solve_exact(problem)
    assert best.proven
    seen = set()
    for index in range(len(best.plan.consignments)):
        told = why(problem, best.plan, index)
        for other in told.alternatives:
            if other.price is not None:
                without = lifted(problem, best.plan, told, other)
                assert solve_exact(without).verdict.cost.total <= best.verdict.cost.total - other.price
                seen.add(other.repriced.codes[0])
    assert seen >= kinds


ASKED = Consignment("D1-S2", "cold", 8, {}, ())


@pytest.mark.parametrize(
    ("code", "changes", "given"),
    [
        (Code.RELEASE, {"released": False}, {"released": True}),
        (Code.EXPIRY, {"expires": 9}, {"expires": 70}),
        (Code.LICENCE, {"kits_max": 3}, {"kits_max": 8}),
        (Code.HOLD, {"hold": 1}, {"hold": 5}),
        (Code.STOCK, {"kits": 9, "kits_max": 30}, {"kits": 1}),
        (Code.CALENDAR, {"day": 5}, {"day": 8}),
    ],
)
def test_one_more_is_forbidden_by_what_is_named(code: Code, changes: dict[str, Any], given: dict[str, Any]) -> None:
    """Asked for one more abroad: the rule named forbids it, and without that rule it is allowed."""
    answers = [_one_more(**each) for each in (changes, given)]
    assert code in answers[0].repriced.codes
    assert code not in answers[1].repriced.codes


def test_one_type_of_a_blind_group_is_forbidden_alone() -> None:
    """Both types may travel; one of them would tell an arm."""
    problem = network(Shape(sites=2, weeks=4, blind=1, supply_share=4.0, seed=2))
    best = solve_exact(problem)
    lane = next(lane for lane in problem.lanes.values() if problem.nodes[lane.destination].kind.uses_kits)
    group = problem.blind_groups[0]
    asked = Consignment(lane.id, problem.kit_types[group[0]].temp, 20, {}, ())
    assert Code.BLIND in why_not(problem, best.plan, asked, {group[0]: 1}).repriced.codes
    assert Code.BLIND not in why_not(problem, best.plan, asked, dict.fromkeys(group, 1)).repriced.codes


def _one_more(
    released: bool = True, expires: int = 70, kits_max: int = 8, hold: int = 5, day: int = 8, kits: int = 1
) -> Alternative:
    problem = small_problem()
    countries = frozenset({"A", "B"} if released else {"A"})
    lots = {
        name: replace(lot, countries=countries, expiry_day=min(lot.expiry_day, expires))
        for name, lot in problem.lots.items()
    }
    boxes = {name: replace(box, hold_days=min(box.hold_days, hold)) for name, box in problem.shippers.items()}
    plan = small_plan()
    changed = replace(
        problem,
        lots=lots,
        shippers=boxes,
        supply=(*problem.supply, Supply("D1", "K-new", 0, 4)),
        licences={("B", "K"): Licence("B", "K", 0, 27, kits_max)},
    )
    return why_not(changed, plan, replace(ASKED, dispatch_day=day), {"K": kits})
