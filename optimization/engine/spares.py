"""What a kit costs that travels for the blind alone and is never used."""

from optimization.engine.cluster import Trip
from optimization.engine.waste import LotPrices
from optimization.problem import Node


def spare_price(prices: LotPrices, node: Node, kit: str, trip: Trip) -> float:
    """The cheapest kit on the last leg, of a lot alive on arrival; its holding at the site is included.

    A kit of a depot's stock that would expire there costs nothing more: it is wasted either way.
    """
    problem, sources = prices.problem, prices.sources
    holding = problem.costs.holding(node, problem.kit_types[kit].temp)
    rows = [(row, lot, prices.unused(lot)) for row, lot in sources.rows.get(kit, ())]
    for row, lot in sources.at_depots.get(kit, ()):
        expires = lot.expiry_day <= problem.horizon_days
        rows.append((row, lot, 0.0 if expires else float(problem.kit_types[kit].unit_cost)))
    costs = [
        unused + holding * max(0, min(lot.expiry_day, problem.horizon_days) - trip.arrives)
        for row, lot, unused in rows
        if row.day <= trip.leaves and node.country in lot.countries and lot.expiry_day > trip.arrives
    ]
    return trip.lane.kit_cost + max(0.0, min(costs, default=float(problem.costs.unmet_kit)))
