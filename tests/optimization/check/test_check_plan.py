"""The checker: every rule has a plan that breaks it, and its prices are those of the benchmark's checker."""

from collections.abc import Callable
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimization.check.check_plan import check_plan
from optimization.check.verdict import Code, Verdict, first_words
from optimization.exact.solve import solve_exact
from optimization.plan import Consignment, Dispensing, Plan
from optimization.problem import Lot, Problem
from tests.optimization.benchmark import NAMES, benchmark_says, instance, needs_benchmark
from tests.optimization.instances import Shape, network
from tests.optimization.plans import any_plan

SHAPE = Shape(blind=1, depots=2, seed=4, supply_share=3.0, licence_share=3.0)
Mutant = tuple[Problem, Plan]


@pytest.fixture(scope="module")
def good() -> Mutant:
    """A problem and a plan that keeps every rule."""
    problem = network(SHAPE)
    plan = solve_exact(problem).plan
    return problem, plan


def agrees(problem: Problem, plan: Plan, verdict: Verdict) -> bool:
    """Whether the benchmark's checker finds the same codes, costs and kits."""
    said = benchmark_says(problem, plan)
    return (
        {code.value for code in verdict.codes} == set(said["codes"])
        and asdict(verdict.cost) == said["cost"]
        and verdict.cost.total == said["total"]
        and (verdict.service, verdict.unmet_kits) == (said["service"], said["unmet_kits"])
        and verdict.wasted_kits == said["waste_kits"]
    )


def to_site(problem: Problem, plan: Plan) -> int:
    """Which consignment goes to one who uses kits."""
    lanes, nodes = problem.lanes, problem.nodes
    goes = (nodes[lanes[one.lane].destination].kind.uses_kits for one in plan.consignments)
    return list(goes).index(True)


def sent(plan: Plan, at: int, **changes: object) -> Plan:
    """The plan with one consignment changed."""
    ones = list(plan.consignments)
    ones[at] = replace(ones[at], **changes)  # type: ignore[arg-type]  # fields by name
    return Plan(tuple(ones), plan.dispensings)


def used(plan: Plan, at: int, **changes: object) -> Plan:
    """The plan with one use changed."""
    ones = list(plan.dispensings)
    ones[at] = replace(ones[at], **changes)  # type: ignore[arg-type]  # fields by name
    return Plan(plan.consignments, tuple(ones))


def with_lots(problem: Problem, change: Callable[[Lot], Lot]) -> Problem:
    """The problem with every lot changed."""
    return replace(problem, lots={name: change(lot) for name, lot in problem.lots.items()})


