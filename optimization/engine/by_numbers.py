"""A class told apart by numbers: how many kits may be of lots that would expire.

A price of such a lot leaves a gap where sites keep own stock back for it. Kits kept back are whole: at the best
price more are kept back than the lot has kits for, or fewer. So each cluster is asked for each number, and
what is wasted follows for each sum of numbers. The least sum is a bound, and its schedules are a plan.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, product
from math import prod

from optimization.engine.bound import first_bound
from optimization.engine.branching import Cases
from optimization.engine.class_work import ClassWork, Told, begun, expiring_lots, tried_lot_by_lot
from optimization.engine.cluster import Cluster
from optimization.engine.cluster_work import ClusterWork, go_on, planned_at_price, priced
from optimization.engine.clusters import clusters_of
from optimization.engine.compiled import NEVER
from optimization.engine.schedule import Scheduling

COUNTED = 0.5
"""The scarcity of lots while kits are counted: any between 0 and 1 gives the same."""
COMBINATIONS_MAX = 500
STEPS, TRIES, ROUNDS_MAX, IDLE_MAX = 12, 30, 200, 3

Numbers = tuple[int, ...]
"""Kits by type that may be of lots that would expire."""
Works = Mapping[Numbers, ClusterWork]


@dataclass(frozen=True)
class _Sum:
    """What clusters cost together at least, and the numbers of each."""

    cost: float
    parts: tuple[Numbers, ...]


class ByNumbers:
    """The clusters of one class with all the numbers they may have."""

    def __init__(self, work: ClassWork, told: Told) -> None:
        self._work, self._told = work, told
        self._lots = expiring_lots(work)
        lots = replace(work.lots, scarcity={**work.lots.scarcity, **dict.fromkeys(self._lots, COUNTED)}, memo={})
        self._counted = begun(work.network, work.temp, lots, told)
        problem = work.network.problem
        self._kits = sorted({problem.lots[lot].kit for lot in self._lots})
        if work.bound_early.prices:
            price = work.bound_early
            clusters = [priced(planned_at_price(one, price, TRIES), price) for one in self._counted.clusters]
            self._counted = replace(self._counted, clusters=clusters, early=price, bound_early=price)
        self._parts = [_asked(one, self._kits) for one in self._counted.clusters]
        self._idle: dict[int, int] = defaultdict(int)

    def tell_apart(self) -> float:
        """The bound, after the least sum was worked on until its plan costs no more, or nothing more is found."""
        for _ in range(ROUNDS_MAX):
            least, best = self._least(_value), self._least(_cost)
            if best.cost - least.cost < 0.5 or not self._told("counting kits of lots that expire"):
                break
            works = [part[numbers] for part, numbers in zip(self._parts, least.parts, strict=True)]
            open_ones = [one for one in works if one.gap > 0.5 and self._idle[id(one)] < IDLE_MAX]
            if not open_ones:
                break
            widest = max(open_ones, key=lambda one: one.gap)
            before = widest.value, widest.cost
            go_on(widest, 0.0, STEPS, TRIES)
            self._idle[id(widest)] = 0 if (widest.value, widest.cost) != before else self._idle[id(widest)] + 1
        return self._least(_value).cost

    def planned(self) -> ClassWork | None:
        """The class with the schedules of the best numbers; None where none serves every visit."""
        best = self._least(_cost)
        if best.cost >= NEVER / 2:
            return None
        work, lots = self._work, self._counted.lots
        exact = clusters_of(work.network, work.temp, lots.gain, relaxed=False, bound_gain=work.lots.gain)
        clusters = []
        for part, numbers, old, new in zip(self._parts, best.parts, work.clusters, exact, strict=True):
            one = part[numbers]
            kept = replace(new, combinations=one.exact.combinations)
            clusters.append(replace(old, exact=kept, plain=one.plain, scheduling=one.scheduling, early=one.early))
        return replace(work, plan_lots=lots, clusters=clusters)

    def _least(self, told: Callable[[ClusterWork], float]) -> _Sum:
        """The least sum over the clusters, with what is wasted at these numbers."""
        sums = {(0,) * len(self._kits): _Sum(0.0, ())}
        for part in self._parts:
            tried = [(numbers, told(work)) for numbers, work in part.items()]
            more: dict[Numbers, _Sum] = {}
            for (before, one), (numbers, cost) in product(sums.items(), tried):
                together = tuple(map(int.__add__, before, numbers))
                if together not in more or one.cost + cost < more[together].cost:
                    more[together] = _Sum(one.cost + cost, (*one.parts, numbers))
            sums = more
        whole = [replace(one, cost=one.cost + self._wasted(numbers)) for numbers, one in sums.items()]
        least = min(whole, key=lambda one: one.cost)
        apart = self._counted.bound - sum(one.value for one in self._counted.clusters)
        return replace(least, cost=least.cost + apart)

    def _wasted(self, numbers: Numbers) -> float:
        """What lots waste when no more of their kits are used, beyond what their price has counted."""
        problem, wasted = self._work.network.problem, 0.0
        for kit, used in zip(self._kits, numbers, strict=True):
            unused = (
                sum(row.kits for row, lot in self._work.network.sources.rows[kit] if lot.id in self._lots) - used
            )
            wasted += problem.kit_types[kit].unit_cost * (max(0, unused) - (1 - COUNTED) * unused)
        return wasted


def by_numbers(work: ClassWork, told: Told) -> ByNumbers | None:
    """The class to be told apart; None where there is nothing to count, or too much, or kits for the blind."""
    problem = work.network.problem
    blind = problem.blind_minimum_each and any(kit in work.kits for one in problem.blind_groups for kit in one)
    if blind or not expiring_lots(work) or not tried_lot_by_lot(work):
        return None
    many = max((_combinations(form) for one in work.clusters for form in (one.exact, one.relaxed)), default=0)
    return ByNumbers(work, told) if many <= COMBINATIONS_MAX else None


def _value(work: ClusterWork) -> float:
    return work.value


def _cost(work: ClusterWork) -> float:
    return work.cost if work.exact.combinations else NEVER


def _asked(base: ClusterWork, kits: Sequence[str]) -> dict[Numbers, ClusterWork]:
    exact = dict(_by_number(base.exact, kits))
    return {
        numbers: _begun_at(base, exact.get(numbers, ()), combinations)
        for numbers, combinations in _by_number(base.relaxed, kits)
    }


def _begun_at(base: ClusterWork, exact: tuple[Numbers, ...], relaxed: tuple[Numbers, ...]) -> ClusterWork:
    """The work on the cluster with these combinations of choices alone."""
    planned, bounded = (
        replace(base.exact, combinations=exact),
        replace(base.relaxed, combinations=relaxed),
    )
    tables = base.scheduling.tables
    scheduling = Scheduling(planned, tables, tables.early)
    scheduling.consider(base.schedule.arrivals)
    bound = first_bound(bounded, base.tables, base.bound.shares)
    cases = Cases(bounded, base.tables)
    return replace(base, exact=planned, relaxed=bounded, scheduling=scheduling, bound=bound, cases=cases)


def _by_number(cluster: Cluster, kits: Sequence[str]) -> Iterator[tuple[Numbers, tuple[tuple[int, ...], ...]]]:
    """All combinations of the sites' choices, by the numbers they come to."""
    places = groupby(range(len(cluster.sites)), key=lambda place: cluster.sites[place].node.id)
    found: dict[Numbers, list[tuple[int, ...]]] = defaultdict(list)
    for together in product(*(list(some) for _, some in places)):
        numbers = tuple(sum(cluster.sites[place].perishable.get(kit, 0) for place in together) for kit in kits)
        found[numbers].append(together)
    yield from ((numbers, tuple(some)) for numbers, some in sorted(found.items()))


def _combinations(cluster: Cluster) -> int:
    return prod(len(list(some)) for _, some in groupby(cluster.sites, key=lambda one: one.node.id))
