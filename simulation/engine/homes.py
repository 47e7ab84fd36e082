"""Kits that go to subjects' homes: out of the depot's stock or the site's, fit for the days on the way too.

A parcel to a home always comes: its kits are given when they are chosen, and nothing befalls them any more.
"""

from dataclasses import replace

from irt.study.definition import StudyDefinition
from irt.study.network import HOME
from simulation.engine.stock import Kits, Stock
from simulation.engine.world import Asked, Site, World


def sent_home(world: World, site: Site, asked: Asked, visit: str) -> Asked:
    """What is asked for at a visit, with the depot that sends it and the days on the way, where kits go home."""
    delivery = world.definition.delivery
    if delivery is None or not world.definition.goes_home(visit):
        return asked
    if delivery.leaves_from_site(site.facts.country):
        depot, days = None, delivery.site_lead_time_days
    else:
        depot, days = site.facts.depot, days_home(world.definition, site.facts.depot)
    return replace(asked, depot=depot, days_on_the_way=days if delivery.recorded_on == "delivery" else 0)


def days_home(definition: StudyDefinition, depot: str) -> int:
    """The lead time from a depot to homes; 0 where no lane leads there."""
    return next(
        (lane.lead_time_days for lane in definition.lanes if (lane.origin, lane.target) == (depot, HOME)), 0
    )


def stock_for(world: World, site: Site, asked: Asked) -> Stock:
    """Where the kits are chosen."""
    return site.stock if asked.depot is None else world.depots[asked.depot].stock


def lots_for(world: World, site: Site, asked: Asked) -> frozenset[str] | None:
    """Lots that may go to the subject; None where all that is there may."""
    return None if asked.depot is None else world.approved.get(site.facts.country)


def send_parcel(world: World, site: Site, asked: Asked, kits: Kits) -> None:
    """Counts a parcel that leaves a depot for a home; told as kits that come to the site's subject."""
    if asked.depot is None:
        return
    books, number = world.books, sum(kits.values())
    books.count("shipments")
    books.count("kits_shipped", number)
    books.count("shippers", -(-number // world.definition.resupply.planning.shipper_kits))
    books.tell(world.now, "sent_home", asked.depot, asked.who, site.facts.number, kits)