def on_saturday(problem: Problem, plan: Plan) -> Mutant:
    return problem, sent(plan, 0, dispatch_day=plan.consignments[0].dispatch_day // 7 * 7 + 5)


def origin_closed(problem: Problem, plan: Plan) -> Mutant:
    return _closed(problem, plan, leaving=True), plan


def destination_closed(problem: Problem, plan: Plan) -> Mutant:
    return _closed(problem, plan, leaving=False), plan


def _closed(problem: Problem, plan: Plan, leaving: bool) -> Problem:
    one = plan.consignments[0]
    lane = problem.lanes[one.lane]
    name, day = (
        (lane.origin, one.dispatch_day) if leaving else (lane.destination, one.dispatch_day + lane.transit_days)
    )
    node = replace(problem.nodes[name], closed_days=problem.nodes[name].closed_days | {day})
    return replace(problem, nodes={**problem.nodes, name: node})


def short_hold(problem: Problem, plan: Plan) -> Mutant:
    return replace(problem, shippers={n: replace(s, hold_days=0) for n, s in problem.shippers.items()}), plan


def unknown_shipper(problem: Problem, plan: Plan) -> Mutant:
    return problem, sent(plan, 0, shippers={**plan.consignments[0].shippers, "Q": 1})


def shipper_of_another_class(problem: Problem, plan: Plan) -> Mutant:
    other = {n: replace(s, temp="frozen") for n, s in problem.shippers.items()}
    return replace(problem, shippers=other), plan


def lane_of_another_class(problem: Problem, plan: Plan) -> Mutant:
    return replace(problem, lanes={n: replace(lane, temps=frozenset()) for n, lane in problem.lanes.items()}), plan


def overfilled_shippers(problem: Problem, plan: Plan) -> Mutant:
    return problem, sent(plan, 0, shippers={})


def kits_from_nowhere(problem: Problem, plan: Plan) -> Mutant:
    (lot, kits), *others = plan.consignments[0].lines
    return problem, sent(plan, 0, lines=((lot, kits + 500), *others))


def supplied_too_late(problem: Problem, plan: Plan) -> Mutant:
    return replace(problem, supply=tuple(replace(row, day=1000) for row in problem.supply)), plan


def expired_on_arrival(problem: Problem, plan: Plan) -> Mutant:
    day = plan.consignments[-1].dispatch_day
    return with_lots(problem, lambda lot: replace(lot, expiry_day=day)), plan


def used_on_its_expiry_day(problem: Problem, plan: Plan) -> Mutant:
    last = plan.dispensings[-1]
    demand = tuple(replace(row, dnd_days=0) for row in problem.demand)
    lots = {**problem.lots, last.lot: replace(problem.lots[last.lot], expiry_day=last.day)}
    return replace(problem, demand=demand, lots=lots), plan


def too_short_for_the_visit(problem: Problem, plan: Plan) -> Mutant:
    last = plan.dispensings[-1]
    lots = {**problem.lots, last.lot: replace(problem.lots[last.lot], expiry_day=last.day + 1)}
    return replace(problem, lots=lots), plan


def released_nowhere(problem: Problem, plan: Plan) -> Mutant:
    return with_lots(problem, lambda lot: replace(lot, countries=frozenset())), plan


def no_licence(problem: Problem, plan: Plan) -> Mutant:
    return replace(problem, licences={}), plan


def licence_not_open(problem: Problem, plan: Plan) -> Mutant:
    return replace(problem, licences={k: replace(v, from_day=10**6) for k, v in problem.licences.items()}), plan


def licence_too_small(problem: Problem, plan: Plan) -> Mutant:
    return replace(problem, licences={k: replace(v, kits_max=0) for k, v in problem.licences.items()}), plan


def store_too_small(problem: Problem, plan: Plan) -> Mutant:
    nodes = {name: replace(node, capacity=dict.fromkeys(node.capacity, 1)) for name, node in problem.nodes.items()}
    return replace(problem, nodes=nodes), plan


def more_than_wanted(problem: Problem, plan: Plan) -> Mutant:
    return problem, used(plan, 0, kits=plan.dispensings[0].kits + 1)


def not_wanted(problem: Problem, plan: Plan) -> Mutant:
    return problem, used(plan, 0, day=999)


def the_other_arm(problem: Problem, plan: Plan) -> Mutant:
    kit = plan.dispensings[0].kit
    return problem, used(plan, 0, lot=next(lot.id for lot in problem.lots.values() if lot.kit != kit))


def unknown_lot_used(problem: Problem, plan: Plan) -> Mutant:
    return problem, used(plan, 0, lot="Q")


def no_kits_used(problem: Problem, plan: Plan) -> Mutant:
    return problem, used(plan, 0, kits=0)


def half_a_kit(problem: Problem, plan: Plan) -> Mutant:
    return problem, sent(plan, 0, lines=((plan.consignments[0].lines[0][0], 1.5),))


def less_than_no_kits(problem: Problem, plan: Plan) -> Mutant:
    return problem, sent(plan, 0, lines=((plan.consignments[0].lines[0][0], -1),))


def less_than_no_shippers(problem: Problem, plan: Plan) -> Mutant:
    return problem, sent(plan, 0, shippers=dict.fromkeys(plan.consignments[0].shippers, -1))


def sent_twice(problem: Problem, plan: Plan) -> Mutant:
    return problem, Plan((*plan.consignments, plan.consignments[0]), plan.dispensings)


def no_such_lane(problem: Problem, plan: Plan) -> Mutant:
    return problem, sent(plan, 0, lane="Q")


def unknown_lot_sent(problem: Problem, plan: Plan) -> Mutant:
    return problem, sent(plan, 0, lines=(*plan.consignments[0].lines, ("Q", 1)))


def after_the_end(problem: Problem, plan: Plan) -> Mutant:
    return problem, sent(plan, 0, dispatch_day=problem.horizon_days)


def before_the_beginning(problem: Problem, plan: Plan) -> Mutant:
    return problem, sent(plan, 0, dispatch_day=-1)


def arm_shown(problem: Problem, plan: Plan) -> Mutant:
    at = to_site(problem, plan)
    kit = problem.lots[plan.consignments[at].lines[0][0]].kit
    lines = tuple(line for line in plan.consignments[at].lines if problem.lots[line[0]].kit == kit)
    return problem, sent(plan, at, lines=lines)


def nothing_in_it(problem: Problem, plan: Plan) -> Mutant:
    return problem, sent(plan, 0, lines=())


MUTANTS: list[tuple[Code, Callable[[Problem, Plan], Mutant]]] = [
    (Code.CALENDAR, on_saturday),
    (Code.CALENDAR, origin_closed),
    (Code.CALENDAR, destination_closed),
    (Code.HOLD, short_hold),
    (Code.HOLD, unknown_shipper),
    (Code.TEMPERATURE, shipper_of_another_class),
    (Code.TEMPERATURE, lane_of_another_class),
    (Code.SHIPPER_CAPACITY, overfilled_shippers),
    (Code.STOCK, kits_from_nowhere),
    (Code.STOCK, supplied_too_late),
    (Code.EXPIRY, expired_on_arrival),
    (Code.EXPIRY, used_on_its_expiry_day),
    (Code.DO_NOT_DISPENSE, too_short_for_the_visit),
    (Code.RELEASE, released_nowhere),
    (Code.LICENCE, no_licence),
    (Code.LICENCE, licence_not_open),
    (Code.LICENCE, licence_too_small),
    (Code.STORE, store_too_small),
    (Code.DEMAND, more_than_wanted),
    (Code.DEMAND, not_wanted),
    (Code.KIT, the_other_arm),
    (Code.LOT, unknown_lot_used),
    (Code.LOT, unknown_lot_sent),
    (Code.INTEGER, no_kits_used),
    (Code.INTEGER, half_a_kit),
    (Code.INTEGER, less_than_no_kits),
    (Code.INTEGER, less_than_no_shippers),
    (Code.DUPLICATE, sent_twice),
    (Code.LANE, no_such_lane),
    (Code.DAY, after_the_end),
    (Code.DAY, before_the_beginning),
    (Code.BLIND, arm_shown),
    (Code.EMPTY, nothing_in_it),
]
CRASHES_THE_BENCHMARK = {unknown_shipper, unknown_lot_used}


def test_a_good_plan_is_accepted(good: Mutant) -> None:
    """It has something in it, and serves most of what is wanted."""
    problem, plan = good
    verdict = check_plan(problem, plan)
    assert verdict.accepted, first_words(verdict.violations)
    assert plan.consignments
    assert verdict.service > 0.5


@pytest.mark.parametrize(("code", "change"), MUTANTS, ids=[row[1].__name__ for row in MUTANTS])
def test_a_plan_that_breaks_a_rule_is_refused(
    good: Mutant, code: Code, change: Callable[[Problem, Plan], Mutant]
) -> None:
    """With the rule's code."""
    verdict = check_plan(*change(*good))
    assert code in verdict.codes
    assert f"{code}: " in first_words([each for each in verdict.violations if each.code is code])


@needs_benchmark
@pytest.mark.parametrize("change", [row[1] for row in MUTANTS if row[1] not in CRASHES_THE_BENCHMARK])
def test_the_benchmark_finds_the_same_in_bad_plans(good: Mutant, change: Callable[[Problem, Plan], Mutant]) -> None:
    """The same codes and the same prices, also where rules are broken."""
    problem, plan = change(*good)
    assert agrees(problem, plan, check_plan(problem, plan))


def test_every_code_has_a_plan_that_earns_it() -> None:
    """No rule is without its test."""
    assert {code for code, _ in MUTANTS} == set(Code)


@needs_benchmark
@pytest.mark.parametrize("name", NAMES)
def test_the_benchmark_prices_its_problems_the_same(name: str) -> None:
    """To the cent, for plans drawn at random."""
    problem = instance(name)
    for seed in range(2):
        plan = any_plan(problem, seed, 2 * len(problem.nodes))
        assert agrees(problem, plan, check_plan(problem, plan))


@needs_benchmark
@given(seed=st.integers(0, 10**6), shape=st.integers(0, 50), dnd=st.sampled_from([0, 7]))
@settings(deadline=None, derandomize=True, max_examples=60)
def test_the_benchmark_agrees_on_any_plan(seed: int, shape: int, dnd: int) -> None:
    """On small networks of every kind, lots expiring within the horizon among them."""
    problem = network(
        Shape(seed=shape, sites=3, depots=1 + shape % 2, classes=1 + shape % 3, blind=shape % 3, couriers=True)
    )
    problem = replace(problem, demand=tuple(replace(row, dnd_days=dnd) for row in problem.demand))
    plan = any_plan(problem, seed, 12)
    assert agrees(problem, plan, check_plan(problem, plan))


def test_nothing_sent_costs_what_is_wanted_and_wasted() -> None:
    """An empty plan is a plan."""
    problem = network(Shape(seed=3))
    verdict = check_plan(problem, Plan((), ()))
    assert verdict.accepted
    assert verdict.unmet_kits == problem.kits_wanted
    assert verdict.cost.unmet == problem.kits_wanted * problem.costs.unmet_kit
    assert verdict.cost.fixed == verdict.cost.kits == 0


def test_a_problem_without_demand_is_served() -> None:
    """Nothing wanted, nothing missed."""
    problem = replace(network(Shape(seed=3)), demand=(), supply=())
    verdict = check_plan(problem, Plan((), ()))
    assert (verdict.service, verdict.cost.total) == (1.0, 0)


def test_costs_by_hand() -> None:
    """One kit goes to a site on day 0, arrives on day 1 or 2, and lies there until it is used or wasted."""
    problem = network(Shape(seed=3))
    lane = next(lane for lane in problem.lanes.values() if lane.origin == "R0")
    lot = next(lot for lot in problem.lots.values() if lot.expiry_day > problem.horizon_days)
    free = {name: replace(node, closed_days=frozenset()) for name, node in problem.nodes.items()}
    supply = (replace(problem.supply[0], node="R0", lot=lot.id, day=0, kits=1),)
    problem = replace(problem, nodes=free, supply=supply, demand=())
    plan = Plan((Consignment(lane.id, "2-8C", 0, {"2-8C-0": 1}, ((lot.id, 1),)),), ())
    verdict = check_plan(problem, plan)
    assert verdict.accepted, first_words(verdict.violations)
    assert asdict(verdict.cost) == {
        "fixed": lane.fixed_cost,
        "shippers": 6_000,
        "kits": 300,
        "holding": 25 * (problem.horizon_days - lane.transit_days),
        "waste": 4_000,
        "unmet": 0,
    }


def test_a_lot_is_not_held_nor_used_from_its_expiry_day_on() -> None:
    """Three nights at the depot, then waste."""
    problem = network(Shape(seed=3))
    lot = replace(next(iter(problem.lots.values())), expiry_day=3)
    supply = (replace(problem.supply[0], node="R0", lot=lot.id, day=0, kits=2),)
    problem = replace(problem, lots={lot.id: lot}, supply=supply, demand=())
    verdict = check_plan(problem, Plan((), ()))
    assert (verdict.cost.holding, verdict.cost.waste, verdict.wasted_kits) == (2 * 3 * 8, 2 * 4_000, 2)


def test_kits_that_arrive_after_the_end_are_wasted() -> None:
    """Where kits are used, whatever is there in the end is waste; a use then is of no day."""
    problem = network(Shape(seed=3))
    lane = next(lane for lane in problem.lanes.values() if lane.origin == "R0")
    nodes = {name: replace(node, closed_days=frozenset()) for name, node in problem.nodes.items()}
    end = problem.horizon_days
    lot = next(lot for lot in problem.lots.values() if lot.expiry_day > end + 30)
    lanes = {lane.id: replace(lane, transit_days=end, weekdays=frozenset(range(7)))}
    supply = (replace(problem.supply[0], node="R0", lot=lot.id, day=0, kits=1),)
    shippers = {name: replace(one, hold_days=end) for name, one in problem.shippers.items()}
    problem = replace(problem, nodes=nodes, lanes=lanes, supply=supply, demand=(), shippers=shippers)
    plan = Plan((Consignment(lane.id, "2-8C", 5, {"2-8C-0": 1}, ((lot.id, 1),)),), ())
    verdict = check_plan(problem, plan)
    assert verdict.accepted, first_words(verdict.violations)
    assert (verdict.cost.holding, verdict.cost.waste) == (5 * 8, 4_000)
    assert check_plan(problem, used_late(plan, lot)).codes == {Code.DEMAND}


def used_late(plan: Plan, lot: Lot) -> Plan:
    """The plan with a use when all is over."""
    return Plan(plan.consignments, (Dispensing("S0", lot.kit, 99, lot.id, 1),))
