"""The measures of a replication that has reached its horizon."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from irt.study.definition import StudyDefinition
from simulation.engine.stock import Kits
from simulation.engine.upkeep import kits_on_the_way
from simulation.engine.world import World
from simulation.measures import MEASURES, WASTED
from simulation.network import MINUTES_IN_DAY


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands at the horizon; `wasted_by_type` are kits left where nobody is given them any more."""

    waiting: int
    left_at_sites: int
    left_at_depots: int
    left_on_the_way: int
    site_kit_minutes: int
    depot_kit_minutes: int
    last_randomized_day: int
    completion_day: int
    wasted_by_type: Mapping[str, int]


def measures_of(world: World) -> dict[str, int | float]:
    """Every column of `MEASURES`, in its order."""
    regional = [depot for depot in world.depots.values() if depot.supplied_by is not None]
    for place in world.places:
        place.stock.settle()
    standing = Standing(
        waiting=sum(len(site.waiting) for site in world.sites),
        left_at_sites=sum(site.stock.kits for site in world.sites),
        left_at_depots=sum(depot.stock.kits for depot in world.depots.values()),
        left_on_the_way=kits_on_the_way(world),
        site_kit_minutes=sum(site.stock.kit_minutes for site in world.sites),
        depot_kit_minutes=sum(depot.stock.kit_minutes for depot in regional),
        last_randomized_day=world.last_randomized_day,
        completion_day=world.completion_day,
        wasted_by_type=_left_by_type(world),
    )
    return measures_from(world.definition, world.books.tally, standing)


def measures_from(definition: StudyDefinition, tally: Counter[str], standing: Standing) -> dict[str, int | float]:
    """The same from counts by name, and by name and kit type, and from what stands at the horizon."""
    known: dict[str, int] = {
        **{name: tally[name] for name in MEASURES},
        "waiting": standing.waiting,
        "left_at_sites": standing.left_at_sites,
        "left_at_depots": standing.left_at_depots,
        "left_on_the_way": standing.left_on_the_way,
        "site_kit_minutes": standing.site_kit_minutes,
        "depot_kit_minutes": standing.depot_kit_minutes,
        "last_randomized_day": standing.last_randomized_day,
        "completion_day": standing.completion_day,
    }
    costs = _costs(definition, known, tally, standing.wasted_by_type)
    return {**known, **costs, "cost_total": sum(costs.values())}


def _costs(
    definition: StudyDefinition, known: Mapping[str, int], tally: Counter[str], left: Mapping[str, int]
) -> dict[str, int]:
    """Cents by the prices of the study's planning."""
    prices = definition.resupply.planning
    shipped = known["kits_shipped"] + known["kits_shipped_to_depots"]
    held = known["site_kit_minutes"] * prices.site_day_cents + known["depot_kit_minutes"] * prices.depot_day_cents
    types = [kit_type.code for kit_type in definition.kit_types]
    wasted = {code: left.get(code, 0) + sum(tally[f"{name} {code}"] for name in WASTED) for code in types}
    return {
        "cost_consignments": (known["shipments"] + known["shipments_to_depots"]) * prices.consignment_cents,
        "cost_travel": shipped * prices.travel_cents,
        "cost_shippers": tally["shippers"] * prices.shipper_cents,
        "cost_holding": held // MINUTES_IN_DAY,
        "cost_waste": sum(kits * prices.cents_of(code) for code, kits in wasted.items()),
        "cost_missed": sum(tally[f"due {code}"] for code in types) * prices.unmet_cents,
    }


def _left_by_type(world: World) -> Counter[str]:
    """Kits left at sites, at regional depots or on their way."""
    left: Counter[str] = Counter()
    for place in world.places:
        for one in place.coming.values():
            left.update(_by_type(one.kits))
    for site in world.sites:
        left.update(_by_type(site.stock.piles))
    for depot in world.depots.values():
        if depot.supplied_by is not None:
            left.update(_by_type(depot.stock.piles))
    return left


def _by_type(kits: Kits) -> Counter[str]:
    found: Counter[str] = Counter()
    for pile, number in kits.items():
        found[pile.kit_type] += number
    return found
