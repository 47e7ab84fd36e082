"""What a kit costs that travels for the blind alone and is never used."""

from optimization.engine.cluster import Trip
from optimization.engine.waste import LotPrices
from optimization.problem import Node


def spare_price(prices: LotPrices, node: Node, kit: str, trip: Trip, relaxed: bool) -> float:
    """The cheapest lot's kit on the last leg to the site, its holding there included.

    Relaxed: of any lot, for an earlier trip could have carried one that has expired by this one.
    """
    problem = prices.problem
    holding = problem.costs.holding(node, problem.kit_types[kit].temp)
    costs = [
        prices.unused(lot) + holding * max(0, min(lot.expiry_day, problem.horizon_days) - trip.arrives)
        for row, lot in prices.sources.rows.get(kit, ())
        if row.day <= trip.leaves and node.country in lot.countries and (relaxed or lot.expiry_day > trip.arrives)
    ]
    if relaxed and not costs:
        return float(trip.lane.kit_cost)
    return trip.lane.kit_cost + max(0.0, min(costs, default=float(problem.costs.unmet_kit)))
