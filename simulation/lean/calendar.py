"""What happens to places at the moments that the calendar says."""

from simulation.lean.books import (
    W_AT_CLOSED_SITES,
    W_EXPIRED_AT_DEPOTS,
    W_EXPIRED_AT_SITES,
    W_RECALLED,
    add,
    tell,
    tell_kits,
    waste,
)
from simulation.lean.columns import (
    ACT,
    END,
    EVERY_TYPE,
    EXPIRES,
    IN_NETWORK,
    KEEPS_EVENTS,
    KIT_TYPE,
    KITS_MADE,
    MARKED,
    OPEN,
    OPENS,
    RECALLS,
    REGIONAL_KIT_MINUTES,
    REGIONAL_KITS,
    RELEASES,
    S_FROM,
    S_ON_ITS_WAY,
    S_PLACE,
    S_TO,
    SHIPMENTS,
    SHUT,
    SHUTS,
    SITE_KIT_MINUTES,
    SITE_KITS,
    SITES,
    SUPPLIED_ONCE,
    T_CLOSED,
    T_EXPIRED,
    T_RECALLED,
    TALLY,
    WARM_UP_ENDS,
    WHICH,
    WITHDRAWN,
)
from simulation.lean.compiled import part
from simulation.lean.giving import dismiss_waiting
from simulation.lean.sharing import first_stock
from simulation.lean.world import World
from simulation.network import MINUTES_IN_DAY

_KITS_MADE, _LOST = TALLY["kits_made"], TALLY["lost"]


@part
def act(w: World, now: int) -> None:
    """What the clock asks for."""
    what, which = w.clock[ACT], w.clock[WHICH]
    if what == OPENS:
        _open(w, which, now)
    elif what == SHUTS:
        _shut(w, which, now)
    elif what == RELEASES:
        _release(w, which, now)
    elif what in (EXPIRES, RECALLS):
        _withdraw(w, what, now)
    elif what == WARM_UP_ENDS:
        for count in range(len(w.tally)):
            w.tally[count] = 0
        for count in range(w.by_type.shape[0]):
            for kit_type in range(w.by_type.shape[1]):
                w.by_type[count, kit_type] = 0
        w.clock[SITE_KIT_MINUTES] = w.clock[SITE_KITS] * (w.fixed[END] - now)
        w.clock[REGIONAL_KIT_MINUTES] = w.clock[REGIONAL_KITS] * (w.fixed[END] - now)


@part
def _make(w: World, place: int, row: int, now: int) -> None:
    pile, kits = w.lots[row, 0], w.lots[row, 2]
    add(w, place, pile, kits, now)
    w.tally[_KITS_MADE] += kits
    w.piles[pile, KITS_MADE] += kits
    w.piles[pile, IN_NETWORK] += kits


@part
def _release(w: World, row: int, now: int) -> None:
    if _usable(w, row, now // MINUTES_IN_DAY):
        _make(w, w.fixed[SITES] + w.lots[row, 1], row, now)


@part
def _usable(w: World, row: int, day: int) -> bool:
    """Whether a lot is neither past its last day nor recalled."""
    return w.lots[row, 3] >= day and w.lots[row, 4] > day


@part
def _open(w: World, site: int, now: int) -> None:
    """A site opens, with what lies there, and is sent its first stock."""
    if w.places[site, SHUT]:
        return
    w.places[site, OPEN] = 1
    w.places[site, MARKED] = EVERY_TYPE
    for row in range(w.lots.shape[0]):
        if w.lies_there[row, site] and _usable(w, row, now // MINUTES_IN_DAY):
            _make(w, site, row, now)
            w.places[site, SUPPLIED_ONCE] = 1
    first_stock(w, site, now)


@part
def _shut(w: World, site: int, now: int) -> None:
    """A site is shut for good; what lies there is wasted, and nobody waits any longer."""
    w.places[site, SHUT] = 1
    for pile in range(w.piles.shape[0]):
        kits = w.stock[site, pile]
        if kits:
            add(w, site, pile, -kits, now)
            waste(w, W_AT_CLOSED_SITES, pile, kits)
            tell_kits(w, pile, kits)
    tell(w, now, T_CLOSED, site, 0, 0)
    w.tally[_LOST] += dismiss_waiting(w, site)


@part
def _withdraw(w: World, what: int, now: int) -> None:
    """Takes the piles of the mask out of every place and consignment."""
    told = T_EXPIRED if what == EXPIRES else T_RECALLED
    for place in range(w.places.shape[0]):
        gone = False
        for pile in range(w.piles.shape[0]):
            kits = w.stock[place, pile]
            if w.mask[pile] and kits:
                _take_away(w, what, place, pile, kits, now)
                gone = True
        if gone:
            tell(w, now, told, place, 0, 0)
        if w.fixed[KEEPS_EVENTS]:
            _tell_consignments(w, told, place, now)
        for pile in range(w.piles.shape[0]):
            kits = w.coming[place, pile]
            if w.mask[pile] and kits:
                w.coming[place, pile] = 0
                w.places[place, MARKED] = EVERY_TYPE
                waste(w, W_EXPIRED_AT_DEPOTS if what == EXPIRES else W_RECALLED, pile, kits)
    for pile in range(w.piles.shape[0]):
        w.piles[pile, WITHDRAWN] |= w.mask[pile]


@part
def _take_away(w: World, what: int, place: int, pile: int, kits: int, now: int) -> None:
    at_site = place < w.fixed[SITES]
    add(w, place, pile, -kits, now)
    tell_kits(w, pile, kits)
    if what == RECALLS:
        waste(w, W_RECALLED, pile, kits)
    else:
        waste(w, W_EXPIRED_AT_SITES if at_site else W_EXPIRED_AT_DEPOTS, pile, kits)
    if at_site:
        w.lapsed[1 if what == RECALLS else 0, place, w.piles[pile, KIT_TYPE]] += kits


@part
def _tell_consignments(w: World, told: int, place: int, now: int) -> None:
    """Of each consignment to a place, what is withdrawn on its way."""
    for ship in range(w.clock[SHIPMENTS]):
        row, gone = w.ships[ship], False
        if row[S_ON_ITS_WAY] and row[S_PLACE] == place:
            for line in range(row[S_FROM], row[S_TO]):
                pile = w.loads[line, 0]
                if w.mask[pile] and not w.piles[pile, WITHDRAWN]:
                    tell_kits(w, pile, w.loads[line, 1])
                    gone = True
            if gone:
                tell(w, now, told, w.places.shape[0], 0, 0)
