"""What another input would change: each case planned again, beside the plan for the inputs as they are."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from optimization.advice.changes import Change, change_of
from optimization.advice.inputs import changed_problem
from optimization.check.check_plan import check_plan
from optimization.check.passed import passed
from optimization.check.verdict import Code
from optimization.plan import Plan
from optimization.problem import Problem
from optimization.result import Goal, Result, Solve, Watch
from optimization.story.carbon import CarbonFactors
from optimization.story.comparison import Candidate, compare
from optimization.story.plan_changes import PlanChange, plan_changes
from optimization.story.tracing import kits_in

AS_IT_IS = "as it is"
CHANGES_TOLD = 500


@dataclass(frozen=True, slots=True)
class Case:
    """A name, and the changes that belong to it."""

    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan that passed its check, what it costs in cents, and a bound for every plan of its problem."""

    problem: Problem
    plan: Plan
    cost: int
    bound: int


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """What came of one case; `touched` counts the inputs of each change.

    `kept_cost` is what the plan as it is would cost if nobody planned again; `kept_broken` names the rules it
    would break then.
    """

    case: Case
    touched: tuple[int, ...]
    planned: Planned
    kept_cost: int
    kept_broken: tuple[Code, ...]
    changes: tuple[PlanChange, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The plan as it is, and each case."""

    base: Planned
    cases: tuple[CaseAnswer, ...]


def case_of(name: str, typed: Sequence[str]) -> Case:
    """The case of changes as they were typed."""
    return Case(name, tuple(map(change_of, typed)))


def what_if(base: Planned, cases: Sequence[Case], solve: Solve, goal: Goal, watch: Watch) -> WhatIf:
    """Each case planned again; a plan that still holds and costs no more is kept.

    All cases are read before the first is planned, so that a wrong path stops everything at once.
    """
    changed = [changed_problem(base.problem, case.changes) for case in cases]
    answers = []
    for case, now in zip(cases, changed, strict=True):
        kept = check_plan(now.problem, base.plan)
        planned = replanned(now.problem, base.plan, solve(now.problem, goal, watch))
        changes = plan_changes(now.problem, base.plan, planned.plan)
        broken = tuple(sorted(kept.codes))
        answers.append(CaseAnswer(case, now.touched, planned, kept.cost.total, broken, changes))
    return WhatIf(base, tuple(answers))


def planned_of(problem: Problem, result: Result) -> Planned:
    """A result as a plan beside others; IntegrityFault unless the checker accepts it."""
    passed(problem, result)
    return Planned(problem, result.plan, result.cost.total, result.bound)


def replanned(problem: Problem, before: Plan, result: Result) -> Planned:
    """The cheaper of the new plan and the one before, where that one still holds."""
    found, kept = planned_of(problem, result), check_plan(problem, before)
    if kept.accepted and kept.cost.total <= found.cost:
        return Planned(problem, before, kept.cost.total, min(found.bound, kept.cost.total))
    return found


def record_of(told: WhatIf, factors: CarbonFactors) -> dict[str, Any]:
    """Everything as plain values: measures of all cases, differences with their proof, consignments that change."""
    base = told.base
    named = [Candidate(AS_IT_IS, base.problem, base.plan, base.bound)]
    named += [
        Candidate(each.case.name, each.planned.problem, each.planned.plan, each.planned.bound)
        for each in told.cases
    ]
    return {
        "base": {"cost": base.cost, "bound": base.bound, "plan_hash": base.plan.hash},
        "names": [each.name for each in named],
        "measures": [asdict(row) for row in compare(named, factors)],
        "cases": [_case_record(base, each) for each in told.cases],
        "carbon": factors.source,
    }


def _case_record(base: Planned, each: CaseAnswer) -> dict[str, Any]:
    """`at_least` and `at_most`: what the least costs of all plans can differ by, as far as is proven."""
    now = each.planned
    return {
        "name": each.case.name,
        "changes": [
            {"set": change.typed, "inputs": inputs}
            for change, inputs in zip(each.case.changes, each.touched, strict=True)
        ],
        "cost": now.cost,
        "bound": now.bound,
        "difference": now.cost - base.cost,
        "at_least": now.bound - base.cost,
        "at_most": now.cost - base.bound,
        "kept_plan_cost": each.kept_cost,
        "kept_plan_breaks": list(each.kept_broken),
        "plan_hash": now.plan.hash,
        "consignments_changed": len(each.changes),
        "consignments": [_change_record(now.problem, change) for change in each.changes[:CHANGES_TOLD]],
    }


def _change_record(problem: Problem, change: PlanChange) -> dict[str, Any]:
    """One consignment by lane, class and day, and how many kits are in it; kit types are not told."""
    one = change.after or change.before
    lane = problem.lanes[one.lane] if one else None
    return {
        "kind": change.kind.value,
        "lane": one.lane if one else "",
        "from": lane.origin if lane else "",
        "to": lane.destination if lane else "",
        "temp": one.temp if one else "",
        "day_before": change.before.dispatch_day if change.before else None,
        "day_after": change.after.dispatch_day if change.after else None,
        "kits_before": kits_in(change.before) if change.before else 0,
        "kits_after": kits_in(change.after) if change.after else 0,
        "cents": change.cents,
    }
