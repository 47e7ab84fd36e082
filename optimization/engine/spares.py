"""What a kit costs that travels for the blind alone and is never used."""

from optimization.engine.cluster import Trip
from optimization.engine.waste import LotPrices
from optimization.problem import Node


def spare_price(prices: LotPrices, node: Node, kit: str, trip: Trip) -> float:
    """The cheapest kit on the last leg, of a lot alive on arrival; its holding at the site is included."""
    problem = prices.problem
    holding = problem.costs.holding(node, problem.kit_types[kit].temp)
    costs = [
        prices.unused(lot) + holding * max(0, min(lot.expiry_day, problem.horizon_days) - trip.arrives)
        for row, lot in prices.sources.rows.get(kit, ())
        if row.day <= trip.leaves and node.country in lot.countries and lot.expiry_day > trip.arrives
    ]
    return trip.lane.kit_cost + max(0.0, min(costs, default=float(problem.costs.unmet_kit)))
