"""The floor under the optimizer: a poor plan gives way to a rule's, a good one stays, and bounds are kept."""

from optimization.check.check_plan import check_plan
from optimization.plan import Plan
from optimization.planner import Solve
from optimization.problem import Problem
from optimization.result import Goal, Progress, Result, Status, Watch
from optimization.rules.floor import never_dearer
from tests.optimization.instances import Shape, network

GOAL = Goal(0.01, 1e9, 1)


def idle(status: Status) -> Solve:
    """Sends nothing, and proves little."""

    def solve(problem: Problem, goal: Goal, watch: Watch) -> Result:
        return Result(status, Plan((), ()), check_plan(problem, Plan((), ())).cost, 1, 0.5)

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


def test_what_was_stopped_or_proven_stays() -> None:
    """Nobody who asked to stop waits for a rule; a proven plan needs none."""
    problem = network(Shape(sites=2, weeks=4, seed=3))
    for status in (Status.CANCELLED, Status.PROVEN):
        assert never_dearer(idle(status))(problem, GOAL, lambda _: True).plan == Plan((), ())
