"""Rules behind the door of the optimizer: a problem in, a checked plan out; nothing is proven of it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from optimization.check.check_plan import check_plan
from optimization.problem import Problem
from optimization.result import Goal, Progress, Result, Status, Watch
from optimization.rules.levels import Setting
from optimization.rules.play import Rule, played
from optimization.rules.tuning import METHOD_WORDS, Method, Tried, Tuning
from optimization.rules.ways import Ways


@dataclass(frozen=True)
class RulePlanner:
    """One method as a solver: called with a problem, a goal and a watch, as the optimizer is.

    `rule` is played as it stands; without one, methods find their settings on the problem, among the
    `few` where they are given.
    """

    method: Method
    review_days: int = 1
    rule: Rule | None = None
    few: Sequence[Setting] = ()
    clock: Callable[[], float] = time.monotonic

    def __call__(self, problem: Problem, goal: Goal, watch: Watch) -> Result:
        """The plan of the best settings, with a bound of zero."""
        begun = self.clock()
        found, status = self.found(problem, goal, watch)
        return Result(status, found.plan, found.verdict.cost, 0, self.clock() - begun)

    def found(self, problem: Problem, goal: Goal, watch: Watch) -> tuple[Tried, Status]:
        """The best settings with their plan; stopped softly by the watch or when the seconds are over."""
        told = _Told(self.clock, goal, watch)
        ways = Ways(problem)
        if self.rule is not None:
            plan = played(ways, self.rule)
            told(METHOD_WORDS[self.method])
            return Tried({}, self.rule.levels, plan, check_plan(problem, plan)), told.status
        return Tuning(ways, self.method, self.review_days, told, self.few).best(), told.status


class _Told:
    """Hands each step to the watch, and remembers how it ended."""

    def __init__(self, clock: Callable[[], float], goal: Goal, watch: Watch) -> None:
        self._clock, self._goal, self._watch, self._begun = clock, goal, watch, clock()
        self.status = Status.STOPPED

    def __call__(self, words: str) -> bool:
        seconds = self._clock() - self._begun
        if not self._watch(Progress(seconds, 0, None, words)):
            self.status = Status.CANCELLED
        return self.status is Status.STOPPED and seconds <= self._goal.seconds
