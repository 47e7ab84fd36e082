"""The network as a picture without a map: depots around the centre, each one's sites on arcs behind it, by country.

Positions are numbers from 0 to 1,000 in both directions and depend on the names alone, so that two plans of one
network can be laid side by side.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, cos, pi, sin
from typing import NamedTuple

from optimization.plan import Plan
from optimization.problem import Node, NodeKind, Problem
from optimization.story.cost_table import depot_of_each

_CENTRE, _DEPOT_RADIUS, _FIRST_ARC, _LAST_ARC, _GAP = 500.0, 215.0, 330.0, 480.0, 26.0


class Spot(NamedTuple):
    """A depot or a site that is to be in the picture."""

    node: str
    kind: NodeKind
    country: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands in the picture."""

    node: str
    kind: NodeKind
    country: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Way:
    """A lane in the picture, with what the plan sends on it."""

    lane: str
    origin: str
    destination: str
    consignments: int
    kits: int


@dataclass(frozen=True, slots=True)
class NetworkMap:
    """Every node once and every lane once."""

    places: tuple[Place, ...]
    ways: tuple[Way, ...]

    def renamed(self, called: Callable[[str], str]) -> "NetworkMap":
        """The same picture with other names."""
        return NetworkMap(
            tuple(replace(place, node=called(place.node)) for place in self.places),
            tuple(
                replace(way, origin=called(way.origin), destination=called(way.destination)) for way in self.ways
            ),
        )

    def place(self, node: str) -> Place:
        """Where that node stands."""
        return next(place for place in self.places if place.node == node)


def network_map(problem: Problem, plan: Plan) -> NetworkMap:
    """The places of all nodes, and what the plan sends on each lane."""
    return NetworkMap(places_around(_sites_by_depot(problem)), _ways(problem, plan))


def _ways(problem: Problem, plan: Plan) -> tuple[Way, ...]:
    sent: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in plan.consignments:
        sent[one.lane][0] += 1
        sent[one.lane][1] += sum(kits for _, kits in one.lines)
    goes = (lane for lane in problem.lanes.values() if problem.nodes[lane.destination].kind is not NodeKind.KEPT)
    lanes = sorted(goes, key=lambda lane: lane.id)
    return tuple(Way(lane.id, lane.origin, lane.destination, *sent[lane.id]) for lane in lanes)


def places_around(served: Mapping[Spot, Sequence[Spot]]) -> tuple[Place, ...]:
    """Depots with their sites, each in the order given.

    Sites take the share of the circle that their depot's number asks for; an only centre is in the middle.
    """
    centres = sum(depot.kind is NodeKind.CENTRAL for depot in served)
    share = 2 * pi / max(sum(max(len(sites), 1) for sites in served.values()), 1)
    places: list[Place] = []
    start = -pi / 2
    for depot, sites in served.items():
        span = share * max(len(sites), 1)
        inward = 0.0 if depot.kind is NodeKind.CENTRAL and centres == 1 else _DEPOT_RADIUS
        places.append(_at(depot, start + span / 2, inward))
        places += _arcs(sites, start, span)
        start += span
    return tuple(sorted(places, key=lambda place: place.node))


def _sites_by_depot(problem: Problem) -> Mapping[Spot, Sequence[Spot]]:
    """Depots by name, the central ones with the sites they serve themselves; sites by country and name."""
    depots = depot_of_each(problem, Plan((), ()))
    served: dict[str, list[Node]] = {
        node.id: []
        for node in sorted(problem.nodes.values(), key=lambda node: node.id)
        if not node.kind.uses_kits or depots[node.id] == node.id
    }
    for node in problem.nodes.values():
        if node.kind.uses_kits and node.kind is not NodeKind.KEPT and depots[node.id] != node.id:
            served[depots[node.id]].append(node)
    return {
        _spot(problem.nodes[depot]): [_spot(site) for site in sorted(sites, key=lambda one: (one.country, one.id))]
        for depot, sites in served.items()
    }


def _spot(node: Node) -> Spot:
    return Spot(node.id, node.kind, node.country)


def _arcs(sites: Sequence[Spot], start: float, span: float) -> list[Place]:
    """As many arcs behind each other as it takes to keep the sites apart."""
    arcs = max(ceil(len(sites) * _GAP / (span * _FIRST_ARC)), 1)
    step = (_LAST_ARC - _FIRST_ARC) / max(arcs - 1, 1)
    middle = (_FIRST_ARC + _LAST_ARC) / 2
    return [
        _at(
            node,
            start + span * (index + 0.5) / len(sites),
            middle if arcs == 1 else _FIRST_ARC + index % arcs * step,
        )
        for index, node in enumerate(sites)
    ]


def _at(spot: Spot, angle: float, radius: float) -> Place:
    x, y = _CENTRE + radius * cos(angle), _CENTRE + radius * sin(angle)
    return Place(*spot, round(x, 1), round(y, 1))
