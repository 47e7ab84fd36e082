"""The search: a problem in, the best plan found and a bound no plan falls below out."""

import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from optimization.check.check_plan import check_plan
from optimization.check.verdict import Verdict
from optimization.engine.by_numbers import by_numbers
from optimization.engine.carried import Carried
from optimization.engine.class_work import ClassWork, begun, kits_of, plan_prices, planned_at, priced_lot_by_lot
from optimization.engine.lots import allot
from optimization.engine.network import network_of
from optimization.engine.own_stock import spare_own_stock
from optimization.engine.packing import packed_plan
from optimization.engine.schedule import Schedule
from optimization.engine.stores import overfull
from optimization.engine.waste import first_prices
from optimization.plan import Plan
from optimization.problem import Problem
from optimization.result import Goal, Progress, Result, Status, Watch, unwatched

ROUNDS, PRICE_ROUNDS, ROOM_ROUNDS = 40, 12, 6
FIRST_FACTORS, FIRST_CASES = (0.5, 0.5, 0.5, 0.0, 1.4, 0.7), 6
TUNED, FACTORS = {2, 5, 9}, (0.5, 0.7, 0.85)
"""Rounds before which the early prices of the bound are tuned, and how; first after they are found."""
STEPS, TRIES = 12, 60
"""Of the bound and of the schedules of each cluster in a round."""

LARGE, SAVED = 20_000, 0.0005
"""Plans of more kits are made anew where they save that much, and in the end."""


def optimize(
    problem: Problem, goal: Goal, watch: Watch = unwatched, clock: Callable[[], float] = time.monotonic
) -> Result:
    """The best plan found, checked and priced by the checker, with the greatest bound proven.

    Ends when the gap of the goal is reached, when all rounds are done, when its seconds are over or when the watch
    says so; with the same seconds to spare the answer is the same on every machine.
    """
    return _Run(problem, goal, watch, clock).result()


@dataclass(frozen=True)
class _Candidate:
    plan: Plan
    verdict: Verdict


