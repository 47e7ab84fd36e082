"""The work on one temperature class: its clusters, and the prices of lots that bind them together."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from optimization.engine.bound import first_bound, raise_bound
from optimization.engine.branching import Cases
from optimization.engine.carried import Carried, carried_kits
from optimization.engine.cluster import Cluster
from optimization.engine.cluster_work import (
    TRIAL_CASES,
    ClusterWork,
    begin,
    change_price,
    go_on,
    priced,
    resumed,
)
from optimization.engine.clusters import clusters_of
from optimization.engine.compiled import NEVER
from optimization.engine.early_price import NO_PRICE, EarlyPrice, raised
from optimization.engine.easing import eased
from optimization.engine.network import Network
from optimization.engine.tables import tables_of
from optimization.engine.waste import LotPrices, own_waste
from optimization.plan import Dispensing
from optimization.problem import Problem

Told = Callable[[str], bool]
"""Told what is done; answers whether to go on."""
SCARCITIES = (1.0, 0.97, 0.9, 0.5, 0.0)
TRIAL_STEPS = 8
HANDS = min(8, os.cpu_count() or 1)
"""Clusters worked on at once: their answers do not depend on it."""
PLAN_SCARCITY = 0.9
"""Plans take kits of a scarce lot for a little less than they are worth: so that every one of them is used."""
TRIALS_MAX = 4000
"""Lots times kits up to which prices of lots are tried: trials plan every kit again."""


@dataclass
class ClassWork:
    """One class: its lots' prices for bound and plan, its early prices, and the work on its clusters."""

    network: Network
    temp: str
    lots: LotPrices
    plan_lots: LotPrices
    clusters: list[ClusterWork]
    early: EarlyPrice = NO_PRICE
    bound_early: EarlyPrice = NO_PRICE
    rises: Mapping[int, float] = field(default_factory=dict)
    told_apart: float = -NEVER
    """A bound found otherwise than by these prices."""

    @property
    def kits(self) -> list[str]:
        """The kit types of the class."""
        return kits_of(self.network.problem, self.temp)

    @property
    def bound(self) -> float:
        """What no plan of the class falls below, in cents."""
        return max(self.told_apart, self._bound_of(self.bound_early, self.clusters))

    def _bound_of(self, price: EarlyPrice, clusters: Iterable[ClusterWork]) -> float:
        missed = max(0.0, self._missed_at_least - sum(price.prices.values()))
        return sum(work.value for work in clusters) - price.rebate + self._apart + self._missing * missed

    @cached_property
    def _apart(self) -> float:
        """What is lost whatever is planned: lots that expire, own stock nobody wants."""
        problem, kits = self.network.problem, self.kits
        return self.lots.rest(kits) + own_waste(problem, kits)

    @cached_property
    def _missing(self) -> int:
        """Kits wanted beyond all there will ever be, those apart that no trip can bring."""
        problem = self.network.problem
        there = Counter[str]()
        for row in problem.supply:
            there[problem.lots[row.lot].kit] += row.kits
        wanted = Counter[str]()
        for want in problem.demand:
            wanted[want.kit] += want.kits
        short = sum(max(0, wanted[kit] - there[kit]) for kit in self.kits)
        return max(0, short - sum(work.relaxed.unserved for work in self.clusters))

    @cached_property
    def _missed_at_least(self) -> float:
        """What a missing kit costs at the least beyond the way it would have had, early prices apart."""
        return self.network.problem.costs.unmet_kit - max(
            (work.relaxed.alone for work in self.clusters), default=0.0
        )

    def carried(self) -> Iterator[Carried]:
        """Every kit of the best schedules, with its trips."""
        for work in self.clusters:
            yield from carried_kits(work.exact, work.schedule)

    def own_use(self) -> Iterator[Dispensing]:
        """The use of the sites' own stock that goes with the best schedules."""
        for work in self.clusters:
            for place in work.schedule.choices:
                yield from work.exact.sites[place].own

    def raise_early_price(self, without: list[tuple[str, int]], tries: int) -> bool:
        """Makes kits wait whose lots others need; `without`: types and days of kits that found none."""
        kits = self.kits
        most = max(0.0, min((work.relaxed.price_room for work in self.clusters), default=0.0))
        price, self.rises = raised(self.early, self.rises, self.network.sources, kits, without, most)
        if price == self.early:
            return False
        self.early = self.bound_early = price
        self.clusters = [
            change_price(work, price, tries) if work.exact.arrivals else work for work in self.clusters
        ]
        return True

    def ease_early_price(self, tries: int) -> None:
        """Gives early prices back where lots suffice all the same."""
        if self.early.prices:
            self.clusters = eased(self.network.problem, self.clusters, tries)

    def tune_bound_price(self, factors: Iterable[float], cases: int = 0) -> None:
        """Changes the bound's early prices by these factors in turn, where that raises it; `cases`: to tell apart.

        Plans need dearer prices than the bound, for trips are whole.
        """
        if not self.bound_early.prices:
            return
        for work in self.clusters if cases else ():
            work.tell_apart(NEVER, cases)
        for factor in factors:
            price = self.bound_early.times(factor)
            tried = [priced(work, price, cases) for work in self.clusters]
            if self._bound_of(price, tried) > self.bound + 1:
                self.bound_early, self.clusters = price, tried

    def go_on(self, gap: float, steps: int, tries: int, told: Told) -> None:
        """More work on clusters whose cost and bound are further apart than the gap, the widest first."""
        wide = [work for work in self.clusters if work.gap > gap * max(work.value, 1.0)]
        with ThreadPoolExecutor(HANDS) as hands:
            goal = partial(go_on, gap=gap, steps=steps, tries=tries)
            for _ in hands.map(goal, sorted(wide, key=lambda one: -one.gap)):
                if not told("closing the gap"):
                    hands.shutdown(cancel_futures=True)
                    return


