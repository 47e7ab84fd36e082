"""Small synthetic networks from a seed, for the tests of planning: by what they have, never drawn from anywhere."""

from dataclasses import dataclass
from datetime import date
from random import Random

from optimization.problem import (
    Costs,
    Demand,
    KitType,
    Lane,
    Licence,
    Lot,
    Node,
    NodeKind,
    Problem,
    Shipper,
    Supply,
)
from optimization.problem_rules import checked

TEMPS = ("2-8C", "ambient", "frozen")
VOLUME = {"ambient": 2, "2-8C": 3, "frozen": 4}
UNIT_COST = {"ambient": 800, "2-8C": 4_000, "frozen": 9_000}
SITE_HOLDING = {"ambient": 10, "2-8C": 25, "frozen": 50}
DEPOT_HOLDING = {"ambient": 3, "2-8C": 8, "frozen": 15}
SHIPPERS = {
    "ambient": ((12, 1_000, 10), (40, 2_200, 10)),
    "2-8C": ((12, 6_000, 3), (40, 11_000, 4)),
    "frozen": ((12, 12_000, 2), (40, 20_000, 4)),
}
UNMET_KIT = 200_000


@dataclass(frozen=True)
class Shape:
    """What a synthetic network has; equal shapes give equal problems."""

    sites: int = 2
    weeks: int = 4
    depots: int = 1
    classes: int = 1
    kits_per_class: int = 2
    lots: int = 2
    patients: int = 0
    blind: int = 0
    direct: bool = False
    couriers: bool = False
    licence_share: float = 2.0
    """Kits a licence allows, against those wanted in the country."""
    supply_share: float = 1.5
    """Kits supplied, against those wanted."""
    visits_per_week: float = 0.8
    seed: int = 1


def network(shape: Shape) -> Problem:
    """A problem of this shape."""
    return checked(_Maker(shape).problem())


