"""The network: its sources, the lanes that may carry each class, when a supply can be where, stock at depots."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from optimization.engine.boxes import boxes_for
from optimization.engine.sources import Sources, sources_of
from optimization.engine.trips import FOREVER, dispatch_days, entry_days
from optimization.problem import Lane, Problem, Supply


@dataclass(frozen=True)
class Network:
    """A problem's sources and usable lanes, looked up once.

    `supplied`: rows of supply by node; `less`: volume that plans leave free, by site, class and day, where
    earlier ones overfilled the store.
    """

    problem: Problem
    sources: Sources
    lanes_to: Mapping[str, Sequence[Lane]]
    supplied: Mapping[str, Sequence[Supply]]
    less: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    days: dict[str, list[int]] = field(default_factory=dict)
    firsts: dict[tuple[str, int, str, str], int] = field(default_factory=dict)
    usables: dict[tuple[str, str], list[Lane]] = field(default_factory=dict)

    def days_of(self, lane: Lane) -> list[int]:
        """The days on which the lane may be used."""
        if lane.id not in self.days:
            self.days[lane.id] = dispatch_days(self.problem, lane)
        return self.days[lane.id]

    def usable(self, node: str, temp: str) -> list[Lane]:
        """Lanes to a node that may carry a class in a box qualified for it."""
        if (node, temp) not in self.usables:
            self.usables[(node, temp)] = [
                lane
                for lane in self.lanes_to.get(node, ())
                if temp in lane.temps and boxes_for(self.problem, temp, lane.transit_days, 1).usable
            ]
        return self.usables[(node, temp)]

    def stock_at(self, depot: str, temp: str) -> list[Supply]:
        """What a depot that is no source has of its own, in a class."""
        if not depot or depot in self.sources.nodes:
            return []
        kits = self.problem.kit_types
        rows = [row for row in self.supplied.get(depot, ()) if row.kits]
        return [row for row in rows if kits[self.problem.lots[row.lot].kit].temp == temp]

    def first_arrival(self, row: Supply, site: str, kit: str) -> int:
        """The first day kits of a supply can be at a site, by any way; FOREVER where they cannot."""
        if row.node == site:
            return row.day
        if self.problem.nodes[row.node].kind.uses_kits:
            return FOREVER
        key = (row.node, row.day, site, kit)
        if key not in self.firsts:
            self.firsts[key] = self._first_arrival(row.node, row.day, site, kit, ())
        return self.firsts[key]

    def _first_arrival(self, start: str, day: int, node: str, kit: str, passed: tuple[str, ...]) -> int:
        """Backwards over the lanes: each origin's own first arrival, then the lane's next day."""
        if node == start:
            return day
        temp = self.problem.kit_types[kit].temp
        firsts = [FOREVER]
        for lane in self.usable(node, temp):
            if lane.origin not in passed:
                ready = self._first_arrival(start, day, lane.origin, kit, (*passed, node))
                opens, closes = entry_days(self.problem, lane)(kit)
                place = bisect_left(self.days_of(lane), max(ready, opens - lane.transit_days))
                if place < len(self.days_of(lane)):
                    arrives = self.days_of(lane)[place] + lane.transit_days
                    firsts.append(arrives if arrives <= closes else FOREVER)
        return min(firsts)


def network_of(problem: Problem) -> Network:
    """The network of a problem."""
    lanes: dict[str, list[Lane]] = defaultdict(list)
    for lane in problem.lanes.values():
        lanes[lane.destination].append(lane)
    supplied: dict[str, list[Supply]] = defaultdict(list)
    for row in problem.supply:
        supplied[row.node].append(row)
    return Network(problem, sources_of(problem), lanes, supplied)
