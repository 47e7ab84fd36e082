"""The exact model of a small problem solved: a plan, what the checker says of it, and a bound."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ortools.math_opt.python import mathopt

from irt.errors import IntegrityFault
from optimization.check.check_plan import check_plan
from optimization.check.verdict import Verdict, first_words
from optimization.exact.constraints import Constraints
from optimization.exact.data import Data, data_of
from optimization.exact.objective import Objective
from optimization.exact.variables import Variables
from optimization.plan import Consignment, Dispensing, Plan, ordered_plan
from optimization.problem import Problem

Values = Mapping[Any, float]


@dataclass(frozen=True, slots=True)
class Exact:
    """The best plan found and its price; the bound in cents is the plan's cost where that is proven least."""

    plan: Plan
    verdict: Verdict
    bound: int
    proven: bool


def solve_exact(problem: Problem, seconds: float = 60.0, nodes: int | None = None) -> Exact:
    """The cheapest plan of a small problem; the best so far where time runs out.

    `nodes` of the search tree end it instead, for answers that are the same on every machine however busy.
    """
    data = data_of(problem)
    model = mathopt.Model()
    variables = Variables(model, data)
    Constraints(model, data, variables).add()
    model.minimize(Objective(data, variables).total())
    answer = mathopt.solve(model, mathopt.SolverType.HIGHS, params=_settings(seconds, nodes))
    if not answer.has_primal_feasible_solution():
        return _nothing_sent(problem, answer)
    plan = _plan(data, variables, answer.variable_values())
    verdict = _checked(problem, plan)
    proven, modelled = _is_proven(answer), round(answer.objective_value())
    if verdict.cost.total > modelled or (proven and verdict.cost.total != modelled):
        raise IntegrityFault(f"The checker prices {verdict.cost.total}, the exact model {modelled}.")
    bound = verdict.cost.total if proven else _rounded(answer.best_objective_bound())
    return Exact(plan, verdict, bound, proven)


def _is_proven(answer: mathopt.SolveResult) -> bool:
    """Until then what the model pays may lie above the plan's price: a plan on the way may count too much waste."""
    return bool(answer.termination.reason == mathopt.TerminationReason.OPTIMAL)


def _settings(seconds: float, nodes: int | None) -> mathopt.SolveParameters:
    """Costs are whole cents, so a gap below one is none."""
    return mathopt.SolveParameters(
        time_limit=timedelta(seconds=seconds) if nodes is None else None,
        node_limit=nodes,
        relative_gap_tolerance=0.0,
        absolute_gap_tolerance=0.5,
        random_seed=1,
    )


def _nothing_sent(problem: Problem, answer: mathopt.SolveResult) -> Exact:
    """Sending nothing is always a plan."""
    plan = Plan((), ())
    return Exact(plan, _checked(problem, plan), _rounded(answer.best_objective_bound()), proven=False)


def _rounded(bound: float) -> int:
    """The whole cents a bound proves, with room for the solver's arithmetic; none of it where there is none."""
    return max(0, math.ceil(bound - 1.0)) if math.isfinite(bound) else 0


def _checked(problem: Problem, plan: Plan) -> Verdict:
    verdict = check_plan(problem, plan)
    if not verdict.accepted:
        raise IntegrityFault(f"The exact model made a plan that breaks rules. {first_words(verdict.violations)}")
    return verdict


def _plan(data: Data, variables: Variables, values: Values) -> Plan:
    consignments = []
    for departure, shippers, kits in zip(data.departures, variables.shippers, variables.kits, strict=True):
        lines = tuple(sorted(_positive(kits, values).items()))
        if lines:
            boxes = _positive(shippers, values)
            consignments.append(Consignment(departure.lane.id, departure.temp, departure.day, boxes, lines))
    dispensings = [
        Dispensing(demand.site, demand.kit, demand.day, lot, number)
        for (demand, _), used in zip(data.servants, variables.used, strict=True)
        for lot, number in _positive(used, values).items()
    ]
    return ordered_plan(consignments, dispensings)


def _positive(variables: Mapping[str, Any], values: Values) -> dict[str, int]:
    numbers = {name: round(values[variable]) for name, variable in variables.items()}
    return {name: number for name, number in numbers.items() if number}
