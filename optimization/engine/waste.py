"""Kits that will be wasted whatever is planned: more expire, or lie at a site, than visits can use."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ortools.graph.python import max_flow

from optimization.problem import Problem, Supply

FirstArrival = Callable[[Supply, str, str], int]
"""The first day kits of a supply can be at a site, given their type."""


@dataclass(frozen=True)
class ForcedWaste:
    """`cost`: of kits no plan can use, in cents. `lot_price`: what one more kit of a lot wastes if sent unused."""

    cost: int
    lot_price: Mapping[str, float]


def forced_waste(problem: Problem, first_arrival: FirstArrival) -> ForcedWaste:
    """The least waste, type by type: as many kits as can be are used before they expire (a maximum flow)."""
    at_stake: dict[str, list[Supply]] = defaultdict(list)
    for row in problem.supply:
        if _at_stake(problem, row):
            at_stake[problem.lots[row.lot].kit].append(row)
    prices = {lot.id: float(problem.kit_types[lot.kit].unit_cost) for lot in problem.lots.values()}
    cost = 0
    for kit, rows in at_stake.items():
        unused, spare = _unused(problem, first_arrival, kit, rows)
        cost += unused * problem.kit_types[kit].unit_cost
        prices.update(dict.fromkeys(spare, 0.0))
    return ForcedWaste(cost, prices)


def _at_stake(problem: Problem, row: Supply) -> bool:
    return problem.lots[row.lot].expiry_day <= problem.horizon_days or problem.nodes[row.node].kind.uses_kits


def _unused(problem: Problem, first_arrival: FirstArrival, kit: str, rows: list[Supply]) -> tuple[int, set[str]]:
    """How many kits cannot be used, and the lots of which more could go without a visit missing them."""
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
    spare = {row.lot for place, row in enumerate(rows) if 2 + place in reached}
    return sum(row.kits for row in rows) - flow.optimal_flow(), spare


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
