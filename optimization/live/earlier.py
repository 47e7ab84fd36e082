"""A plan kept on an earlier day, as today's live problem sees it."""

from collections.abc import Callable

from irt.study.earlier_plan import EarlierPlan
from optimization.live.network import LiveProblem
from optimization.plan_file import read_plan
from optimization.problem import Problem
from optimization.problem_file import read_problem
from optimization.replan.changes import Replanned
from optimization.replan.yesterday import Nervousness, Yesterday
from optimization.result import Goal, Watch

SolveAgain = Callable[[Problem, Yesterday, Goal, Watch, Nervousness], Replanned]
"""Plans from an earlier plan."""


def earlier_of(live: LiveProblem, problem: str, plan: str) -> Yesterday:
    """The plan in its file and the problem it was made for, in its own: both as they were kept."""
    before = read_problem(problem)
    return Yesterday(read_plan(plan), (live.days.start - before.start).days, before)


def nervousness_of(asked: EarlierPlan) -> Nervousness:
    """What a study says that changes cost."""
    return Nervousness(asked.change_cents, asked.near_days, asked.frozen_days)