class _Run:
    def __init__(self, problem: Problem, goal: Goal, watch: Watch, clock: Callable[[], float]) -> None:
        self._problem, self._goal, self._watch, self._clock = problem, goal, watch, clock
        self._begun = clock()
        self._network = network_of(problem)
        self._classes: list[ClassWork] = []
        nothing = Plan((), ())
        self._best = self._last = _Candidate(nothing, check_plan(problem, nothing))
        self._stopped: Status | None = None
        self._taken: list[Schedule] = []
        self._taken_cost = 0.0
        self._all_begun = False
        self._best_bound = 0

    def result(self) -> Result:
        lots = first_prices(self._problem, self._network.sources, self._network.first_arrival)
        for temp in self._problem.temps:
            if kits_of(self._problem, temp):
                self._classes.append(begun(self._network, temp, lots, self._tell))
        self._all_begun = True
        self._take()
        if not self._reached():
            self._improve()
        status = Status.PROVEN if self._reached() else self._stopped or Status.STOPPED
        seconds = self._clock() - self._begun
        return Result(status, self._best.plan, self._best.verdict.cost, self._bound(), seconds)

    def _improve(self) -> None:
        """Prices of lots, room and numbers, then the rounds, until the gap is reached."""
        self._classes = [priced_lot_by_lot(work, self._tell) for work in self._classes]
        self._find_lots()
        for work in self._classes:
            work.ease_early_price(TRIES // 4)
            work.tune_bound_price(FIRST_FACTORS, FIRST_CASES)
        if any(work.early.prices for work in self._classes):
            self._take()
        self._find_room()
        self._use_up_lots()
        self._tell_numbers_apart()
        for done in range(ROUNDS):
            if self._reached() or self._stopped:
                break
            for work in self._classes:
                if done in TUNED and not self._stopped:
                    work.tune_bound_price(FACTORS)
                if not self._stopped:
                    work.go_on(0.2 * self._goal.gap, STEPS, TRIES, self._tell)
            if self._worth_taking():
                self._take()
        if self._schedules_changed():
            self._take()

    def _find_room(self) -> None:
        """Plans again with less room in the stores that the plan overfills."""
        for _ in range(ROOM_ROUNDS):
            over = overfull(self._problem, self._last.plan) if self._last.verdict.violations else {}
            if not over or self._stopped:
                return
            self._network.less.update(over)
            for place, work in enumerate(self._classes):
                if any(temp == work.temp for _, temp, _ in over):
                    self._classes[place] = planned_at(work, work.plan_lots.scarcity, TRIES // 4)
            self._find_lots()

    def _find_lots(self) -> None:
        """Raises early prices until each kit finds a lot."""
        for _ in range(PRICE_ROUNDS):
            without = [(one.kit, one.first_leg.leaves) for one in self._take()]
            changed = [work.raise_early_price(without, TRIES // 4) for work in self._classes]
            if not any(changed) or not self._tell("saving lots for those who need them early"):
                return

    def _use_up_lots(self) -> None:
        """Plans classes again at other prices of lots that expire, and keeps what is better."""
        for place in range(len(self._classes)):
            while self._used_up_better(place):
                pass

    def _used_up_better(self, place: int) -> bool:
        for scarcity in plan_prices(self._classes[place], self._left_over()):
            if self._stopped:
                return False
            before, kept = self._best, self._classes[place]
            self._classes[place] = planned_at(kept, scarcity, TRIES // 4)
            self._take()
            if self._best is not before:
                return True
            self._classes[place] = kept
        return False

    def _tell_numbers_apart(self) -> None:
        """Counts kits of lots that expire, where that may show more than their prices."""
        for place in range(len(self._classes)):
            kept = self._classes[place]
            found = None if self._reached() or self._stopped else by_numbers(kept, self._tell)
            if found is None:
                continue
            kept.told_apart = found.tell_apart()
            planned, before = found.planned(), self._best
            if planned:
                self._classes[place] = planned
                self._take()
                if self._best is before:
                    self._classes[place] = kept

    def _left_over(self) -> set[str]:
        """Lots of which the best plan does not use every kit."""
        kits = Counter[str]()
        for row in self._problem.supply:
            kits[row.lot] += row.kits
        for use in self._best.plan.dispensings:
            kits[use.lot] -= use.kits
        return {lot for lot, count in kits.items() if count > 0}

    def _take(self) -> list[Carried]:
        """Makes the plan of the best schedules, and keeps it if it is better and passed the check.

        Answers the kits it has no lot for.
        """
        kits = [one for work in self._classes for one in work.carried()]
        own = spare_own_stock(self._problem, kits, (use for work in self._classes for use in work.own_use()))
        allotted, without = allot(self._problem, kits)
        plan = packed_plan(self._problem, allotted, own)
        found = _Candidate(plan, check_plan(self._problem, plan))
        self._last, self._taken, self._taken_cost = found, self._schedules(), self._unpriced()
        better = found.verdict.cost.total < self._best.verdict.cost.total
        if not found.verdict.violations and better:
            self._best = found
        self._tell("plan checked")
        return without

    def _schedules(self) -> list[Schedule]:
        return [one.schedule for work in self._classes for one in work.clusters]

    def _schedules_changed(self) -> bool:
        now = self._schedules()
        return len(now) != len(self._taken) or any(
            one is not other for one, other in zip(now, self._taken, strict=True)
        )

    def _worth_taking(self) -> bool:
        """Whether a plan of the schedules of now may be the last, or saves enough to be made and checked.

        To pack, check and price a large plan takes as long as several steps of the bound.
        """
        if not self._schedules_changed():
            return False
        saved = self._taken_cost - self._unpriced()
        hoped = self._last.verdict.cost.total - saved - self._bound()
        reached = hoped <= self._goal.gap * self._bound()
        return self._problem.kits_wanted <= LARGE or reached or saved >= SAVED * self._bound()

    def _unpriced(self) -> float:
        return sum(one.unpriced for work in self._classes for one in work.clusters)

    def _bound(self) -> int:
        """The best bound so far, in whole cents: no plan costs a fraction."""
        if self._all_begun:
            whole = sum(work.bound for work in self._classes)
            self._best_bound = max(self._best_bound, math.ceil(whole - 0.01 - 1e-9 * abs(whole)))
        return self._best_bound

    def _reached(self) -> bool:
        return self._best.verdict.cost.total - self._bound() <= self._goal.gap * self._bound()

    def _tell(self, words: str) -> bool:
        seconds = self._clock() - self._begun
        if not self._watch(Progress(seconds, self._bound(), self._best.verdict.cost.total, words)):
            self._stopped = Status.CANCELLED
        elif seconds > self._goal.seconds:
            self._stopped = self._stopped or Status.STOPPED
        return self._stopped is None
