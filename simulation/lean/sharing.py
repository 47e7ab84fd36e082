"""Sharing out a depot's stock and raising consignments: the product's rule, held equal to it by tests."""

from simulation.lean.books import add, tell, tell_kits
from simulation.lean.columns import (
    CALENDAR,
    CHECKED_DAY,
    DNS_DAYS,
    EVERY_REQUEST,
    EVERY_TYPE,
    EXPIRY_DAY,
    LANE,
    LEAD_DAYS,
    LEAST_LEFT,
    LOADS,
    MARKED,
    OPEN,
    PLANNED,
    PREDICTIVE,
    REGIONAL,
    S_FATE,
    S_FROM,
    S_ON_ITS_WAY,
    S_PLACE,
    S_TO,
    SHIPMENTS,
    SHIPPER_KITS,
    SHUT,
    SITES,
    STOP_DAY,
    STORAGES,
    SUPPLIER,
    T_SENT,
    TALLY,
)
from simulation.lean.compiled import part
from simulation.lean.foresight import foresee
from simulation.lean.levels import CONSIDERED, MINIMUM, PLACE, TYPE, WANTED, add_needs, counted, is_low
from simulation.lean.queue import ARRIVAL, put
from simulation.lean.roads import trip
from simulation.lean.world import World
from simulation.network import MINUTES_IN_DAY

_SHIPMENTS, _KITS, _SHIPPERS = TALLY["shipments"], TALLY["kits_shipped"], TALLY["shippers"]
_SHIPMENTS_ON, _KITS_ON = TALLY["shipments_to_depots"], TALLY["kits_shipped_to_depots"]
AT_MIDNIGHT, AT_REVIEW = 0, 1
SHORT_RUN = 8


@part
def review(w: World, only: int, now: int) -> None:
    """Supplies one site, or where it is -1 all that may be low; then the regional depots, out of what is left."""
    day, sites, lines = now // MINUTES_IN_DAY, w.fixed[SITES], 0
    if day > w.clock[CHECKED_DAY]:
        _mark_if_kits_count_no_longer(w, day)
    for site in range(sites) if only < 0 else range(only, only + 1):
        place = w.places[site]
        types = EVERY_TYPE if w.fixed[PREDICTIVE] else place[MARKED]
        if types and place[OPEN] and not place[SHUT] and day < place[STOP_DAY]:
            if w.fixed[PREDICTIVE]:
                foresee(w, site, day)
            if is_low(w, site, types, day):
                lines = add_needs(w, site, lines, day)
            else:
                place[MARKED] = 0
    _share_out(w, lines, now, AT_REVIEW)
    if w.fixed[REGIONAL]:
        lines = 0
        for depot in range(sites, w.places.shape[0]):
            if w.places[depot, PLANNED] and is_low(w, depot, EVERY_TYPE, day):
                lines = add_needs(w, depot, lines, day)
        _share_out(w, lines, now, AT_REVIEW)


@part
def _mark_if_kits_count_no_longer(w: World, day: int) -> None:
    """Kits too near their expiry count no longer: all places are looked at on the day this happens anywhere."""
    for past in range(w.clock[CHECKED_DAY] + 1, day + 1):
        if w.horizons[past]:
            for site in range(w.fixed[SITES]):
                w.places[site, MARKED] = EVERY_TYPE
    w.clock[CHECKED_DAY] = day


@part
def first_stock(w: World, site: int, now: int) -> None:
    """What the study sends to a site that opens."""
    day, lines = now // MINUTES_IN_DAY, 0
    if day >= w.places[site, STOP_DAY]:
        return
    for kit_type in range(len(w.seeding)):
        if w.seeding[kit_type] >= 0:
            line = w.wanted[lines]
            line[PLACE], line[TYPE], line[MINIMUM] = site, kit_type, w.seeding[kit_type]
            line[CONSIDERED], line[WANTED] = counted(w, site, kit_type, day), w.seeding[kit_type]
            lines += 1
    _share_out(w, lines, now, AT_MIDNIGHT)


@part
def _share_out(w: World, lines: int, now: int, at: int) -> None:
    """What each depot can send of what is wanted from it: up to the minimum first, the lowest cover first."""
    if lines == 0:
        return
    asked = 0
    for line in range(lines):
        if w.wanted[line, WANTED] > 0:
            w.order[0, asked] = line
            asked += 1
    side = _sort_by_cover(w, asked)
    for to_maximum in range(2):
        for n in range(asked):
            _grant(w, w.order[side, n], to_maximum, now, at)
    depots = w.places.shape[0] - w.fixed[SITES]
    for depot in range(depots):
        last = -1
        for line in range(lines):
            place = w.wanted[line, PLACE]
            if place != last and w.places[place, SUPPLIER] == depot:
                _raise(w, place, now, _leaves_on(w, place, now, at))
            last = place


