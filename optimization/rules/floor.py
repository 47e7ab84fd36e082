"""A floor under the optimizer: where its plan is far from its bound, a rule's plan of the problem may be better."""

from dataclasses import replace

from optimization.problem import Problem
from optimization.result import Goal, Progress, Result, Solve, Status, Watch
from optimization.rules.levels import Setting
from optimization.rules.planner import RulePlanner
from optimization.rules.tuning import Method

FEW = tuple(Setting(trigger, reach) for trigger, reach in ((7, 28), (14, 42), (28, 56)))
"""Predictive windows worth a look: each is one play."""
NEAR = 0.05
"""A plan whose gap is no wider is not held against a rule, which could save no more than that."""
REVIEW_DAYS, LARGE_REVIEW_DAYS, LARGE = 2, 7, 10_000
"""Reviews cost the time that a play takes: networks of more places times days are reviewed by the week."""


def never_dearer(solve: Solve) -> Solve:
    """The same solver, whose plan costs no more than predictive resupply would; its bound holds for either.

    Left as they are: plans near their bound, and those of somebody who asked to stop.
    """

    def with_floor(problem: Problem, goal: Goal, watch: Watch) -> Result:
        result = solve(problem, goal, watch)
        near = max(goal.gap, NEAR) * result.bound
        if result.status is not Status.STOPPED or result.cost.total - result.bound <= near:
            return result
        left = max(goal.seconds - result.seconds, 0.0)
        rule = RulePlanner(Method.PREDICTIVE_BY_CATEGORY, _review_days(problem), few=FEW)
        found, status = rule.found(problem, replace(goal, seconds=left), _besides(result, watch))
        if found.verdict.violations or found.cents >= result.cost.total:
            return replace(result, status=status)
        return replace(result, status=status, plan=found.plan, cost=found.verdict.cost)

    return with_floor


def _review_days(problem: Problem) -> int:
    size = len(problem.nodes) * problem.horizon_days
    return LARGE_REVIEW_DAYS if size > LARGE else REVIEW_DAYS


def _besides(result: Result, watch: Watch) -> Watch:
    """Tells the steps of the rule beside the plan there is."""

    def told(progress: Progress) -> bool:
        seconds = result.seconds + progress.seconds
        return watch(
            Progress(seconds, result.bound, result.cost.total, "holding the plan against predictive resupply")
        )

    return told
