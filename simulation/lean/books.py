"""Counting, telling and moving kits."""

from simulation.lean.columns import (
    END,
    IN_NETWORK,
    KEEPS_DAYS,
    KEEPS_EVENTS,
    KIT_TYPE,
    KITS_WASTED,
    L_DETAIL,
    L_KITS_UNTIL,
    L_MINUTE,
    L_PLACE,
    L_WHAT,
    L_WHO,
    LOGGED,
    LOGGED_KITS,
    MARKED,
    MARKS,
    REGIONAL_KIT_MINUTES,
    REGIONAL_KITS,
    SITE_KIT_MINUTES,
    SITE_KITS,
    SITES,
    SUPPLIER,
    TALLY,
)
from simulation.lean.compiled import part
from simulation.lean.world import World
from simulation.network import MINUTES_IN_DAY

_FIRST_WASTED = TALLY["wasted_expired_at_sites"]
D_SCREENED, D_RANDOMIZED, D_DISPENSED, D_MISSED = range(4)
S_RANDOMIZED, S_VISITS, S_MISSED = range(3)
(
    W_EXPIRED_AT_SITES,
    W_EXPIRED_AT_DEPOTS,
    W_RECALLED,
    W_LOST,
    W_SPOILED,
    W_AT_CLOSED_SITES,
    W_DUE,
) = range(7)


@part
def count_day(w: World, series: int, now: int) -> None:
    """One more in a series by day."""
    if w.fixed[KEEPS_DAYS]:
        w.day_counts[series, now // MINUTES_IN_DAY] += 1


@part
def count_at_site(w: World, series: int, site: int, now: int) -> None:
    """One more in a series by site and day."""
    if w.fixed[KEEPS_DAYS]:
        w.site_counts[series, site, now // MINUTES_IN_DAY] += 1


@part
def tell_kits(w: World, pile: int, kits: int) -> None:
    """Kits of what is told next."""
    if w.fixed[KEEPS_EVENTS]:
        at = w.clock[LOGGED_KITS]
        w.log_kits[at, 0], w.log_kits[at, 1] = pile, kits
        w.clock[LOGGED_KITS] = at + 1


@part
def tell(w: World, now: int, what: int, place: int, who: int, detail: int) -> None:
    """Something that happened, with the kits that were told before it."""
    if w.fixed[KEEPS_EVENTS]:
        row = w.log[w.clock[LOGGED]]
        row[L_MINUTE], row[L_WHAT], row[L_PLACE], row[L_WHO], row[L_DETAIL] = now, what, place, who, detail
        row[L_KITS_UNTIL] = w.clock[LOGGED_KITS]
        w.clock[LOGGED] += 1


@part
def add(w: World, place: int, pile: int, kits: int, now: int) -> None:
    """More kits at a place, or fewer; fewer at a site may be too few."""
    w.stock[place, pile] += kits
    if place < w.fixed[SITES]:
        w.clock[SITE_KITS] += kits
        w.clock[SITE_KIT_MINUTES] += kits * (w.fixed[END] - now)
        if kits < 0:
            w.places[place, MARKED] |= 1 << w.piles[pile, KIT_TYPE] % MARKS
    elif w.places[place, SUPPLIER] >= 0:
        w.clock[REGIONAL_KITS] += kits
        w.clock[REGIONAL_KIT_MINUTES] += kits * (w.fixed[END] - now)


@part
def waste(w: World, name: int, pile: int, kits: int) -> None:
    """Kits that nobody will be given."""
    w.tally[_FIRST_WASTED + name] += kits
    w.by_type[name, w.piles[pile, KIT_TYPE]] += kits
    w.piles[pile, KITS_WASTED] += kits
    w.piles[pile, IN_NETWORK] -= kits