@part
def _sort_by_cover(w: World, lines: int) -> int:
    """Sorts short runs of lines, and merges them; which of the two orders is sorted then. Equals keep theirs."""
    for begins in range(0, lines, SHORT_RUN):
        for n in range(begins + 1, min(begins + SHORT_RUN, lines)):
            line, at = w.order[0, n], n
            while at > begins and _lower(w, line, w.order[0, at - 1]):
                w.order[0, at] = w.order[0, at - 1]
                at -= 1
            w.order[0, at] = line
    side, run = 0, SHORT_RUN
    while run < lines:
        for begins in range(0, lines, 2 * run):
            _merge(w, side, begins, min(begins + run, lines), min(begins + 2 * run, lines))
        side, run = 1 - side, 2 * run
    return side


@part
def _merge(w: World, side: int, begins: int, middle: int, ends: int) -> None:
    left, right = begins, middle
    for to in range(begins, ends):
        if right == ends or (left < middle and not _lower(w, w.order[side, right], w.order[side, left])):
            w.order[1 - side, to] = w.order[side, left]
            left += 1
        else:
            w.order[1 - side, to] = w.order[side, right]
            right += 1


@part
def _lower(w: World, one: int, other: int) -> bool:
    """Whether a line has the lower cover: kits that count, over the minimum or 1."""
    first, second = w.wanted[one], w.wanted[other]
    return first[CONSIDERED] * max(second[MINIMUM], 1) < second[CONSIDERED] * max(first[MINIMUM], 1)


@part
def _grant(w: World, line: int, to_maximum: int, now: int, at: int) -> None:
    row = w.wanted[line]
    place, kit_type = row[PLACE], row[TYPE]
    kits = row[WANTED]
    if not to_maximum:
        kits = min(kits, max(row[MINIMUM] - row[CONSIDERED], 0))
    if kits <= 0:
        return
    depot = w.fixed[SITES] + w.places[place, SUPPLIER]
    arrival = _leaves_on(w, place, now, at) + w.places[place, LEAD_DAYS]
    until = arrival + w.windows[place, kit_type, DNS_DAYS]
    for pile in range(w.first[kit_type], w.first[kit_type + 1]):
        if kits > 0 and w.piles[pile, EXPIRY_DAY] >= until and w.allowed[place, pile]:
            taken = min(kits, w.stock[depot, pile])
            if taken > 0:
                add(w, depot, pile, -taken, now)
                w.sent[place, pile] += taken
                row[WANTED] -= taken
                kits -= taken


@part
def _leaves_on(w: World, place: int, now: int, at: int) -> int:
    """The day on which goods for a place leave."""
    calendar, minute = w.places[place, CALENDAR], now % MINUTES_IN_DAY
    if w.fixed[EVERY_REQUEST]:
        at = 1 if minute >= w.late_from[calendar] else 0
    return w.dispatch[calendar, at, now // MINUTES_IN_DAY]


@part
def _raise(w: World, place: int, now: int, dispatch_day: int) -> None:
    """A consignment for each storage class of what was granted to a place."""
    for storage in range(w.fixed[STORAGES]):
        begins = w.clock[LOADS]
        kits = 0
        for kit_type in range(len(w.kit_types)):
            if w.kit_types[kit_type, 0] == storage:
                for pile in range(w.first[kit_type], w.first[kit_type + 1]):
                    if w.sent[place, pile]:
                        kits += w.sent[place, pile]
                        _load(w, place, pile)
        if kits:
            _send(w, place, begins, kits, now, dispatch_day)


@part
def _load(w: World, place: int, pile: int) -> None:
    kits, at = w.sent[place, pile], w.clock[LOADS]
    w.loads[at, 0], w.loads[at, 1] = pile, kits
    w.clock[LOADS] = at + 1
    w.coming[place, pile] += kits
    w.sent[place, pile] = 0
    tell_kits(w, pile, kits)


@part
def _send(w: World, place: int, begins: int, kits: int, now: int, dispatch_day: int) -> None:
    lane, ship = w.places[place, LANE], w.clock[SHIPMENTS]
    number = w.lanes[lane, 0]
    w.lanes[lane, 0] = number + 1
    w.clock[SHIPMENTS] = ship + 1
    w.clock[LEAST_LEFT] = min(w.clock[LEAST_LEFT], w.lanes[lane, 2] - number - 1)
    onward = place >= w.fixed[SITES]
    w.tally[_SHIPMENTS_ON if onward else _SHIPMENTS] += 1
    w.tally[_KITS_ON if onward else _KITS] += kits
    w.tally[_SHIPPERS] += -(-kits // w.fixed[SHIPPER_KITS])
    tell(w, now, T_SENT, place, ship + 1, w.places[place, SUPPLIER])
    arrives, fate = trip(w, lane, number, now, dispatch_day)
    row = w.ships[ship]
    row[S_PLACE], row[S_FATE], row[S_FROM], row[S_TO], row[S_ON_ITS_WAY] = (
        place,
        fate,
        begins,
        w.clock[LOADS],
        1,
    )
    put(w, max(arrives, now), ARRIVAL, ship + 1, ship)
