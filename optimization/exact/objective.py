"""What a plan costs, as the checker prices it, in the exact model's variables."""

from ortools.math_opt.python import mathopt

from optimization.exact.data import Data
from optimization.exact.variables import Variable, Variables
from optimization.problem import Lot


class Objective:
    """The cost of a plan in cents."""

    def __init__(self, data: Data, variables: Variables) -> None:
        self.data = data
        self.variables = variables
        self.end = data.problem.horizon_days

    def total(self) -> Variable:
        """All that is paid."""
        parts = [self.fixed(), self.shippers(), self.kits(), self.holding(), self.unmet()]
        return mathopt.fast_sum([*parts, self.wasted_by_expiry(), self.left_at_sites(), self.sent_too_late()])

    def fixed(self) -> Variable:
        """The lane's price for each consignment."""
        departures = zip(self.data.departures, self.variables.leaves, strict=True)
        return mathopt.fast_sum([each.lane.fixed_cost * leaves for each, leaves in departures])

    def shippers(self) -> Variable:
        """The price of each shipper used."""
        problem, used = self.data.problem, self.variables.shippers
        return mathopt.fast_sum(
            [problem.shippers[shipper].cost * number for each in used for shipper, number in each.items()]
        )

    def kits(self) -> Variable:
        """The lane's price for each kit sent."""
        departures = zip(self.data.departures, self.variables.kits, strict=True)
        return mathopt.fast_sum([each.lane.kit_cost * sent for each, kits in departures for sent in kits.values()])

    def holding(self) -> Variable:
        """A night's price for each kit that lies anywhere but at the free node."""
        price, lots = self.data.problem.costs.holding, self.data.problem.lots
        return mathopt.fast_sum(
            [
                price(self.data.node(node), self.data.temp(lots[lot])) * stock
                for (node, lot, _), stock in self.variables.stock.items()
            ]
        )

    def unmet(self) -> Variable:
        """The price of each kit wanted and not used."""
        wanted = self.data.problem.kits_wanted
        served = [kits for each in self.variables.used for kits in each.values()]
        return self.data.problem.costs.unmet_kit * (wanted - mathopt.fast_sum(served))

    def wasted_by_expiry(self) -> Variable:
        """What lies anywhere on a lot's last night, if that is in the horizon, and what is supplied of it later."""
        wasted = [
            self._price(lot) * self.variables.stock[node, lot.id, lot.expiry_day - 1]
            for node in self.data.problem.nodes
            for lot in self.data.problem.lots.values()
            if self.data.expires(lot) and (node, lot.id, lot.expiry_day - 1) in self.variables.stock
        ]
        return mathopt.fast_sum([*wasted, self._supplied_when_expired()])

    def left_at_sites(self) -> Variable:
        """What lies where kits are used on the last night, and has not expired by then."""
        return mathopt.fast_sum(
            [
                self._price(self.data.problem.lots[lot]) * stock
                for (node, lot, night), stock in self.variables.stock.items()
                if night == self.end - 1 and self._is_left(node, self.data.problem.lots[lot])
            ]
        )

    def sent_too_late(self) -> Variable:
        """What arrives where kits are used after the horizon."""
        lots = self.data.problem.lots
        sent = [
            self._price(lots[lot]) * kits
            for (node, lot, day), each in self.variables.arriving.items()
            for kits in each
            if day >= self.end and self._is_left(node, lots[lot])
        ]
        supplied = [
            self._price(lots[lot]) * kits
            for (node, lot, day), kits in self.data.supplied.items()
            if day >= self.end and self._is_left(node, lots[lot])
        ]
        return mathopt.fast_sum([*sent, *supplied])

    def _is_left(self, node: str, lot: Lot) -> bool:
        return self.data.node(node).kind.uses_kits and not self.data.expires(lot)

    def _supplied_when_expired(self) -> int:
        lots = self.data.problem.lots
        return sum(
            self._price(lots[lot]) * kits
            for (_, lot, day), kits in self.data.supplied.items()
            if self.data.expires(lots[lot]) and day >= lots[lot].expiry_day
        )

    def _price(self, lot: Lot) -> int:
        return self.data.problem.kit_types[lot.kit].unit_cost
