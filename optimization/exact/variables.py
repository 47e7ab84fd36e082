"""What the exact model decides: consignments, shippers, kits sent and used by lot, what lies where at night."""

from collections import defaultdict
from typing import Any

from ortools.math_opt.python import mathopt

from optimization.exact.data import Data, Departure

Variable = Any
"""A variable of the model, or a sum of some."""
At = tuple[str, str, int]
"""A node, a lot and a day."""


class Variables:
    """The variables of one model, by what they stand for; departures and demands by their place in the data."""

    def __init__(self, model: mathopt.Model, data: Data) -> None:
        self.model = model
        self.data = data
        self.leaves: list[Variable] = []
        self.shippers: list[dict[str, Variable]] = []
        self.kits: list[dict[str, Variable]] = []
        self.shows: dict[tuple[int, int], Variable] = {}
        self.used: list[dict[str, Variable]] = []
        self.stock: dict[At, Variable] = {}
        self.arriving: dict[At, list[Variable]] = defaultdict(list)
        self.going: dict[At, list[Variable]] = defaultdict(list)
        for number, departure in enumerate(data.departures):
            self._consignment(departure)
            self._blind_groups(number, departure)
        self._uses()
        self._nights()

    def _consignment(self, departure: Departure) -> None:
        """Whether it leaves, in how many of each shipper, with how many kits of each lot."""
        whole, lane = self.model.add_integer_variable, departure.lane
        self.leaves.append(self.model.add_binary_variable())
        self.shippers.append({shipper.id: whole(lb=0) for shipper in departure.shippers})
        self.kits.append({lot.id: whole(lb=0) for lot in departure.lots})
        for lot, kits in self.kits[-1].items():
            self.going[lane.origin, lot, departure.day].append(kits)
            self.arriving[lane.destination, lot, departure.arrives].append(kits)

    def _blind_groups(self, number: int, departure: Departure) -> None:
        """Whether a consignment that is to show no arm holds anything of a blind group."""
        if self.data.node(departure.lane.destination).kind.kept_blind:
            for group, kits in enumerate(self.data.problem.blind_groups):
                if any(lot.kit in kits for lot in departure.lots):
                    self.shows[number, group] = self.model.add_binary_variable()

    def _uses(self) -> None:
        """How many kits of each lot serve a demand."""
        for demand, lots in self.data.servants:
            self.used.append({lot.id: self.model.add_integer_variable(lb=0, ub=demand.kits) for lot in lots})
            for lot, kits in self.used[-1].items():
                self.going[demand.site, lot, demand.day].append(kits)

    def _nights(self) -> None:
        """How many kits of a lot lie at a node at night, wherever the lot can be."""
        reached = {(node, lot) for node, lot, _ in (*self.arriving, *self.data.supplied)}
        for node, lot in sorted(reached):
            for night in self.data.nights(self.data.problem.lots[lot]):
                self.stock[node, lot, night] = self.model.add_variable(lb=0)

    def evening(self, at: At) -> Variable:
        """What lay there the night before the day, with what can no longer be used gone."""
        node, lot, day = at
        return self.stock.get((node, lot, day - 1), 0) if day < self.data.problem.lots[lot].expiry_day else 0

    def arrivals(self, at: At) -> Variable:
        """What comes there on the day, supplied or sent."""
        return mathopt.fast_sum(self.arriving.get(at, [])) + self.data.supplied.get(at, 0)

    def departures(self, at: At) -> Variable:
        """What is used or sent from there on the day."""
        return mathopt.fast_sum(self.going.get(at, []))
