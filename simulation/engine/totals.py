"""The measures of a replication that has reached its horizon."""

from simulation.engine.upkeep import kits_on_the_way
from simulation.engine.world import World
from simulation.measures import MEASURES, WASTED
from simulation.network import MINUTES_IN_DAY


def measures_of(world: World) -> dict[str, int | float]:
    """Every column of `MEASURES`, in its order."""
    regional = [depot for depot in world.depots.values() if depot.supplied_by is not None]
    for place in world.places:
        place.stock.settle()
    known: dict[str, int] = {
        **{name: world.books.tally[name] for name in MEASURES},
        "waiting": sum(len(site.waiting) for site in world.sites),
        "left_at_sites": sum(site.stock.kits for site in world.sites),
        "left_at_depots": sum(depot.stock.kits for depot in world.depots.values()),
        "left_on_the_way": kits_on_the_way(world),
        "site_kit_minutes": sum(site.stock.kit_minutes for site in world.sites),
        "depot_kit_minutes": sum(depot.stock.kit_minutes for depot in regional),
        "last_randomized_day": world.last_randomized_day,
        "completion_day": world.completion_day,
    }
    costs = _costs(world, known)
    return {**known, **costs, "cost_total": sum(costs.values())}


def _costs(world: World, known: dict[str, int]) -> dict[str, int]:
    """Cents by the prices of the study's planning."""
    prices, tally = world.definition.resupply.planning, world.books.tally
    shipped = known["kits_shipped"] + known["kits_shipped_to_depots"]
    held = known["site_kit_minutes"] * prices.site_day_cents + known["depot_kit_minutes"] * prices.depot_day_cents
    types = [kit_type.code for kit_type in world.definition.kit_types]
    return {
        "cost_consignments": (known["shipments"] + known["shipments_to_depots"]) * prices.consignment_cents,
        "cost_travel": shipped * prices.travel_cents,
        "cost_shippers": tally["shippers"] * prices.shipper_cents,
        "cost_holding": held // MINUTES_IN_DAY,
        "cost_waste": sum(_wasted(world, code) * prices.cents_of(code) for code in types),
        "cost_missed": sum(tally[f"due {code}"] for code in types) * prices.unmet_cents,
    }


def _wasted(world: World, kit_type: str) -> int:
    """Kits of a type that were wasted, or are left at sites, at regional depots or on their way."""
    wasted = sum(world.books.tally[f"{name} {kit_type}"] for name in WASTED)
    left = sum(site.stock.of_type(kit_type) for site in world.sites)
    left += sum(depot.stock.of_type(kit_type) for depot in world.depots.values() if depot.supplied_by is not None)
    for place in world.places:
        for one in place.coming.values():
            left += sum(kits for pile, kits in one.kits.items() if pile.kit_type == kit_type)
    return wasted + left
