"""Why kits were not there: one cause for each miss, the first that holds, of the first kit type that is short."""

from collections.abc import Mapping
from typing import NamedTuple

from simulation.engine.homes import stock_for
from simulation.engine.stock import Kits
from simulation.engine.world import Asked, Consignment, Depot, Site, World


class Shortfall(NamedTuple):
    """What there was of a kit type that is short: kits fit for use, but for `there`, `expired` and `recalled`.

    These three are kits at the site whatever their date, and kits that expired or were recalled there since goods
    last came.
    """

    needed: int
    there: int
    expired: int
    recalled: int
    network: int
    coming: int
    depot: int
    supplied_once: bool


class Cause(NamedTuple):
    """The measure that a miss is counted under, and whether kits were short in the whole network."""

    measure: str
    out_of_stock: bool


def cause_of(world: World, site: Site, asked: Asked, windows: Mapping[str, int]) -> Cause:
    """The cause of a miss that has just happened."""
    stock, day = stock_for(world, site, asked), world.day + asked.days_on_the_way
    short = [
        _shortfall(world, site, asked, kit_type, day + windows[kit_type])
        for kit_type, needed in asked.kits
        if stock.of_type(kit_type) < needed or _fit(stock.piles, kit_type, day + windows[kit_type]) < needed
    ]
    return Cause(why(short[0]), any(one.network < one.needed for one in short))


def why(short: Shortfall) -> str:
    """The measure of the first cause that holds."""
    kept = short.there + short.expired
    holds = (
        ("missed_by_window", kept >= short.needed),
        ("missed_by_recall", kept + short.recalled >= short.needed),
        ("missed_by_network", short.network < short.needed),
        ("missed_by_first_shipment", not short.supplied_once),
        ("missed_by_road", short.coming >= short.needed),
        ("missed_by_depot", short.depot < short.needed),
    )
    return next((measure for measure, true in holds if true), "missed_by_level")


def _shortfall(world: World, site: Site, asked: Asked, kit_type: str, until_day: int) -> Shortfall:
    """As of the place that gives the kits: of a depot that sends them home nothing was ever short before."""
    depot, network = world.depots[asked.depot or site.facts.depot], 0
    place: Site | Depot = site if asked.depot is None else depot

    def add(kits: Kits) -> None:
        nonlocal network
        network += _fit(kits, kit_type, until_day)

    world.everywhere(lambda place: add(place.kits if isinstance(place, Consignment) else place.stock.piles))
    return Shortfall(
        needed=dict(asked.kits)[kit_type],
        there=place.stock.of_type(kit_type),
        expired=site.expired[kit_type] if place is site else 0,
        recalled=site.recalled[kit_type] if place is site else 0,
        network=network,
        coming=sum(_fit(one.kits, kit_type, until_day) for one in place.coming.values()),
        depot=_fit(depot.stock.piles, kit_type, until_day),
        supplied_once=site.supplied_once or place is not site,
    )


def _fit(kits: Kits, kit_type: str, until_day: int) -> int:
    """Kits of a type that are good until a day."""
    return sum(
        number for pile, number in kits.items() if pile.kit_type == kit_type and pile.expiry_day >= until_day
    )
