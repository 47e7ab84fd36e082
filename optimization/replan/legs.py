"""Consignments while they are being changed: what leaves on a lane on a day in one class, lot by lot."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from optimization.engine.packing import shippers_for
from optimization.plan import Consignment
from optimization.problem import Problem, Supply


class Key(NamedTuple):
    """Which consignment: at most one of a class leaves on a lane on a day."""

    day: int
    lane: str
    temp: str


@dataclass(frozen=True)
class Legs:
    """Kits by lot of every consignment; `before`: consignments as they were planned."""

    problem: Problem
    before: Mapping[Key, Consignment]
    lots: dict[Key, dict[str, int]] = field(default_factory=dict)

    def copy(self) -> "Legs":
        """The same consignments, to be changed apart from these."""
        return Legs(self.problem, self.before, {key: dict(lots) for key, lots in self.lots.items()})

    def arrives(self, key: Key) -> int:
        """The day it comes."""
        return key.day + self.problem.lanes[key.lane].transit_days

    def origin(self, key: Key) -> str:
        """Where it leaves."""
        return self.problem.lanes[key.lane].origin

    def destination(self, key: Key) -> str:
        """Where it goes."""
        return self.problem.lanes[key.lane].destination

    def to_user(self, key: Key) -> bool:
        """Whether it goes to where kits are used."""
        return self.problem.nodes[self.destination(key)].kind.uses_kits

    def add(self, key: Key, lots: Mapping[str, int]) -> None:
        """Puts kits in."""
        here = self.lots.setdefault(key, {})
        for lot, kits in lots.items():
            here[lot] = here.get(lot, 0) + kits

    def take(self, key: Key, lot: str, kits: int) -> None:
        """Takes kits out; an empty consignment is none."""
        here = self.lots[key]
        here[lot] -= kits
        if not here[lot]:
            del here[lot]
        if not here:
            del self.lots[key]

    def consignments(self) -> Iterator[Consignment]:
        """All of them; one that is as planned keeps its boxes, the others are packed anew."""
        for key, lots in self.lots.items():
            old = self.before.get(key)
            if old is not None and len(old.lines) == len(lots) and dict(old.lines) == lots:
                yield old
            else:
                boxes = shippers_for(self.problem, key.lane, key.temp, lots)
                yield Consignment(key.lane, key.temp, key.day, boxes, tuple(sorted(lots.items())))

    def left_over(self, nodes: Iterable[str], temp: str | None = None) -> list[Supply]:
        """What of the stock of these nodes no consignment takes, from the day on which none will; of one class."""
        changes: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        wanted, kits_of, lots_of = set(nodes), self.problem.kit_types, self.problem.lots
        for row in self.problem.supply:
            if row.node in wanted and temp in {None, kits_of[lots_of[row.lot].kit].temp}:
                changes[row.node, row.lot][row.day] += row.kits
        for key, lots in self.lots.items():
            if temp not in {None, key.temp}:
                continue
            origin, destination = self.origin(key), self.destination(key)
            for lot, kits in lots.items():
                if origin in wanted:
                    changes[origin, lot][key.day] -= kits
                if destination in wanted:
                    changes[destination, lot][self.arrives(key)] += kits
        return [row for at, by_day in sorted(changes.items()) for row in _free(*at, by_day)]


def _free(node: str, lot: str, changes: Mapping[int, int]) -> Iterator[Supply]:
    """What is there for good grows: after a day, the least there will be on any later day."""
    days = sorted(changes)
    there, free = 0, []
    for day in days:
        there += changes[day]
        free.append(there)
    for place in range(len(free) - 2, -1, -1):
        free[place] = min(free[place], free[place + 1])
    so_far = 0
    for day, kits in zip(days, free, strict=True):
        if kits > so_far:
            yield Supply(node, lot, day, kits - so_far)
            so_far = kits
