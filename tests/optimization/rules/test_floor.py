"""The floor under the optimizer: a poor plan gives way to a rule's, a good one stays, and bounds are kept."""

from dataclasses import replace

import pytest

from optimization.check.check_plan import check_plan
from optimization.door import best_plan
from optimization.plan import Plan
from optimization.problem import Problem
from optimization.result import Goal, Progress, Result, Solve, Status, Watch
from optimization.rules.floor import FEW, never_dearer
from optimization.rules.planner import RulePlanner
from optimization.rules.tuning import Method
from tests.optimization.instances import Shape, network
from tests.optimization.stocked import Stocked, stocked

GOAL = Goal(0.01, 1e9, 1)


def idle(status: Status, near: float = 1e9) -> Solve:
    """Sends nothing, and proves little: its gap is `near`."""

    def solve(problem: Problem, goal: Goal, watch: Watch) -> Result:
        cost = check_plan(problem, Plan((), ())).cost
        return Result(status, Plan((), ()), cost, max(1, round(cost.total / (1 + near))), 0.5)

    return solve


def test_a_poor_plan_gives_way() -> None:
    """The rule's plan is clean and cheaper; the bound stays, and steps are told with it."""
    problem, heard = network(Shape(sites=3, weeks=6, depots=2, seed=9)), list[Progress]()
    poor = idle(Status.STOPPED)(problem, GOAL, lambda _: True)

    def hearing(step: Progress) -> bool:
        heard.append(step)
        return True

    better = never_dearer(idle(Status.STOPPED))(problem, GOAL, hearing)
    assert check_plan(problem, better.plan).violations == ()
    assert better.cost.total < poor.cost.total
    assert (better.bound, better.status) == (1, Status.STOPPED)
    assert {step.bound for step in heard} == {1}


@pytest.mark.parametrize(
    ("status", "near"), [(Status.CANCELLED, 1e9), (Status.PROVEN, 1e9), (Status.STOPPED, 0.04)]
)
def test_what_was_stopped_or_proven_stays(status: Status, near: float) -> None:
    """Nobody who asked to stop waits for a rule; a plan that is proven, or nearly so, needs none."""
    problem = network(Shape(sites=2, weeks=4, seed=3))
    assert never_dearer(idle(status, near))(problem, GOAL, lambda _: True).plan == Plan((), ())


def test_without_time_one_setting_is_played() -> None:
    """The floor is there for a search that used all its seconds, at the cost of one play."""
    problem, words = network(Shape(sites=2, weeks=4, seed=3)), list[str]()

    def hearing(step: Progress) -> bool:
        words.append(step.words)
        return True

    found = never_dearer(idle(Status.STOPPED))(problem, replace(GOAL, seconds=0), hearing)
    assert found.plan.consignments
    assert len(words) == 3


def test_the_door_has_the_floor() -> None:
    """A network with stock at its depots where the search alone ends above a rule: the plan given out does not."""
    shape = Shape(sites=4, weeks=4, depots=2, kits_per_class=2, blind=1, seed=1007)
    problem = stocked(Stocked(shape, cover=0.5))
    rule = RulePlanner(Method.PREDICTIVE_BY_CATEGORY, review_days=2, few=FEW)(problem, GOAL, lambda _: True)
    found = best_plan(problem, Goal(0.0, 1e9))
    assert found.bound <= found.cost.total <= rule.cost.total
    assert check_plan(problem, found.plan).cost == found.cost
