"""A bound by cases: where few consignments supply a depot, it is asked for each when it may come, and how full.

A case gives each consignment a range of arrivals, and kits that have come by it. Its bound lets kits wait at the
depot only since the last day in range, and consignments be as full as that allows, at prices by consignment that
are moved until sites and depot agree (Lagrangian relaxation). The lowest case is halved until none is below the
best plan's cost.
"""

import heapq
from dataclasses import dataclass, field

import numpy as np

from optimization.engine.cluster import Cluster
from optimization.engine.compiled import NEVER
from optimization.engine.depot_inflow import plan_inflow
from optimization.engine.site_plans import as_overtaken, plan_sites, travelling
from optimization.engine.site_table import Amounts, Counts
from optimization.engine.tables import Tables

CONSIGNMENTS_MAX = 6
"""The last case: so many consignments or more, whenever they come."""
PRICE_STEPS = 3
FAR = 1e9

Range = tuple[int, int]


@dataclass(frozen=True)
class Ranges:
    """For each consignment in order, the arrivals it may be, and how many kits may have come by it."""

    arrivals: tuple[Range, ...]
    kits: tuple[Range, ...]


@dataclass(frozen=True)
class _Found:
    """The bound at some prices, and kits by consignment: those the sites draw, and those that come."""

    value: float
    prices: Amounts
    drawn: Amounts
    came: Amounts


@dataclass(order=True)
class Case:
    """One case with its bound; closed when it cannot be halved."""

    value: float
    number: int
    ranges: Ranges = field(compare=False)
    found: _Found = field(compare=False)
    closed: bool = field(compare=False, default=False)


