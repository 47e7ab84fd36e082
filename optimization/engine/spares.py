"""What a kit costs that travels for the blind alone and is never used."""

from collections.abc import Mapping
from dataclasses import dataclass

from optimization.engine.cluster import Trip
from optimization.engine.sources import Sources
from optimization.problem import Node, Problem


@dataclass(frozen=True)
class SparePrices:
    """`lot_price`: what a kit of a lot is worth that would else expire: nothing where kits of it are left over."""

    problem: Problem
    sources: Sources
    lot_price: Mapping[str, float]

    def price(self, node: Node, kit: str, trip: Trip) -> float:
        """The cheapest lot's kit from the source to the site, its holding there included."""
        temp = self.problem.kit_types[kit].temp
        holding = self.problem.costs.holding(node, temp)
        horizon = self.problem.horizon_days
        costs = [
            self.lot_price[lot.id] + holding * (min(lot.expiry_day, horizon) - trip.arrives)
            for row, lot in self.sources.rows.get(kit, ())
            if row.day <= trip.leaves and lot.expiry_day > trip.arrives and node.country in lot.countries
        ]
        return trip.lane.kit_cost + max(0.0, min(costs, default=float(self.problem.costs.unmet_kit)))
