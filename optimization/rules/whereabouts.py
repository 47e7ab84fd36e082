"""Where every kit of a problem is while a rule is played through: in stock, on its way, used, or gone."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from irt.supply.planner import LotStock, OnTheWay
from optimization.borders import Entered
from optimization.plan import Consignment, Dispensing, Plan, ordered_plan
from optimization.problem import Demand, Lane, Problem
from optimization.rules.ways import Ways
from optimization.story.packing import cheapest_shippers

Key = tuple[str, str, int]
"""Lane, class and day of a consignment."""


@dataclass
class Whereabouts:
    """Kits by place and lot, what comes on which day, what was sent and used, the volume bound to each store."""

    ways: Ways
    stock: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    coming: dict[int, list[tuple[str, str, int]]] = field(default_factory=lambda: defaultdict(list))
    leaving: dict[int, list[tuple[str, str, int]]] = field(default_factory=lambda: defaultdict(list))
    sent: dict[Key, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    uses: Counter[tuple[str, str, int, str]] = field(default_factory=Counter)
    bound: Counter[tuple[str, str]] = field(default_factory=Counter)

    @cached_property
    def entered(self) -> Entered:
        """What licences have let in."""
        return Entered(self.problem)

    @property
    def problem(self) -> Problem:
        """The problem that is played."""
        return self.ways.problem

    def begin(self) -> None:
        """Everything the problem supplies is to come on its day."""
        for row in self.problem.supply:
            self._comes(row.node, row.lot, row.day, row.kits)

    def dawn(self, day: int) -> None:
        """Lots expire, and what was on its way arrives."""
        for lot in self.problem.lots.values():
            if lot.expiry_day == day:
                for place, shelf in self.stock.items():
                    self._bind(place, lot.id, -shelf.pop(lot.id, 0))
        self.arrive(day)

    def arrive(self, day: int) -> None:
        """What comes on that day is there."""
        for node, lot_id, kits in self.coming.pop(day, ()):
            self.stock[node][lot_id] += kits

    def dusk(self, day: int) -> None:
        """What leaves on the day is gone from its store."""
        for node, lot, kits in self.leaving.pop(day, ()):
            self._bind(node, lot, -kits)

    def use(self, row: Demand) -> None:
        """First expired, first used; what is not there stays unserved."""
        shelf, lots, kits = self.stock[row.site], self.problem.lots, row.kits
        country = self.problem.nodes[row.site].country
        for lot in sorted(shelf, key=lambda one: (lots[one].expiry_day, one)):
            known = lots[lot]
            fits = known.kit == row.kit and known.expiry_day >= row.day + max(row.dnd_days, 1)
            taken = min(kits, shelf[lot]) if fits and country in known.countries else 0
            if taken:
                shelf[lot] -= taken
                self._bind(row.site, lot, -taken)
                self.uses[row.site, row.kit, row.day, lot] += taken
                kits -= taken

    def send(self, lane: Lane, temp: str, day: int, lots: Mapping[str, int]) -> None:
        """Kits are set aside at the origin, and leave and arrive on their days."""
        self.sent[lane.id, temp, day].update(lots)
        for lot, kits in lots.items():
            self.stock[lane.origin][lot] -= kits
            self.leaving[day].append((lane.origin, lot, kits))
            self._comes(lane.destination, lot, day + lane.transit_days, kits)
            self.entered.add(lane, self.problem.lots[lot].kit, day + lane.transit_days, kits)

    def room(self, place: str, temp: str) -> int:
        """The volume of a class that a store still takes, were everything there and coming there at once."""
        return self.problem.nodes[place].capacity.get(temp, 0) - self.bound[place, temp]

    def volume(self, lots: Mapping[str, int]) -> int:
        """What kits take up."""
        types, known = self.problem.kit_types, self.problem.lots
        return sum(kits * types[known[lot].kit].volume for lot, kits in lots.items())

    def piles(self, node: str) -> Iterator[LotStock]:
        """What lies at a place, by lot; the date is the last day of use."""
        for lot, kits in sorted(self.stock[node].items()):
            if kits > 0:
                known = self.problem.lots[lot]
                yield LotStock(known.kit, lot, self.ways.day_of(known.expiry_day - 1), kits)

    def on_the_way(self) -> Mapping[str, list[OnTheWay]]:
        """What is on its way to each place."""
        found: dict[str, list[OnTheWay]] = defaultdict(list)
        for day, rows in sorted(self.coming.items()):
            for node, lot, kits in rows:
                known = self.problem.lots[lot]
                last = self.ways.day_of(known.expiry_day - 1)
                found[node].append(OnTheWay(known.kit, lot, last, kits, self.ways.day_of(day)))
        return found

    def plan(self) -> Plan:
        """All that was sent, in the cheapest boxes, and all that was used."""
        return ordered_plan(
            (self._boxed(key, lots) for key, lots in self.sent.items()),
            (Dispensing(site, kit, day, lot, kits) for (site, kit, day, lot), kits in self.uses.items()),
        )

    def _boxed(self, key: Key, lots: Counter[str]) -> Consignment:
        lane, temp, day = key
        boxes = cheapest_shippers(self.problem, lane, temp, self.volume(lots)) or {}
        return Consignment(lane, temp, day, boxes, tuple(sorted(lots.items())))

    def _comes(self, node: str, lot: str, day: int, kits: int) -> None:
        self.coming[day].append((node, lot, kits))
        self._bind(node, lot, kits)

    def _bind(self, place: str, lot: str, kits: int) -> None:
        known = self.problem.kit_types[self.problem.lots[lot].kit]
        self.bound[place, known.temp] += kits * known.volume
