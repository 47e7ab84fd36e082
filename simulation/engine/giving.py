"""Giving kits by the production rule, and what becomes of those whose kits are not there."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from irt.states.kit import Accountability, Assignment, Custody, KitState, Quality
from irt.study.dispensing import KitNeed
from irt.supply.dispensing_window import dispensing_windows
from irt.supply.kit_selection import Candidate, NoUsableKit, choose_kits, lacking
from simulation.engine.causes import cause_of
from simulation.engine.homes import lots_for, send_parcel, stock_for
from simulation.engine.order import Phase
from simulation.engine.stock import Kits, Pile
from simulation.engine.world import Asked, Process, Site, Waiting, World
from simulation.network import MINUTES_IN_DAY

ON_SHELF = KitState(Custody.SITE, Quality.RELEASED, Assignment.FREE, Accountability.NONE)


def ask_for(world: World, site: Site, asked: Asked) -> bool:
    """Gives the kits that are due, or counts the miss and lets it wait or be lost; whether they were given."""
    world.books.count("visits", minute=world.now, site=site.place)
    if world.system_out() == "lost":
        _count_miss(world, site, asked, "missed_by_system_outage")
        _lose(world, site, Waiting(asked, world.now))
        return False
    if give(world, site, asked):
        return True
    cause = cause_of(world, site, asked, windows_of(world, site, asked))
    _count_miss(world, site, asked, cause.measure)
    world.books.count("missed_out_of_stock" if cause.out_of_stock else "missed_kits_elsewhere")
    _wait_or_lose(world, site, Waiting(asked, world.now))
    return False


def give(world: World, site: Site, asked: Asked) -> bool:
    """Gives all the kits or none."""
    needs, windows = needs_of(asked), windows_of(world, site, asked)
    try:
        choice = choose_kits(candidates_at(world, site, asked), needs, _given_on(world, asked), windows, _first)
    except NoUsableKit:
        return False
    stock = stock_for(world, site, asked)
    given: Kits = {}
    for kit in choice.chosen:
        pile = world.piles[kit.id]
        given[pile] = given.get(pile, 0) + 1
    for pile, kits in given.items():
        stock.add(pile, -kits)
    send_parcel(world, site, asked, given)
    world.books.count("dispensed", minute=world.now)
    world.books.book("kits_dispensed", given)
    world.books.tell(world.now, "dispensed", site.facts.number, asked.who, asked.words, given)
    return True


def can_give(world: World, site: Site, asked: Asked) -> bool:
    """Whether all the kits could be given now."""
    candidates = candidates_at(world, site, asked)
    return not lacking(candidates, needs_of(asked), _given_on(world, asked), windows_of(world, site, asked))


def _given_on(world: World, asked: Asked) -> date:
    """The day from which the kits must last: that on which a parcel comes, where it counts."""
    return world.date_of(world.day + asked.days_on_the_way)


def serve_waiting(world: World, site: Site) -> None:
    """Those who wait are served in the order they came, each whose kits are there now."""
    for waiting in list(site.waiting):
        if give(world, site, waiting.asked):
            site.waiting.remove(waiting)
            world.books.count("waited")
            world.books.count("waiting_minutes", world.now - waiting.since)


def give_up(world: World, site: Site, who: int) -> None:
    """Whoever leaves waits no longer."""
    for waiting in [one for one in site.waiting if one.asked.who == who]:
        _lose(world, site, waiting)


def needs_of(asked: Asked) -> list[KitNeed]:
    """What is due, in the words of the production rule."""
    return [_need(kit_type, kits) for kit_type, kits in asked.kits]


def windows_of(world: World, site: Site, asked: Asked) -> Mapping[str, int]:
    """Days that the kits must still be good, by type."""
    kit_types = tuple(kit_type for kit_type, _ in asked.kits)
    key = site.facts.country, kit_types, asked.days_to_last
    if key not in world.windows:
        world.windows[key] = dispensing_windows(world.definition, *key)
    return world.windows[key]


def candidates_at(world: World, site: Site, asked: Asked) -> list[Candidate]:
    """Kits that may be chosen: of each pile as many as are due, for more are never taken from it."""
    due, lots = dict(asked.kits), lots_for(world, site, asked)
    return [
        _candidate(world, pile, number)
        for pile, there in stock_for(world, site, asked)
        if lots is None or pile.lot in lots
        for number in range(min(there, due.get(pile.kit_type, 0)))
    ]


def _candidate(world: World, pile: Pile, number: int) -> Candidate:
    key = pile, number
    if key not in world.candidates:
        world.candidates[key] = Candidate(
            id=len(world.piles),
            number=f"{pile.lot} {number:06d}",
            kit_type=pile.kit_type,
            lot=pile.lot,
            expiry=world.date_of(pile.expiry_day),
            state=ON_SHELF,
        )
        world.piles.append(pile)
    return world.candidates[key]


@lru_cache(maxsize=1024)
def _need(kit_type: str, kits: int) -> KitNeed:
    return KitNeed(kit_type=kit_type, quantity=kits)


def _first(modulus: int) -> int:
    """Kits of equal date are alike here: the first by lot and number."""
    return 0


def _count_miss(world: World, site: Site, asked: Asked, cause: str) -> None:
    world.books.count("missed", minute=world.now, site=site.place)
    world.books.count(cause)
    for kit_type, kits in asked.kits:
        world.books.count(f"due {kit_type}", kits)
    world.books.tell(world.now, "missed", site.facts.number, asked.who, f"{asked.words}: {cause}")


def _wait_or_lose(world: World, site: Site, waiting: Waiting) -> None:
    shortage = world.scenario.supply.shortage
    if shortage.rule == "lost":
        _lose(world, site, waiting)
        return
    site.waiting.append(waiting)
    if shortage.patience_days is not None:
        world.begin(_patience(world, site, waiting, shortage.patience_days))


def _lose(world: World, site: Site, waiting: Waiting) -> None:
    if waiting in site.waiting:
        site.waiting.remove(waiting)
    world.books.count("lost")
    world.books.tell(world.now, "lost", site.facts.number, waiting.asked.who, waiting.asked.words)


def _patience(world: World, site: Site, waiting: Waiting, days: int) -> Process:
    yield world.at(world.now + days * MINUTES_IN_DAY, Phase.PATIENCE, waiting.asked.who)
    if waiting in site.waiting:
        _lose(world, site, waiting)
