"""Lots that expire: what is lost with them whatever is planned, and what a kit used of them saves.

A kit of a lot that expires before the horizon is wasted unless a visit uses it. With a price on each such lot's
kits (Lagrangian relaxation of how many there are) the waste splits into a part for each kit used, and a rest.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ortools.graph.python import max_flow

from optimization.engine.needs import Want
from optimization.engine.sources import Sources
from optimization.problem import Lot, Problem, Supply

FirstArrival = Callable[[Supply, str, str], int]
"""The first day kits of a supply can be at a site, given their type."""


@dataclass(frozen=True)
class LotPrices:
    """`scarcity` by lot, 0 to 1: which part of its cost a kit of an expiring lot is worth because kits are few."""

    problem: Problem
    sources: Sources
    first_arrival: FirstArrival
    scarcity: Mapping[str, float]
    memo: dict[tuple[str, Want], float] = field(default_factory=dict)

    def gain(self, site: str, want: Want) -> float:
        """What a kit saves that comes for this visit from a source, of the best lot that would expire."""
        key = (site, want)
        if key not in self.memo:
            self.memo[key] = max(
                (self._saved(lot) for row, lot in self._expiring(site, want) if self._in_time(row, site, want)),
                default=0.0,
            )
        return self.memo[key]

    def _expiring(self, site: str, want: Want) -> Iterable[tuple[Supply, Lot]]:
        for row, lot in self.sources.fitting(want, self.problem.nodes[site].country):
            if lot.expiry_day <= self.problem.horizon_days and self._saved(lot) > 0:
                yield row, lot

    def _in_time(self, row: Supply, site: str, want: Want) -> bool:
        return self.first_arrival(row, site, want.kit) <= want.day

    def _saved(self, lot: Lot) -> float:
        return self.problem.kit_types[lot.kit].unit_cost * (1 - self.scarcity.get(lot.id, 0.0))

    def unused(self, lot: Lot) -> float:
        """What one more kit wastes that is sent and not used."""
        unit = self.problem.kit_types[lot.kit].unit_cost
        return unit * (self.scarcity.get(lot.id, 0.0) if lot.expiry_day <= self.problem.horizon_days else 1.0)

    def rest(self, kits: Iterable[str]) -> float:
        """The waste of these types' expiring lots if no kit was used, less what their scarcity is worth."""
        return sum(
            row.kits * self._saved(lot)
            for kit in kits
            for row, lot in self.sources.rows.get(kit, ())
            if lot.expiry_day <= self.problem.horizon_days
        )


def first_prices(problem: Problem, sources: Sources, first_arrival: FirstArrival) -> LotPrices:
    """A lot is scarce if every kit of it is used when as many visits as can be are served so (a maximum flow)."""
    scarcity: dict[str, float] = {}
    for kit, rows in sources.rows.items():
        expiring = [row for row, lot in rows if lot.expiry_day <= problem.horizon_days]
        if expiring:
            spare = _spare(problem, first_arrival, kit, expiring)
            scarcity.update({row.lot: float(row.lot not in spare) for row in expiring})
    return LotPrices(problem, sources, first_arrival, scarcity)


def _spare(problem: Problem, first_arrival: FirstArrival, kit: str, rows: list[Supply]) -> set[str]:
    """The lots of which kits stay unused though as many as can be are used."""
    flow = max_flow.SimpleMaxFlow()
    source, sink, first_group = 0, 1, 2 + len(rows)
    for place, row in enumerate(rows):
        flow.add_arc_with_capacity(source, 2 + place, row.kits)
    for number, (served, kits) in enumerate(sorted(_groups(problem, first_arrival, kit, rows).items())):
        flow.add_arc_with_capacity(first_group + number, sink, kits)
        for place in served:
            flow.add_arc_with_capacity(2 + place, first_group + number, kits)
    flow.solve(source, sink)
    reached = set(flow.get_source_side_min_cut())
    return {row.lot for place, row in enumerate(rows) if 2 + place in reached}


def _groups(
    problem: Problem, first_arrival: FirstArrival, kit: str, rows: Iterable[Supply]
) -> Mapping[tuple[int, ...], int]:
    """Kits wanted, by the supplies that can serve them."""
    supplies = [(place, row, problem.lots[row.lot]) for place, row in enumerate(rows)]
    groups: Counter[tuple[int, ...]] = Counter()
    for want in problem.demand:
        if want.kit == kit:
            country, lasts = problem.nodes[want.site].country, want.day + max(1, want.dnd_days)
            served = tuple(
                place
                for place, row, lot in supplies
                if lot.expiry_day >= lasts
                and country in lot.countries
                and first_arrival(row, want.site, kit) <= want.day
            )
            groups[served] += want.kits
    groups.pop((), None)
    return groups


def own_waste(problem: Problem, kits: Iterable[str]) -> int:
    """What kits of the sites' own stock of these types waste that no visit can use, in cents."""
    types = set(kits)
    stock: dict[tuple[str, str], list[Supply]] = defaultdict(list)
    for row in problem.supply:
        kit = problem.lots[row.lot].kit
        if kit in types and problem.nodes[row.node].kind.uses_kits:
            stock[(row.node, kit)].append(row)
    wanted: Counter[tuple[str, str]] = Counter()
    for want in problem.demand:
        wanted[(want.site, want.kit)] += want.kits
    return sum(
        max(0, sum(row.kits for row in rows) - wanted[key]) * problem.kit_types[key[1]].unit_cost
        for key, rows in stock.items()
    )