class Cases:
    """The cases of one cluster that are still to be told apart; together they hold every plan."""

    def __init__(self, cluster: Cluster, tables: Tables) -> None:
        self._cluster, self._tables = cluster, tables
        self._sites = np.arange(len(cluster.sites), dtype=np.int64)
        self._fixed = float(min((trip.lane.fixed_cost for trip in cluster.arrivals), default=0))
        self._kit_price = cluster.kit_costs + tables.early
        self._count = 0
        self._heap: list[Case] = []
        self._limit = -NEVER
        told = cluster.all_by_depot and not cluster.is_stock.any()
        if cluster.arrivals and told and cluster.worth_serving and self._needs_any():
            for many in range(1, CONSIGNMENTS_MAX + 1):
                self._add(self._first_ranges(many), np.zeros(many), -NEVER)

    def _needs_any(self) -> bool:
        """Whether kits must pass the depot whatever the sites choose."""
        fewest = np.minimum.reduceat(self._tables.sites.wanted.sum(axis=1), self._cluster.first_choices)
        return bool(fewest.sum() > 0)

    @property
    def bound(self) -> float:
        """What no plan falls below; nothing where no case serves every visit, for plans may leave some out."""
        return self._heap[0].value if self._heap and self._heap[0].value < NEVER / 2 else -NEVER

    @property
    def limit(self) -> float:
        """What the bound cannot rise above: the last case is not halved."""
        return self._limit

    @property
    def exhausted(self) -> bool:
        """Whether the bound cannot rise any more."""
        return not self._heap or self._heap[0].closed

    @property
    def lowest(self) -> tuple[int, ...]:
        """The arrivals in the middle of the ranges of the lowest case."""
        return tuple((low + high) // 2 for low, high in self._heap[0].ranges.arrivals) if self._heap else ()

    def tell_apart(self, reach: float, cases: int) -> None:
        """Halves so many cases, the lowest first, while they are below what is to be reached."""
        while cases > 0 and not self.exhausted and self._heap[0].value < reach:
            case = heapq.heappop(self._heap)
            halves = _halves(case) if len(case.ranges.arrivals) < CONSIGNMENTS_MAX else []
            if not halves:
                heapq.heappush(self._heap, Case(case.value, case.number, case.ranges, case.found, closed=True))
            for ranges in halves:
                self._add(ranges, case.found.prices, case.value)
            cases -= 1

    def _first_ranges(self, many: int) -> Ranges:
        """The first consignment comes before the first kit must leave; the others at any later time."""
        due, last = self._tables.inflow.due, len(self._cluster.arrivals) - 1
        first = int(np.searchsorted(due, 1)) - 1
        arrivals = ((0, max(0, min(first, last))), *(((1, last),) * (many - 1)))
        most = self._tables.inflow.kits
        return Ranges(arrivals, (*(((0, most),) * (many - 1)), (self._cluster.kits, most)))

    def _add(self, ranges: Ranges, prices: Amounts, floor: float) -> None:
        arrivals = _in_order(ranges.arrivals)
        if arrivals is None:
            return
        tight = Ranges(arrivals, ranges.kits)
        found = self._bound_of(tight, prices)
        self._count += 1
        heapq.heappush(self._heap, Case(max(found.value, floor), self._count, tight, found))
        if len(arrivals) == CONSIGNMENTS_MAX:
            self._limit = found.value

    def _bound_of(self, ranges: Ranges, prices: Amounts) -> _Found:
        best = self._at(ranges, prices)
        step = 0.5 * abs(self._fixed) / max(1.0, float(np.abs(best.drawn - best.came).sum()) ** 2)
        spares = self._tables.inflow.kits > self._cluster.kits
        for _ in range(PRICE_STEPS if len(prices) > 1 or spares else 0):
            apart = best.drawn - best.came
            if not apart.any():
                break
            tried = best.prices + step * apart
            now = self._at(ranges, tried if spares else tried - tried[0])
            if now.value > best.value:
                best, step = now, 1.5 * step
            else:
                step *= 0.4
        return best

    def _at(self, ranges: Ranges, prices: Amounts) -> _Found:
        """The bound at these prices of a kit by consignment."""
        table, none = self._tables.sites, np.zeros(len(prices))
        held, source = self._drawn_from(ranges.arrivals, prices)
        last = np.maximum(table.arrivals - 1, 0)
        price = np.where(held[last] >= 0, self._price_at(ranges.arrivals, prices, held)[last], 0.0)
        value, sent = plan_sites(table, self._sites, price, as_overtaken(source[last]))
        costs = value + self._cluster.apart
        best = self._cluster.best_choices(costs)
        least = float(costs[best].sum())
        if least >= NEVER / 2:
            return _Found(NEVER, prices, none, none)
        drawn = np.zeros(len(prices))
        np.add.at(drawn, held[last][best], travelling(table, sent[best]))
        cost, came = self._inflow(ranges, prices)
        return _Found(min(NEVER, least + cost), prices, drawn, came)

    def _drawn_from(self, ranges: tuple[Range, ...], prices: Amounts) -> tuple[Counts, Counts]:
        """For each arrival, the cheapest consignment that may have come by it; when the last left its source."""
        count = len(self._cluster.arrivals)
        held, cheapest, source = np.full(count, -1), np.full(count, FAR), np.full(count, -2)
        for number, (low, high) in enumerate(ranges):
            at = np.minimum(np.arange(count), high)
            price = self._kit_price[at] + prices[number]
            better = (np.arange(count) >= low) & (price < cheapest)
            held[better], cheapest[better] = number, price[better]
            left = self._cluster.left_source[at]
            source = np.where(np.arange(count) >= low, np.maximum(source, left), source)
        return held, source

    def _price_at(self, ranges: tuple[Range, ...], prices: Amounts, held: Counts) -> Amounts:
        high = np.array([high for _, high in ranges])[np.maximum(held, 0)]
        at = np.minimum(np.arange(len(held)), high)
        return np.asarray(self._kit_price[at] + prices[np.maximum(held, 0)], dtype=np.float64)

    def _inflow(self, ranges: Ranges, prices: Amounts) -> tuple[float, Amounts]:
        """The least cost of the consignments: each at its earliest for what must have come, its latest for lots."""
        whole, many = self._tables.inflow, len(prices)
        if many == CONSIGNMENTS_MAX:
            return many * self._fixed + float(whole.box_cost[self._cluster.kits]), np.zeros(many)
        fewest = np.array([0, *(low for low, _ in ranges.kits[:-1])], dtype=np.int64)
        most = np.array([high for _, high in ranges.kits], dtype=np.int64)
        part = whole._replace(
            kits=ranges.kits[-1][1],
            due=np.maximum(whole.due[[low for low, _ in ranges.arrivals]], fewest),
            most=np.minimum(whole.most[[high for _, high in ranges.arrivals]], most),
        )
        cost, came = plan_inflow(part, np.zeros(many), -prices, ranges.kits[-1][0])
        return cost + many * self._fixed, came.astype(np.float64)


def _halves(case: Case) -> list[Ranges]:
    """The widest range of arrivals cut in two; if all are single, the kits where sites and depot disagree most."""
    arrivals, kits = case.ranges.arrivals, case.ranges.kits
    widest = max(range(len(arrivals)), key=lambda number: arrivals[number][1] - arrivals[number][0])
    low, high = arrivals[widest]
    if low < high:
        middle = (low + high) // 2
        parts = ((low, middle), (middle + 1, high))
        return [Ranges((*arrivals[:widest], part, *arrivals[widest + 1 :]), kits) for part in parts]
    drawn, came = np.cumsum(case.found.drawn), np.cumsum(case.found.came)
    apart = np.abs(drawn - came) * np.array([low < high for low, high in kits])
    if not apart.any():
        return []
    place = int(np.argmax(apart))
    low, high = kits[place]
    middle = min(max(int(drawn[place] + came[place]) // 2, low), high - 1)
    parts = ((low, middle), (middle + 1, high))
    return [Ranges(arrivals, (*kits[:place], part, *kits[place + 1 :])) for part in parts if part[0] <= part[1]]


def _in_order(ranges: tuple[Range, ...]) -> tuple[Range, ...] | None:
    """The ranges when each consignment comes after the one before it; None if that cannot be."""
    lows, highs = [low for low, _ in ranges], [high for _, high in ranges]
    for number in range(1, len(ranges)):
        lows[number] = max(lows[number], lows[number - 1] + 1)
    for number in range(len(ranges) - 2, -1, -1):
        highs[number] = min(highs[number], highs[number + 1] - 1)
    tight = tuple(zip(lows, highs, strict=True))
    return tight if all(low <= high for low, high in tight) else None
