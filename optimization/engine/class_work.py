"""The work on one temperature class: its clusters, and the prices of lots that bind them together."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from optimization.engine.bound import first_bound, raise_bound
from optimization.engine.carried import Carried, carried_kits
from optimization.engine.cluster_work import ClusterWork, begin, bound_at, change_bound_price, change_price, go_on
from optimization.engine.early_price import NO_PRICE, EarlyPrice, raised
from optimization.engine.network import Network, clusters_of
from optimization.engine.tables import tables_of
from optimization.engine.waste import LotPrices, own_waste
from optimization.plan import Dispensing
from optimization.problem import Problem

Told = Callable[[str], bool]
"""Told what is done; answers whether to go on."""
SCARCITIES = (1.0, 0.5, 0.0)
TRIAL_STEPS = 8
FACTORS = (0.5, 0.7, 0.85)
TRIALS_MAX = 4000
"""Lots times kits up to which prices of lots are tried: trials plan every kit again."""


@dataclass
class ClassWork:
    """One class: its lots' prices, its early prices, and the work on its clusters."""

    network: Network
    temp: str
    lots: LotPrices
    clusters: list[ClusterWork]
    early: EarlyPrice = NO_PRICE
    bound_early: EarlyPrice = NO_PRICE
    rises: Mapping[int, float] = field(default_factory=dict)

    @property
    def kits(self) -> list[str]:
        """The kit types of the class."""
        return kits_of(self.network.problem, self.temp)

    @property
    def bound(self) -> float:
        """What no plan of the class falls below, in cents."""
        clusters = sum(work.bound.value for work in self.clusters) - self.bound_early.rebate
        missed = max(0.0, self._missed_at_least - sum(self.bound_early.prices.values()))
        return clusters + self._apart + self._missing * missed

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
        most = self.network.problem.costs.unmet_kit / 2
        price, self.rises = raised(self.early, self.rises, self.network.sources, kits, without, most)
        if price == self.early:
            return False
        self.early = self.bound_early = price
        for work in self.clusters:
            if work.exact.arrivals:
                change_price(work, price)
                work.scheduling.improve(tries)
        return True

    def tune_bound_price(self) -> None:
        """Lowers the bound's early prices where that raises it: plans need dearer ones, for kits wait in whole trips."""
        for factor in FACTORS:
            price = self.bound_early.times(factor)
            bounds = [bound_at(work, price) for work in self.clusters]
            gain = sum(bound.value - work.bound.value for bound, work in zip(bounds, self.clusters, strict=True))
            if self.bound_early.prices and gain + self.bound_early.rebate > price.rebate + 1:
                for work, bound in zip(self.clusters, bounds, strict=True):
                    change_bound_price(work, price, bound)
                self.bound_early = price

    def go_on(self, gap: float, steps: int, tries: int, told: Told) -> None:
        """More work on clusters whose cost and bound are further apart than the gap, the widest first."""
        for work in sorted(self.clusters, key=lambda one: -one.gap):
            if work.gap > gap * max(work.bound.value, 1.0):
                go_on(work, steps, tries)
                if not told("closing the gap"):
                    return


def begin_class(network: Network, temp: str, lots: LotPrices, told: Told) -> ClassWork:
    """The first bounds and schedules, with the lot prices that bind best: tried lot by lot."""
    best = _begun(network, temp, lots, told)
    expiring = _expiring(network.problem, lots, best.kits)
    if len(expiring) * sum(work.exact.kits for work in best.clusters) > TRIALS_MAX:
        return best
    best = _worked(best)
    for lot in expiring:
        for scarcity in SCARCITIES:
            if scarcity != best.lots.scarcity[lot]:
                tried = with_scarcity(best.lots, lot, scarcity)
                if _tried_bound(best, tried) > best.bound + 1:
                    best = _worked(_begun(network, temp, tried, told))
                if not told("pricing lots that expire"):
                    return best
    return best


def _worked(begun: ClassWork) -> ClassWork:
    for work in begun.clusters:
        go_on(work, TRIAL_STEPS, 2 * TRIAL_STEPS)
    return begun


def with_scarcity(lots: LotPrices, lot: str, scarcity: float) -> LotPrices:
    """The same prices with another for one lot."""
    return replace(lots, scarcity={**lots.scarcity, lot: scarcity}, memo={})


def kits_of(problem: Problem, temp: str) -> list[str]:
    """The kit types of a class."""
    return sorted(kit.id for kit in problem.kit_types.values() if kit.temp == temp)


def _expiring(problem: Problem, lots: LotPrices, kits: list[str]) -> list[str]:
    return sorted(lot for lot in lots.scarcity if problem.lots[lot].kit in kits)


def _tried_bound(best: ClassWork, lots: LotPrices) -> float:
    """The bound with other prices of lots, from the same shares where they fit."""
    bound = lots.rest(best.kits) + own_waste(best.network.problem, best.kits)
    for work, cluster in zip(best.clusters, clusters_of(best.network, best.temp, lots.gain, True), strict=True):
        tables = tables_of(cluster, lots)
        fits = work.bound.shares.opening.shape == (len(cluster.first_choices), len(cluster.arrivals))
        first = first_bound(cluster, tables, work.bound.shares if fits else None)
        reach = max(work.cost, first.value + work.gap)
        bound += raise_bound(cluster, tables, first, reach, TRIAL_STEPS).value
    return bound


def _begun(network: Network, temp: str, lots: LotPrices, told: Told) -> ClassWork:
    pairs = zip(
        clusters_of(network, temp, lots.gain, relaxed=False),
        clusters_of(network, temp, lots.gain, relaxed=True),
        strict=True,
    )
    clusters = []
    for exact, relaxed in pairs:
        clusters.append(begin(exact, relaxed, lots))
        told("planning depot by depot")
    return ClassWork(network, temp, lots, clusters)
