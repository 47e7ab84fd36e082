"""How early a lot can be at each node when nothing else is in the way, with chosen rules left out."""

import heapq
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cached_property

from optimization.problem import Demand, Lane, Lot, Node, Problem, Supply

NEVER = 10**9
BEFORE_ALL = -60
"""The day kits are taken to be there from when lateness is left out: a way of two months before day 0."""
WEEKEND = 5


class Rule(StrEnum):
    """A rule that can be left out, to see whether it is what stands in the way."""

    BLIND = "blind"
    CLASS = "class"
    SHIPPER = "shipper"
    LICENCE = "licence"
    RELEASE = "release"
    EXPIRY = "expiry"
    HOLIDAYS = "holidays"
    LATENESS = "lateness"
    CALENDAR = "calendar"
    STORE = "store"


class Reach:
    """Earliest days for the lots of a problem from some of its supply; rules named in `without` are left out."""

    def __init__(self, problem: Problem, supply: Iterable[Supply], without: frozenset[Rule] = frozenset()) -> None:
        self.problem = problem
        self.without = without
        self.late = Rule.LATENESS not in without
        self.starts: dict[str, dict[str, int]] = defaultdict(dict)
        for row in supply:
            day = row.day if self.late else BEFORE_ALL
            self.starts[row.lot][row.node] = min(day, self.starts[row.lot].get(row.node, NEVER))
        self._plain: dict[str, dict[str, int]] = {}
        self._blind: dict[tuple[str, str], int] = {}
        self._days: dict[str, list[int]] = {}

    def serves(self, demand: Demand) -> bool:
        """Whether some lot can be there for it."""
        return any(self.brings(lot, demand) for lot in self.lots_of[demand.kit])

    def brings(self, lot: Lot, demand: Demand) -> bool:
        """Whether a lot may be used for a demand and can be there."""
        return self.suits(lot, demand) and self.earliest(lot, demand.site) <= demand.day

    def suits(self, lot: Lot, demand: Demand) -> bool:
        """Whether a lot lasts long enough and is released where it is wanted."""
        lasts = lot.expiry_day >= demand.day + demand.dnd_days and lot.expiry_day > demand.day
        released = self.problem.nodes[demand.site].country in lot.countries
        return (lasts or Rule.EXPIRY in self.without) and (released or Rule.RELEASE in self.without)

    def earliest(self, lot: Lot, node: str) -> int:
        """The first day a lot can be at a node; NEVER if not at all."""
        group = self._group(lot.kit) if self.problem.nodes[node].kind.kept_blind else None
        if group is None:
            return self.labels(lot).get(node, NEVER)
        if (lot.id, node) not in self._blind:
            ways = (self._arrival_of_all(lane, lot, group) for lane in self.lanes_into[node])
            self._blind[lot.id, node] = min((*ways, self.starts[lot.id].get(node, NEVER)))
        return self._blind[lot.id, node]

    @cached_property
    def lots_of(self) -> dict[str, list[Lot]]:
        """The lots of each kit type."""
        found: dict[str, list[Lot]] = defaultdict(list)
        for lot in self.problem.lots.values():
            found[lot.kit].append(lot)
        return found

    @cached_property
    def lanes_into(self) -> dict[str, list[Lane]]:
        """The lanes that end at each node."""
        found: dict[str, list[Lane]] = defaultdict(list)
        for lane in self.problem.lanes.values():
            found[lane.destination].append(lane)
        return found

    @cached_property
    def _lanes_from(self) -> dict[str, list[Lane]]:
        found: dict[str, list[Lane]] = defaultdict(list)
        for lane in self.problem.lanes.values():
            found[lane.origin].append(lane)
        return found

    def labels(self, lot: Lot) -> dict[str, int]:
        """Earliest days of one lot at all nodes, blind groups left out: always the shortest known way goes on."""
        if lot.id not in self._plain:
            labels: dict[str, int] = {}
            heap = [(day, node) for node, day in self.starts[lot.id].items()]
            heapq.heapify(heap)
            while heap:
                day, node = heapq.heappop(heap)
                if node not in labels:
                    labels[node] = day
                    for lane in self._lanes_from[node]:
                        leaves = next(self._departures(lane, lot, day), None)
                        if leaves is not None:
                            heapq.heappush(heap, (leaves + lane.transit_days, lane.destination))
            self._plain[lot.id] = labels
        return self._plain[lot.id]

    def _arrival_of_all(self, lane: Lane, lot: Lot, group: tuple[str, ...]) -> int:
        """When a lot first arrives along a lane in a consignment that can hold every kit type of its group."""
        ready = self.labels(lot).get(lane.origin, NEVER)
        for day in self._departures(lane, lot, ready):
            if all(self._some_leaves(lane, kit, day) for kit in group):
                return day + lane.transit_days
        return NEVER

    def _some_leaves(self, lane: Lane, kit: str, day: int) -> bool:
        """Whether some lot of a kit type can leave along a lane on a day."""
        ready = (lot for lot in self.lots_of[kit] if self.labels(lot).get(lane.origin, NEVER) <= day)
        return any(
            day in self._window(lane, lot)
            and self._may_travel(lane, lot)
            and not self._in_gap(lane, lot, day + lane.transit_days)
            for lot in ready
        )

    def _departures(self, lane: Lane, lot: Lot, ready: int) -> Iterator[int]:
        """The days a lot that is ready could leave along a lane, in order."""
        if ready == NEVER or not self._may_travel(lane, lot):
            return
        window, days = self._window(lane, lot), self._open_days(lane)
        for position in range(bisect_left(days, max(ready, window.start)), len(days)):
            if days[position] >= window.stop:
                return
            if not self._in_gap(lane, lot, days[position] + lane.transit_days):
                yield days[position]

    def _may_travel(self, lane: Lane, lot: Lot) -> bool:
        """Whether a lane may ever carry a lot: class, shippers, release, room at its end."""
        problem, end = self.problem, self.problem.nodes[lane.destination]
        kit = problem.kit_types[lot.kit]
        if Rule.CLASS not in self.without and kit.temp not in lane.temps:
            return False
        if Rule.SHIPPER not in self.without and not self._has_shipper(lane, kit.temp):
            return False
        if end.kind.uses_kits and Rule.RELEASE not in self.without and end.country not in lot.countries:
            return False
        return Rule.STORE in self.without or self._fits(lot, end)

    def _has_shipper(self, lane: Lane, temp: str) -> bool:
        boxes = self.problem.shippers.values()
        return any(box.temp == temp and box.hold_days >= lane.transit_days and box.capacity for box in boxes)

    def _fits(self, lot: Lot, end: Node) -> bool:
        """Whether a store holds one kit, or the least a blind consignment brings."""
        group = self._group(lot.kit) if end.kind.kept_blind else None
        kits = [lot.kit] if group is None else [*group] * self.problem.blind_minimum_each
        room = end.capacity[self.problem.kit_types[lot.kit].temp]
        return sum(self.problem.kit_types[kit].volume for kit in kits) <= room

    def _window(self, lane: Lane, lot: Lot) -> range:
        """The days on which a lot may leave along a lane, by its expiry and by the licence it needs."""
        first, last = BEFORE_ALL, self.problem.horizon_days - 1
        if Rule.EXPIRY not in self.without:
            last = min(last, lot.expiry_day - 1 - lane.transit_days)
        nodes = self.problem.nodes
        country = nodes[lane.destination].country
        if nodes[lane.origin].country != country and Rule.LICENCE not in self.without:
            licence = self.problem.licences.get((country, lot.kit))
            if licence is None:
                return range(0)
            if self.late or licence.from_day > 0:
                first = licence.from_day - lane.transit_days
            last = min(last, licence.last_day - lane.transit_days)
        return range(first, last + 1)

    def _in_gap(self, lane: Lane, lot: Lot, arrives: int) -> bool:
        """Whether a lot would arrive between two openings of the licence it needs."""
        nodes = self.problem.nodes
        country = nodes[lane.destination].country
        if nodes[lane.origin].country == country or Rule.LICENCE in self.without:
            return False
        licence = self.problem.licences.get((country, lot.kit))
        return licence is not None and licence.in_gap(arrives)

    def _open_days(self, lane: Lane) -> list[int]:
        """The days on which a consignment can leave along a lane and be received."""
        if lane.id not in self._days:
            span = range(0 if self.late else BEFORE_ALL, self.problem.horizon_days)
            self._days[lane.id] = [day for day in span if self._open(lane, day)]
        return self._days[lane.id]

    def _open(self, lane: Lane, day: int) -> bool:
        if Rule.CALENDAR in self.without:
            return True
        nodes, arrives = self.problem.nodes, day + lane.transit_days
        closed = self._closed(nodes[lane.origin], day) or self._closed(nodes[lane.destination], arrives)
        return day % 7 in lane.weekdays and not closed

    def _closed(self, node: Node, day: int) -> bool:
        holiday = Rule.HOLIDAYS in self.without and day % 7 < WEEKEND
        return day in node.closed_days and not holiday

    def _group(self, kit: str) -> tuple[str, ...] | None:
        """The kit types that must travel with one to those who use kits."""
        if Rule.BLIND in self.without or not self.problem.blind_minimum_each:
            return None
        return self._groups.get(kit)

    @cached_property
    def _groups(self) -> dict[str, tuple[str, ...]]:
        return {kit: group for group in self.problem.blind_groups for kit in group}
