"""The rules of a plan as constraints of the exact model, each a method that says the mathematics in words."""

from collections import defaultdict
from collections.abc import Iterator

from ortools.math_opt.python import mathopt

from optimization.exact.data import Data, Departure
from optimization.exact.variables import Variable, Variables
from optimization.problem import Lot, Opening


class Constraints:
    """Adds every rule to a model."""

    def __init__(self, model: mathopt.Model, data: Data, variables: Variables) -> None:
        self.model = model
        self.data = data
        self.variables = variables
        self._all_kits: dict[str, int] = defaultdict(int)
        for row in data.problem.supply:
            self._all_kits[row.lot] += row.kits

    def add(self) -> None:
        """All of them."""
        self.stock_is_what_came_and_did_not_go()
        self.nothing_goes_that_is_not_there()
        self.demand_is_not_exceeded()
        self.only_what_leaves_is_filled()
        self.shippers_hold_their_kits()
        self.stores_hold_their_stock()
        self.stores_hold_what_comes_after_the_end()
        self.licences_are_not_exceeded()
        self.blind_groups_travel_whole()

    def stock_is_what_came_and_did_not_go(self) -> None:
        """Each night, a lot's stock is that of the night before, plus arrivals, less uses and departures."""
        variables = self.variables
        for at, stock in variables.stock.items():
            before = variables.evening(at) + variables.arrivals(at)
            self.model.add_linear_constraint(stock == before - variables.departures(at))

    def nothing_goes_that_is_not_there(self) -> None:
        """Where a lot never comes, or has expired, nothing of it is used or sent."""
        for at, going in self.variables.going.items():
            if at not in self.variables.stock:
                self.model.add_linear_constraint(mathopt.fast_sum(going) == 0)

    def demand_is_not_exceeded(self) -> None:
        """The kits used for a demand, over all lots, are at most those wanted."""
        for (demand, _), used in zip(self.data.servants, self.variables.used, strict=True):
            self.model.add_linear_constraint(mathopt.fast_sum(used.values()) <= demand.kits)

    def only_what_leaves_is_filled(self) -> None:
        """Kits of a lot are in a consignment only if it leaves; one that leaves has at least one kit."""
        variables = self.variables
        for departure, leaves, kits in zip(self.data.departures, variables.leaves, variables.kits, strict=True):
            for lot in departure.lots:
                self.model.add_linear_constraint(kits[lot.id] <= self._most_in(departure, lot) * leaves)
            self.model.add_linear_constraint(mathopt.fast_sum(kits.values()) >= leaves)

    def shippers_hold_their_kits(self) -> None:
        """The volume of a consignment's kits is at most the capacity of its shippers."""
        for departure, shippers, kits in zip(
            self.data.departures, self.variables.shippers, self.variables.kits, strict=True
        ):
            volume = mathopt.fast_sum([self.data.volume(lot) * kits[lot.id] for lot in departure.lots])
            room = mathopt.fast_sum([shipper.capacity * shippers[shipper.id] for shipper in departure.shippers])
            self.model.add_linear_constraint(volume <= room)

    def stores_hold_their_stock(self) -> None:
        """Each day, a class's stock of the night before plus all arrivals takes at most the node's room for it."""
        for node, temp, lots in self._tight_stores():
            for day in range(self.data.problem.horizon_days):
                alive = [lot for lot in lots if day < lot.expiry_day or not self.data.expires(lot)]
                stored = [self._stored(node, lot, day) for lot in alive]
                room = self.data.node(node).capacity[temp]
                self.model.add_linear_constraint(mathopt.fast_sum(stored) <= room)

    def stores_hold_what_comes_after_the_end(self) -> None:
        """What lies there on the last night, and all that arrives later, takes at most the room: nothing leaves."""
        end, arriving = self.data.problem.horizon_days, self._later()
        for node, temp, lots in self._tight_stores():
            alive = [lot for lot in lots if not self.data.expires(lot)]
            stored = [self.data.volume(lot) * self.variables.stock[node, lot.id, end - 1] for lot in alive]
            later = [self.data.volume(lot) * kits for lot in alive for kits in arriving.get((node, lot.id), [])]
            if later:
                room = self.data.node(node).capacity[temp]
                self.model.add_linear_constraint(mathopt.fast_sum([*stored, *later]) <= room)

    def licences_are_not_exceeded(self) -> None:
        """The kits of a type that enter a country in an opening of its licence are at most its number."""
        entering: dict[tuple[str, str, Opening], list[Variable]] = defaultdict(list)
        for departure, kits in zip(self.data.departures, self.variables.kits, strict=True):
            if self.data.crosses(departure.lane):
                country = self.data.node(departure.lane.destination).country
                for lot in departure.lots:
                    if opening := self.data.problem.licences[country, lot.kit].opening_on(departure.arrives):
                        entering[country, lot.kit, opening].append(kits[lot.id])
        for (_, _, opening), numbers in entering.items():
            self.model.add_linear_constraint(mathopt.fast_sum(numbers) <= opening.kits_max)

    def blind_groups_travel_whole(self) -> None:
        """A consignment that holds a kit of a blind group holds at least the minimum of every type of the group."""
        least = self.data.problem.blind_minimum_each
        for (number, group), shows in self.variables.shows.items():
            departure, kits = self.data.departures[number], self.variables.kits[number]
            for kit in self.data.problem.blind_groups[group]:
                lots = [lot for lot in departure.lots if lot.kit == kit]
                in_it = mathopt.fast_sum([kits[lot.id] for lot in lots])
                self.model.add_linear_constraint(in_it >= least * shows)
                for lot in lots:
                    self.model.add_linear_constraint(kits[lot.id] <= self._most_in(departure, lot) * shows)

    def _most_in(self, departure: Departure, lot: Lot) -> int:
        """The most of a lot that can travel: all there is, or what the store it goes to can hold."""
        room = self.data.node(departure.lane.destination).capacity[departure.temp]
        return min(self._all_kits[lot.id], room // self.data.volume(lot))

    def _tight_stores(self) -> Iterator[tuple[str, str, list[Lot]]]:
        """Nodes and classes whose room all kits together could exceed, with the lots that come there."""
        for node, where in self.data.problem.nodes.items():
            for temp, room in where.capacity.items():
                lots = [lot for lot in self.data.problem.lots.values() if self.data.temp(lot) == temp]
                here = [lot for lot in lots if (node, lot.id, 0) in self.variables.stock]
                if sum(self._all_kits[lot.id] * self.data.volume(lot) for lot in here) > room:
                    yield node, temp, here

    def _stored(self, node: str, lot: Lot, day: int) -> Variable:
        at = (node, lot.id, day)
        return self.data.volume(lot) * (self.variables.evening(at) + self.variables.arrivals(at))

    def _later(self) -> dict[tuple[str, str], list[Variable]]:
        """By node and lot, kits that arrive after the horizon."""
        later: dict[tuple[str, str], list[Variable]] = defaultdict(list)
        sent = ((at, each) for at, kits in self.variables.arriving.items() for each in kits)
        for (node, lot, day), kits in (*sent, *self.data.supplied.items()):
            if day >= self.data.problem.horizon_days:
                later[node, lot].append(kits)
        return later
