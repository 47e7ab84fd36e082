"""One temperature class of a problem by itself: classes never travel together, so their costs add up."""

from dataclasses import replace

from optimization.plan import Plan
from optimization.problem import Problem


def class_part(problem: Problem, temp: str) -> Problem:
    """The problem with the kits of one class alone."""
    kits = {name: kit for name, kit in problem.kit_types.items() if kit.temp == temp}
    lots = {name: lot for name, lot in problem.lots.items() if lot.kit in kits}
    return replace(
        problem,
        kit_types=kits,
        lots=lots,
        supply=tuple(row for row in problem.supply if row.lot in lots),
        licences={key: one for key, one in problem.licences.items() if one.kit in kits},
        demand=tuple(row for row in problem.demand if row.kit in kits),
        blind_groups=tuple(group for group in problem.blind_groups if set(group) <= set(kits)),
    )


def part_of_plan(problem: Problem, plan: Plan, temp: str) -> Plan:
    """What a plan does with the kits of one class."""
    return Plan(
        tuple(one for one in plan.consignments if one.temp == temp),
        tuple(use for use in plan.dispensings if problem.kit_types[use.kit].temp == temp),
    )
