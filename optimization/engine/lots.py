"""Which lot each kit comes from: as few as can be expire unused, and the first to expire goes first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ortools.graph.python import min_cost_flow

from optimization.engine.carried import Carried
from optimization.problem import Lot, Problem, Supply

DAYS_MAX = 10_000
"""Above every day: costs are counted in units of it, so that the expiry only decides between equal ones."""


@dataclass(frozen=True, slots=True)
class Allotted:
    """A kit on its way and its lot."""

    carried: Carried
    lot: str


Group = tuple[tuple[int, ...], bool]
"""The supplies that can serve a kit, and whether it will be used."""


def allot(problem: Problem, kits: Iterable[Carried]) -> tuple[list[Allotted], list[Carried]]:
    """The lot of each kit at the least waste (a minimum-cost flow by kit type), and kits there is no lot for."""
    by_type: dict[str, list[Carried]] = defaultdict(list)
    for one in kits:
        by_type[one.kit].append(one)
    allotted: list[Allotted] = []
    left: list[Carried] = []
    for kit in sorted(by_type):
        supplies = [(row, problem.lots[row.lot]) for row in problem.supply if problem.lots[row.lot].kit == kit]
        some, without = _allot_or_of_stock(problem, supplies, by_type[kit])
        allotted += some
        left += without
    return allotted, left


def _allot_or_of_stock(
    problem: Problem, supplies: Sequence[tuple[Supply, Lot]], kits: Sequence[Carried]
) -> tuple[list[Allotted], list[Carried]]:
    """Kits for which the sources have no lot are tried once more as kits that lie at their last depot."""
    allotted, left = _allot_type(problem, supplies, kits)
    stocked = {row.node for row, _ in supplies}
    tried = [(one, one.arrival) for one in left if one.arrival and one.trip.lane.origin in stocked]
    if not tried:
        return allotted, left
    for one, _ in tried:
        one.arrival = None
    allotted, left = _allot_type(problem, supplies, kits)
    still = set(map(id, left))
    for one, arrival in tried:
        one.arrival = arrival if id(one) in still else None
    return allotted, left


def _allot_type(
    problem: Problem, supplies: Sequence[tuple[Supply, Lot]], kits: Sequence[Carried]
) -> tuple[list[Allotted], list[Carried]]:
    groups: dict[Group, list[Carried]] = defaultdict(list)
    for one in sorted(kits, key=lambda one: (one.lasts_until, one.trip.arrives, one.site.id)):
        groups[(_serving(supplies, one), one.want is not None)].append(one)
    kits_of = _flow(problem, supplies, groups)
    allotted: list[Allotted] = []
    left: list[Carried] = []
    for group, members in groups.items():
        waiting = iter(members)
        for supply in sorted(group[0], key=lambda place: (supplies[place][1].expiry_day, supplies[place][1].id)):
            for _ in range(kits_of.get((supply, group), 0)):
                allotted.append(Allotted(next(waiting), supplies[supply][1].id))
        left += waiting
    return allotted, left


def _serving(supplies: Sequence[tuple[Supply, Lot]], one: Carried) -> tuple[int, ...]:
    leg = one.first_leg
    return tuple(
        place
        for place, (row, lot) in enumerate(supplies)
        if row.node == leg.lane.origin
        and row.day <= leg.leaves
        and lot.expiry_day >= one.lasts_until
        and one.site.country in lot.countries
    )


def _flow(
    problem: Problem, supplies: Sequence[tuple[Supply, Lot]], groups: dict[Group, list[Carried]]
) -> dict[tuple[int, Group], int]:
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs: dict[int, tuple[int, Group]] = {}
    sink = len(supplies) + len(groups)
    total = sum(map(len, groups.values()))
    for number, (group, members) in enumerate(groups.items()):
        node = len(supplies) + number
        flow.set_node_supply(node, -len(members))
        flow.add_arc_with_capacity_and_unit_cost(sink, node, len(members), problem.costs.unmet_kit * DAYS_MAX)
        for place in group[0]:
            cost = _waste(problem, supplies[place][1], group[1])
            arcs[flow.add_arc_with_capacity_and_unit_cost(place, node, len(members), cost)] = (place, group)
    for place, (row, _) in enumerate(supplies):
        flow.add_arc_with_capacity_and_unit_cost(sink + 1, place, row.kits, 0)
    flow.add_arc_with_capacity_and_unit_cost(sink + 1, sink, total, 0)
    flow.set_node_supply(sink + 1, total)
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("the flow of lots has no solution")
    return {key: int(flow.flow(arc)) for arc, key in arcs.items() if flow.flow(arc)}


def _waste(problem: Problem, lot: Lot, used: bool) -> int:
    """A kit used of a lot that would expire saves its cost; a kit not used of one that would not, loses it."""
    unit = problem.kit_types[lot.kit].unit_cost
    expires = lot.expiry_day <= problem.horizon_days
    return ((0 if used and expires else unit) + (0 if used or expires else unit)) * DAYS_MAX + min(
        lot.expiry_day, DAYS_MAX - 1
    )