class _Maker:
    """Draws the parts in a fixed order, so that a seed always gives the same problem."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.random = Random(shape.seed)
        self.horizon = 7 * shape.weeks
        self.temps = TEMPS[: shape.classes]
        self.countries = [f"X{number:02d}" for number in range(max(2, shape.depots))]
        self.kits = self._kits()
        self.nodes = self._nodes()
        self.demand = self._demand()

    def problem(self) -> Problem:
        lots = self._lots()
        return Problem(
            name=f"s{self.shape.sites}w{self.shape.weeks}-{self.shape.seed}",
            start=date(2026, 1, 5),
            horizon_days=self.horizon,
            temps=self.temps,
            kit_types=self.kits,
            lots=lots,
            nodes=self.nodes,
            lanes={lane.id: lane for lane in self._lanes()},
            shippers={shipper.id: shipper for shipper in self._shippers()},
            supply=tuple(sorted(self._supply(lots), key=lambda row: (row.day, row.node, row.lot))),
            licences={(row.country, row.kit): row for row in self._licences()},
            demand=self.demand,
            costs=Costs(SITE_HOLDING, DEPOT_HOLDING, UNMET_KIT),
            blind_groups=tuple(tuple(k.id for k in self.kits.values() if k.temp == temp) for temp in self.temps),
            blind_minimum_each=self.shape.blind,
        )

    def _kits(self) -> dict[str, KitType]:
        names = [
            (temp, f"K{number}{temp[0]}") for temp in self.temps for number in range(self.shape.kits_per_class)
        ]
        return {name: KitType(name, temp, VOLUME[temp], UNIT_COST[temp]) for temp, name in names}

    def _nodes(self) -> dict[str, Node]:
        nodes = [self._node("C0", NodeKind.CENTRAL, 0, 10**7)]
        nodes += [self._node(f"R{n}", NodeKind.REGIONAL, n, 10**6) for n in range(self.shape.depots)]
        for number in range(self.shape.sites):
            is_patient = number >= self.shape.sites - self.shape.patients
            kind, room = (
                (NodeKind.PATIENT, 10**4) if is_patient else (NodeKind.SITE, self.random.choice((24, 36, 60)))
            )
            country = self.random.randrange(len(self.countries))
            nodes.append(self._node(f"S{number}", kind, country, room))
        return {node.id: node for node in nodes}

    def _node(self, name: str, kind: NodeKind, country: int, room: int) -> Node:
        days = range(self.horizon + 14)
        closed = {day for day in days if day % 7 >= 5} | {self.random.randrange(self.horizon)}
        return Node(name, kind, self.countries[country], frozenset(closed), dict.fromkeys(self.temps, room))

    def _users(self) -> list[Node]:
        return [node for node in self.nodes.values() if node.kind.uses_kits]

    def _lanes(self) -> list[Lane]:
        temps = frozenset(self.temps)
        lanes = []
        for number in range(self.shape.depots):
            price = self.random.randrange(20_000, 50_000, 1_000)
            lanes.append(Lane(f"L-C0-R{number}", "C0", f"R{number}", 2, frozenset({0, 1, 2}), price, 150, temps))
        for node in self._users():
            depot = f"R{self.countries.index(node.country) % self.shape.depots}"
            days, price = self.random.choice((1, 2)), self.random.randrange(6_000, 26_000, 500)
            lane = Lane(f"L-{depot}-{node.id}", depot, node.id, days, frozenset({0, 1, 2}), price, 300, temps)
            lanes.append(lane)
            if self.shape.couriers:
                lanes.append(
                    Lane(f"P-{depot}-{node.id}", depot, node.id, 0, frozenset(range(5)), 2 * price, 900, temps)
                )
            if self.shape.direct:
                some = temps - {"frozen"}
                lanes.append(Lane(f"L-C0-{node.id}", "C0", node.id, 3, frozenset({0, 1}), 4 * price, 500, some))
        return lanes

    def _shippers(self) -> list[Shipper]:
        return [
            Shipper(f"{temp}-{size}", temp, *numbers)
            for temp in self.temps
            for size, numbers in enumerate(SHIPPERS[temp])
        ]

    def _demand(self) -> tuple[Demand, ...]:
        wanted: dict[tuple[int, str, str], int] = {}
        for node in self._users():
            for _ in range(round(self.shape.visits_per_week * self.shape.weeks)):
                day = self.random.choice([d for d in range(self.horizon) if d not in node.closed_days])
                key = (day, node.id, self.random.choice(list(self.kits)))
                wanted[key] = wanted.get(key, 0) + self.random.choice((1, 1, 2, 4))
        return tuple(Demand(site, kit, day, n, 7) for (day, site, kit), n in sorted(wanted.items()))

    def _lots(self) -> dict[str, Lot]:
        lots = []
        for kit in self.kits:
            for number in range(self.shape.lots):
                last = number == self.shape.lots - 1
                expiry = self.horizon + 60 if last else self.random.randrange(self.horizon // 2, self.horizon + 7)
                countries = [c for c in self.countries if number == 0 or last or self.random.random() < 0.7]
                lots.append(Lot(f"{kit}-{number}", kit, expiry, frozenset(countries)))
        return {lot.id: lot for lot in lots}

    def _supply(self, lots: dict[str, Lot]) -> list[Supply]:
        rows = []
        for lot in lots.values():
            number = int(lot.id.rsplit("-", 1)[1])
            wanted = sum(row.kits for row in self.demand if row.kit == lot.kit)
            share = max(1, round(wanted * self.shape.supply_share / self.shape.lots))
            rows.append(Supply("C0", lot.id, 7 * number, share))
        first = {row.kit: 0 for row in self.demand}
        for node in self._users():
            early = [row for row in self.demand if row.site == node.id and row.day < 7]
            for kit in first:
                kits = sum(row.kits for row in early if row.kit == kit)
                room = node.capacity[self.kits[kit].temp] // self.kits[kit].volume // self.shape.kits_per_class
                if kits:
                    rows.append(Supply(node.id, f"{kit}-{self.shape.lots - 1}", 0, min(kits, room)))
        return rows

    def _licences(self) -> list[Licence]:
        licences = []
        for country in self.countries:
            for kit in self.kits:
                there = [row for row in self.demand if self.nodes[row.site].country == country and row.kit == kit]
                most = int(sum(row.kits for row in there) * self.shape.licence_share)
                licences.append(Licence(country, kit, 0, self.horizon + 30, most))
        return licences
