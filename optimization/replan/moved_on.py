"""A problem some days later, if all went as planned: what has left is on its way, what was used is gone."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from optimization.borders import Entered
from optimization.plan import Plan
from optimization.problem import Licence, Problem, Supply


def moved_on(problem: Problem, plan: Plan, day: int) -> Problem:
    """The problem as it stands when `day` begins, in the same days: on those gone by nothing can leave any more."""
    gone = frozenset(range(day))
    return replace(
        problem,
        supply=_stock(problem, plan, day),
        demand=tuple(row for row in problem.demand if row.day >= day),
        nodes={name: replace(node, closed_days=node.closed_days | gone) for name, node in problem.nodes.items()},
        licences=_licences(problem, plan, day),
    )


def _stock(problem: Problem, plan: Plan, day: int) -> tuple[Supply, ...]:
    """What lies there on the day, then what comes."""
    there: Counter[tuple[str, str, int]] = Counter()
    for row in problem.supply:
        there[row.node, row.lot, max(day, row.day)] += row.kits
    for one in plan.consignments:
        if one.dispatch_day < day:
            lane = problem.lanes[one.lane]
            for lot, kits in one.lines:
                there[lane.origin, lot, day] -= kits
                there[lane.destination, lot, max(day, one.dispatch_day + lane.transit_days)] += kits
    for use in plan.dispensings:
        if use.day < day:
            there[use.site, use.lot, day] -= use.kits
    rows = (Supply(*key, kits) for key, kits in sorted(there.items()) if kits > 0)
    return tuple(row for row in rows if problem.lots[row.lot].expiry_day > row.day)


def _licences(problem: Problem, plan: Plan, day: int) -> Mapping[tuple[str, str], Licence]:
    entered = Entered(problem)
    for one in plan.consignments:
        lane = problem.lanes[one.lane]
        for lot, kits in one.lines if one.dispatch_day < day else ():
            entered.add(lane, problem.lots[lot].kit, one.dispatch_day + lane.transit_days, kits)
    return entered.licences_left()
