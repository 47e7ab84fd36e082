"""The door of the optimizer: a problem in, the best plan found and a bound no plan falls below out."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from optimization.check.check_plan import check_plan
from optimization.check.verdict import Verdict
from optimization.engine.carried import Carried, carried_kits
from optimization.engine.cluster_work import ClusterWork, begin, change_price, go_on
from optimization.engine.early_price import NO_PRICE, EarlyPrice, raised
from optimization.engine.lots import allot
from optimization.engine.needs import needs_of
from optimization.engine.network import Network, clusters_of, network_of
from optimization.engine.own_stock import spare_own_stock
from optimization.engine.packing import packed_plan
from optimization.engine.spares import SparePrices
from optimization.engine.waste import ForcedWaste, forced_waste
from optimization.plan import Dispensing, Plan
from optimization.problem import Problem
from optimization.result import Goal, Progress, Result, Status, Watch

ROUNDS = 40
PRICE_ROUNDS = 12
STEPS, TRIES = 12, 60
"""Of the bound and of the schedules of each cluster in a round."""


def unwatched(progress: Progress) -> bool:
    """Goes on whatever happens."""
    return True


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
        self._network: Network = network_of(problem)
        self._waste: ForcedWaste = forced_waste(problem, self._network.first_arrival)
        self._work: list[ClusterWork] = []
        self._best: _Candidate | None = None
        self._apart = 0
        self._early: dict[str, EarlyPrice] = {}
        self._stopped: Status | None = None

    def result(self) -> Result:
        self._prepare()
        self._price_early()
        for _ in range(ROUNDS):
            if self._reached() or self._stopped:
                break
            self._round()
            self._take(self._plan())
        best = self._best
        if best is None:
            raise RuntimeError("no plan passed the check")
        status = Status.PROVEN if self._reached() else self._stopped or Status.STOPPED
        return Result(status, best.plan, best.verdict.cost, self._bound(), self._clock() - self._begun)

    def _prepare(self) -> None:
        spares = SparePrices(self._problem, self._network.sources, self._waste.lot_price)
        for temp in self._problem.temps:
            pairs = zip(
                clusters_of(self._network, temp, relaxed=False),
                clusters_of(self._network, temp, relaxed=True),
                strict=True,
            )
            for exact, relaxed in pairs:
                self._apart += relaxed.unserved * self._problem.costs.unmet_kit + relaxed.own_holding
                if exact.sites:
                    self._work.append(begin(exact, relaxed, spares))
                self._tell("planning depot by depot")

    def _price_early(self) -> None:
        """Raises early prices until each kit finds a lot."""
        rises: dict[str, Mapping[int, float]] = {}
        for _ in range(PRICE_ROUNDS):
            without = self._take(self._plan())
            if not without or self._stopped:
                return
            left = [(one.kit, one.first_leg.leaves) for one in without]
            for temp in self._problem.temps:
                kits = [kit.id for kit in self._problem.kit_types.values() if kit.temp == temp]
                old = self._early.get(temp, NO_PRICE)
                price, rises[temp] = raised(old, rises.get(temp, {}), self._network.sources, kits, left)
                if price != old:
                    self._early[temp] = price
                    self._change_price(temp, price)

    def _change_price(self, temp: str, price: EarlyPrice) -> None:
        for work in self._work:
            if work.exact.temp == temp and work.exact.arrivals:
                change_price(work, price)
                work.scheduling.improve(TRIES // 4)
                self._tell("saving lots for those who need them early")

    def _round(self) -> None:
        """More work where the gap is, most of it first."""
        for work in sorted(self._work, key=lambda one: -one.gap):
            if self._stopped or work.gap <= 0.2 * self._goal.gap * work.bound.value:
                continue
            go_on(work, STEPS, TRIES)
            self._tell("closing the gap")

    def _plan(self) -> tuple[_Candidate, list[Carried]]:
        kits = [one for work in self._work for one in carried_kits(work.exact, work.schedule)]
        own = spare_own_stock(self._problem, kits, self._own_use())
        allotted, without = allot(self._problem, self._network.sources, kits)
        plan = packed_plan(self._problem, allotted, own)
        return _Candidate(plan, check_plan(self._problem, plan)), without

    def _own_use(self) -> Iterator[Dispensing]:
        for temp in self._problem.temps:
            for need in needs_of(self._problem, temp):
                yield from need.from_own_stock

    def _take(self, planned: tuple[_Candidate, list[Carried]]) -> list[Carried]:
        """Keeps a better plan that passed the check; the kits it has no lot for."""
        candidate, without = planned
        better = self._best is None or candidate.verdict.cost.total < self._best.verdict.cost.total
        if not candidate.verdict.violations and better:
            self._best = candidate
        self._tell("plan checked")
        return without

    def _bound(self) -> int:
        """Whole cents: no plan costs a fraction."""
        clusters = sum(work.bound.value for work in self._work)
        rebates = sum(price.rebate for price in self._early.values())
        whole = clusters - rebates + self._waste.cost + self._apart
        return max(0, math.ceil(whole - 0.01 - 1e-9 * abs(whole)))

    def _reached(self) -> bool:
        cost = self._best.verdict.cost.total if self._best else None
        return cost is not None and cost - self._bound() <= self._goal.gap * self._bound()

    def _tell(self, words: str) -> None:
        seconds = self._clock() - self._begun
        cost = self._best.verdict.cost.total if self._best else None
        if not self._watch(Progress(seconds, self._bound(), cost, words)):
            self._stopped = Status.CANCELLED
        elif seconds > self._goal.seconds:
            self._stopped = Status.STOPPED
