"""Planning again with a proof: the repaired plan first, then what is found and proven in the time left."""

import time
from collections.abc import Callable
from dataclasses import replace

from optimization.door import best_plan
from optimization.problem import Problem
from optimization.replan.changes import Replanned
from optimization.replan.replan import replan, told_against
from optimization.replan.yesterday import CALM, Nervousness, Yesterday
from optimization.result import Goal, Progress, Result, Status, Watch, unwatched


def replan_and_prove(
    problem: Problem,
    yesterday: Yesterday,
    goal: Goal,
    watch: Watch = unwatched,
    nervousness: Nervousness = CALM,
    clock: Callable[[], float] = time.monotonic,
) -> Replanned:
    """The better of both plans, what changes cost counted, with the bound; it ends as `optimize` does."""
    begun = clock()
    warm = replan(problem, yesterday, goal, watch, nervousness, clock)
    if warm.result.bound:
        return warm
    left = replace(goal, seconds=max(0.0, goal.seconds - (clock() - begun)))
    told = _Told(watch, warm.result, goal, begun, clock)
    cold = best_plan(problem, left, told, clock)
    changes = told_against(problem, yesterday, cold.plan, nervousness)
    seconds = clock() - begun
    if cold.cost.total + changes.charge < warm.result.cost.total + warm.changes.charge:
        return replace(warm, result=replace(cold, seconds=seconds), changes=changes)
    result = replace(warm.result, bound=cold.bound, status=told.status(cold), seconds=seconds)
    return replace(warm, result=result)


class _Told:
    """Passes progress on with the better plan of both, and stops when the repaired one is proven near enough."""

    def __init__(self, watch: Watch, warm: Result, goal: Goal, begun: float, clock: Callable[[], float]) -> None:
        self._watch, self._warm, self._goal, self._begun, self._clock = watch, warm, goal, begun, clock
        self._wanted = True

    def __call__(self, progress: Progress) -> bool:
        cost = min(self._warm.cost.total, progress.cost or self._warm.cost.total)
        seconds = self._clock() - self._begun
        self._wanted = self._watch(Progress(seconds, progress.bound, cost, progress.words))
        return self._wanted and not self._near(progress.bound)

    def _near(self, bound: int) -> bool:
        return self._warm.cost.total - bound <= self._goal.gap * bound

    def status(self, cold: Result) -> Status:
        """How it ended for the repaired plan."""
        if self._near(cold.bound):
            return Status.PROVEN
        return Status.STOPPED if self._wanted else Status.CANCELLED
