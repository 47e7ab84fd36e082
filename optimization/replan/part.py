"""The part of a problem that is planned anew: some places of one class, with the stock nobody else needs."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace

from optimization.borders import Entered
from optimization.problem import Demand, Licence, Node, NodeKind, Problem, Supply
from optimization.replan.legs import Legs
from optimization.replan.yesterday import Place


@dataclass(frozen=True, slots=True)
class Part:
    """A class's places as a problem of its own; `depots` may send to them."""

    problem: Problem
    temp: str
    sites: frozenset[str]


def parts_of(
    problem: Problem, legs: Legs, places: Set[Place], only: Mapping[Place, Iterable[Demand]], tight: bool
) -> list[Part]:
    """By class, the demand of these places, with what consignments that stand bring and leave them.

    Tight: stores are told to be smaller, by what lies there and by half, for what is sent for the blind fills them.
    """
    found = []
    problem = replace(problem, licences=_licences_left(legs)) if places else problem
    for temp in problem.temps:
        sites = frozenset(site for site, of in places if of == temp)
        if sites:
            found.append(Part(_problem(problem, legs, temp, sites, only, tight), temp, sites))
    return found


def _problem(
    problem: Problem,
    legs: Legs,
    temp: str,
    sites: Set[str],
    only: Mapping[Place, Iterable[Demand]],
    tight: bool,
) -> Problem:
    depots = {lane.origin for lane in problem.lanes.values() if lane.destination in sites}
    depots |= {node.id for node in problem.nodes.values() if node.kind is NodeKind.CENTRAL}
    depots |= {lane.origin for lane in problem.lanes.values() if lane.destination in depots}
    brought, closed = _brought(legs, temp, sites)
    own = [row for row in problem.supply if row.node in sites]
    # A lot whose kits others have taken is still told: it may be given up for another one.
    taken = [replace(row, kits=0) for row in problem.supply if not problem.nodes[row.node].kind.uses_kits]
    kits = {kit.id for kit in problem.kit_types.values() if kit.temp == temp}
    supply = [
        row for row in (*own, *brought, *legs.left_over(depots, temp), *taken) if problem.lots[row.lot].kit in kits
    ]
    nodes = {site: _closed(problem.nodes[site], days) for site, days in closed.items()}
    if tight:
        nodes = {site: _tight(problem, nodes.get(site, problem.nodes[site]), temp, supply) for site in sites}
    return replace(
        problem,
        demand=tuple(row for site in sorted(sites) for row in only.get((site, temp), ())),
        supply=tuple(supply),
        nodes={**problem.nodes, **nodes},
    )


def _brought(legs: Legs, temp: str, sites: Set[str]) -> tuple[list[Supply], Mapping[str, set[int]]]:
    """What consignments that stay bring to the sites, and the days they come: nothing else is put into them."""
    rows, closed = [], dict[str, set[int]]()
    for key, lots in legs.lots.items():
        site = legs.destination(key)
        if key.temp == temp and site in sites:
            arrives = legs.arrives(key)
            closed.setdefault(site, set()).add(arrives)
            rows += [Supply(site, lot, arrives, kits) for lot, kits in sorted(lots.items())]
    return rows, closed


def _closed(node: Node, days: Set[int]) -> Node:
    return replace(node, closed_days=node.closed_days | days)


def _tight(problem: Problem, node: Node, temp: str, supply: Iterable[Supply]) -> Node:
    there = sum(
        row.kits * problem.kit_types[problem.lots[row.lot].kit].volume for row in supply if row.node == node.id
    )
    return replace(node, capacity={**node.capacity, temp: max(0, node.capacity[temp] - there) // 2})


def _licences_left(legs: Legs) -> Mapping[tuple[str, str], Licence]:
    problem = legs.problem
    entered = Entered(problem)
    for key, lots in legs.lots.items():
        for lot, kits in lots.items():
            entered.add(problem.lanes[key.lane], problem.lots[lot].kit, legs.arrives(key), kits)
    return entered.licences_left()