def begin_class(network: Network, temp: str, lots: LotPrices, told: Told) -> ClassWork:
    """The first bounds and schedules, with the lot prices that bind best."""
    return priced_lot_by_lot(begun(network, temp, lots, told), told)


def priced_lot_by_lot(best: ClassWork, told: Told) -> ClassWork:
    """The class with the lot prices that bind best: tried lot by lot, where it is small."""
    network, temp = best.network, best.temp
    expiring = expiring_lots(best)
    if not tried_lot_by_lot(best):
        return best
    best = _worked(best)
    reached = _tried_bound(best, best.lots)
    for lot in expiring:
        for scarcity in SCARCITIES:
            if scarcity != best.lots.scarcity[lot]:
                tried = with_scarcity(best.lots, lot, scarcity)
                if _tried_bound(best, tried) > reached + 1:
                    best = _worked(begun(network, temp, tried, told))
                    reached = _tried_bound(best, best.lots)
                if not told("pricing lots that expire"):
                    return best
    return best


def _worked(begun: ClassWork) -> ClassWork:
    for work in begun.clusters:
        go_on(work, 0.0, TRIAL_STEPS, 2 * TRIAL_STEPS)
    return begun


def plan_prices(work: ClassWork, left_over: Iterable[str]) -> Iterator[Mapping[str, float]]:
    """Scarcities of lots to plan the class at instead: lower where kits of scarce lots are left, and plain ones."""
    now = dict(work.plan_lots.scarcity)
    low = {lot: PLAN_SCARCITY for lot in left_over if now.get(lot, 0.0) > PLAN_SCARCITY}
    lots, tried = expiring_lots(work), tried_lot_by_lot(work)
    plain = [dict.fromkeys(lots, value) for value in SCARCITIES] if tried else []
    single = [{lot: value} for lot in lots for value in SCARCITIES] if tried else []
    for other in [low, *plain, *single]:
        if any(now[lot] != value for lot, value in other.items()):
            yield now | other


def planned_at(work: ClassWork, scarcity: Mapping[str, float], tries: int) -> ClassWork:
    """The class planned at other scarcities of its lots; its bound stays."""
    plan_lots = replace(work.plan_lots, scarcity=scarcity, memo={})
    exact = clusters_of(work.network, work.temp, plan_lots.gain, relaxed=False, bound_gain=work.lots.gain)
    clusters = [resumed(old, new, plan_lots, tries) for old, new in zip(work.clusters, exact, strict=True)]
    return replace(work, plan_lots=plan_lots, clusters=clusters)


def tried_lot_by_lot(work: ClassWork) -> bool:
    """Whether the class is so small that lots are looked at one by one."""
    return len(expiring_lots(work)) * sum(one.exact.kits for one in work.clusters) <= TRIALS_MAX


def with_scarcity(lots: LotPrices, lot: str, scarcity: float) -> LotPrices:
    """The same prices with another for one lot."""
    return replace(lots, scarcity={**lots.scarcity, lot: scarcity}, memo={})


def kits_of(problem: Problem, temp: str) -> list[str]:
    """The kit types of a class."""
    return sorted(kit.id for kit in problem.kit_types.values() if kit.temp == temp)


def expiring_lots(work: ClassWork) -> list[str]:
    """The lots of the class that would expire before the horizon."""
    return sorted(lot for lot in work.lots.scarcity if work.network.problem.lots[lot].kit in work.kits)


def _tried_bound(best: ClassWork, lots: LotPrices) -> float:
    """The bound with other prices of lots, from the same shares where they fit."""
    bound = lots.rest(best.kits) + own_waste(best.network.problem, best.kits)
    for work, cluster in zip(best.clusters, _relaxed(best, lots), strict=True):
        tables = tables_of(cluster, lots)
        fits = work.bound.shares.opening.shape == (len(cluster.first_choices), len(cluster.arrivals))
        first = first_bound(cluster, tables, work.bound.shares if fits else None)
        reach = max(work.cost, first.value + work.gap)
        cases = Cases(cluster, tables)
        cases.tell_apart(reach, TRIAL_CASES)
        bound += max(raise_bound(cluster, tables, first, reach, TRIAL_STEPS).value, cases.bound)
    return bound


def _relaxed(best: ClassWork, lots: LotPrices) -> Iterator[Cluster]:
    return clusters_of(best.network, best.temp, lots.gain, relaxed=True, bound_gain=lots.gain)


def begun(network: Network, temp: str, lots: LotPrices, told: Told) -> ClassWork:
    """The first bounds and schedules at these prices of lots."""
    pairs = zip(
        clusters_of(network, temp, lots.gain, relaxed=False, bound_gain=lots.gain),
        clusters_of(network, temp, lots.gain, relaxed=True, bound_gain=lots.gain),
        strict=True,
    )
    clusters = []
    with ThreadPoolExecutor(HANDS) as hands:
        for work in hands.map(lambda pair: begin(pair[0], pair[1], lots), pairs):
            clusters.append(work)
            told("planning depot by depot")
    return ClassWork(network, temp, lots, lots, clusters)
