"""What happens to places by the calendar: lots come, expire and are recalled; sites open and shut; days end."""

from collections.abc import Callable

from simulation.engine.order import Phase
from simulation.engine.shipping import Shipping
from simulation.engine.stock import Kits, Pile, Stock, pile_of
from simulation.engine.world import Consignment, Depot, Process, Site, World
from simulation.network import MINUTES_IN_DAY, LotRow


def lot(world: World, place: int, row: LotRow) -> Process:
    """One lot of a depot, unless it was recalled before it came."""
    day = int(world.inputs.lot_released_day[place])
    yield world.at(day * MINUTES_IN_DAY, Phase.RELEASE, place)
    if row.depot is not None and _usable(world, place, row, day):
        _made(world, world.depots[row.depot].stock, row)


def opening(world: World, shipping: Shipping, site: Site) -> Process:
    """A site opens, with what lies there, and is sent its first stock; one that opened before the start had it."""
    day = int(world.inputs.recruits.opens_day[site.place])
    yield world.at(day * MINUTES_IN_DAY, Phase.OPEN, site.place)
    if site.shut:
        return
    site.open, site.opened_day, site.supplied_once = True, day, day < 0
    for place, row in enumerate(world.inputs.places.lots):
        here = row.depot is None and (not row.sites or site.facts.number in row.sites)
        if here and _usable(world, place, row, max(day, 0)):
            _made(world, site.stock, row)
            site.supplied_once = True
    if day >= 0:
        shipping.first_stock(site)


def shutting(world: World, site: Site) -> Process:
    """A site is shut for good; what lies there is wasted, and nobody waits any longer."""
    yield world.at(int(world.inputs.recruits.shut_day[site.place]) * MINUTES_IN_DAY, Phase.SHUT, site.place)
    site.shut = True
    kits = site.stock.take_out(lambda _: True)
    world.books.book("wasted_at_closed_sites", kits)
    world.books.tell(world.now, "closed", site.facts.number, 0, "", kits)
    world.books.count("lost", len(site.waiting))
    site.waiting.clear()


def expiry(world: World, day: int) -> Process:
    """Kits may be used on their last day; the next morning they are wasted, wherever they are."""
    yield world.at((day + 1) * MINUTES_IN_DAY, Phase.EXPIRY, day)
    _withdraw(world, "expired", lambda pile: pile.expiry_day == day)


def recall(world: World, name: str, day: int) -> Process:
    """From a day on no kit of the lot may be used."""
    yield world.at(day * MINUTES_IN_DAY, Phase.RECALL)
    _withdraw(world, "recalled", lambda pile: pile.lot == name)


def warm_up(world: World) -> Process:
    """What was counted before is forgotten."""
    yield world.at(world.scenario.warm_up_days * MINUTES_IN_DAY, Phase.WARM)
    world.books.forget()
    for place in world.places:
        place.stock.settle()
        place.stock.kit_minutes = 0


def day_ends(world: World) -> Process:
    """The stock at the end of each day, where it is kept."""
    for day in range(world.inputs.places.days):
        yield world.at((day + 1) * MINUTES_IN_DAY - 1, Phase.DAY_END)
        days = world.books.days
        if days is None:
            return
        for site in world.sites:
            days["site_stock"][site.place, day] = site.stock.kits
        days["kits_at_sites"][day] = sum(site.stock.kits for site in world.sites)
        days["kits_at_depots"][day] = sum(depot.stock.kits for depot in world.depots.values())
        days["kits_on_the_way"][day] = kits_on_the_way(world)


def kits_on_the_way(world: World) -> int:
    """Kits in all consignments."""
    return sum(sum(one.kits.values()) for place in world.places for one in place.coming.values())


def _usable(world: World, place: int, row: LotRow, day: int) -> bool:
    return row.expiry_day >= day and int(world.inputs.lot_recalled_day[place]) > day


def _made(world: World, stock: Stock, row: LotRow) -> None:
    pile = pile_of(row)
    stock.add(pile, row.kits)
    world.books.book("kits_made", {pile: row.kits})


def _withdraw(world: World, what: str, which: Callable[[Pile], bool]) -> None:
    """Takes piles out of every place and consignment."""

    def out_of(place: Site | Depot | Consignment) -> None:
        if isinstance(place, Consignment):
            gone: Kits = {pile: kits for pile, kits in place.kits.items() if which(pile)}
            place.kits = {pile: kits for pile, kits in place.kits.items() if pile not in gone}
        else:
            gone = place.stock.take_out(which)
        if gone:
            _book_withdrawn(world, what, place, gone)

    world.everywhere(out_of)


def _book_withdrawn(world: World, what: str, place: Site | Depot | Consignment, gone: Kits) -> None:
    name = "on the way"
    if isinstance(place, Site):
        name = place.facts.number
        counter = place.expired if what == "expired" else place.recalled
        for pile, kits in gone.items():
            counter[pile.kit_type] += kits
    elif isinstance(place, Depot):
        name = place.code
    where = "_at_sites" if isinstance(place, Site) else "_at_depots"
    world.books.book(f"wasted_expired{where}" if what == "expired" else "wasted_recalled", gone)
    world.books.tell(world.now, what, name, 0, "", gone)
