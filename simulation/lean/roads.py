"""Consignments on the road, as `simulation.inputs.trips` says, and those that arrive."""

from simulation.lean.books import (
    W_AT_CLOSED_SITES,
    W_LOST,
    W_SPOILED,
    add,
    tell,
    tell_kits,
    waste,
)
from simulation.lean.columns import (
    DELAYED,
    EVERY_TYPE,
    F_FROM,
    F_KIND,
    F_UNTIL,
    FIRST_WAITING,
    LOST,
    MARKED,
    RECEIPT_MINUTE,
    S_FATE,
    S_FROM,
    S_ON_ITS_WAY,
    S_PLACE,
    S_TO,
    SHUT,
    SITES,
    SPOILED,
    SUPPLIED_ONCE,
    T_ARRIVED,
    T_NOT_ARRIVED,
    T_SPOILED,
    TALLY,
    WITHDRAWN,
)
from simulation.lean.compiled import part
from simulation.lean.giving import serve_waiting
from simulation.lean.world import World
from simulation.network import MINUTES_IN_DAY

NOON = 720
_SHIPMENTS_LOST, _SHIPMENTS_SPOILED = TALLY["shipments_lost"], TALLY["shipments_spoiled"]


@part
def trip(w: World, lane: int, number: int, raised: int, dispatch_day: int) -> tuple[int, int]:
    """When the so-maniest consignment of a lane arrives, and its fate: 0, LOST or SPOILED."""
    by_minute = w.lanes[lane, 1] == 1
    start = raised if by_minute else max(raised, dispatch_day * MINUTES_IN_DAY + NOON)
    leaves = _leaves(w, lane, start)
    days, lost, spoiled = w.transit_days[lane, number], False, False
    for fault in range(w.road_faults.shape[0]):
        in_force = w.road_faults[fault, F_FROM] <= leaves // MINUTES_IN_DAY < w.road_faults[fault, F_UNTIL]
        if in_force and w.hit[fault, lane] and w.happens[fault, lane, number]:
            kind = w.road_faults[fault, F_KIND]
            days += w.delay_days[fault, lane, number] if kind == DELAYED else 0.0
            lost |= kind == LOST
            spoiled |= kind == SPOILED
    fate = LOST if lost else SPOILED if spoiled else 0
    return _arrives(w, lane, leaves, days, by_minute), fate


@part
def _leaves(w: World, lane: int, start: int) -> int:
    """The minute goods leave: not while their depot is out, nor in a strike."""
    moved = True
    while moved:
        moved = False
        for halt in range(w.halts.shape[0]):
            if w.halted[halt, lane] and w.halts[halt, 0] <= start // MINUTES_IN_DAY < w.halts[halt, 1]:
                start, moved = w.halts[halt, 1] * MINUTES_IN_DAY + start % MINUTES_IN_DAY, True
    return start


@part
def _arrives(w: World, lane: int, leaves: int, days: float, by_minute: bool) -> int:
    if by_minute:
        arrives = leaves + int(days * MINUTES_IN_DAY + 0.5)
    else:
        day = leaves // MINUTES_IN_DAY + int(days + 0.5)
        arrives = max(day * MINUTES_IN_DAY + w.fixed[RECEIPT_MINUTE], leaves)
    for halt in range(w.halts.shape[0]):
        begins, ends = w.halts[halt, 0] * MINUTES_IN_DAY, w.halts[halt, 1] * MINUTES_IN_DAY
        if w.halts[halt, 2] and w.halted[halt, lane] and leaves < begins <= arrives:
            arrives += ends - begins
    return arrives


@part
def arrive(w: World, ship: int, now: int) -> bool:
    """A consignment arrives; whether somebody waited at a site that took it in."""
    row = w.ships[ship]
    place, fate = row[S_PLACE], row[S_FATE]
    row[S_ON_ITS_WAY] = 0
    shut = w.places[place, SHUT] == 1
    taken_in = False
    for line in range(row[S_FROM], row[S_TO]):
        pile, kits = w.loads[line, 0], w.loads[line, 1]
        if w.piles[pile, WITHDRAWN]:
            continue
        w.coming[place, pile] -= kits
        tell_kits(w, pile, kits)
        if fate:
            waste(w, W_LOST if fate == LOST else W_SPOILED, pile, kits)
        elif shut:
            waste(w, W_AT_CLOSED_SITES, pile, kits)
        else:
            add(w, place, pile, kits, now)
            taken_in = True
    if fate:
        w.tally[_SHIPMENTS_LOST if fate == LOST else _SHIPMENTS_SPOILED] += 1
        w.places[place, MARKED] = EVERY_TYPE
        tell(w, now, T_NOT_ARRIVED if fate == LOST else T_SPOILED, place, ship + 1, 0)
        return False
    tell(w, now, T_ARRIVED, place, ship + 1, 1 if shut else 0)
    return taken_in and place < w.fixed[SITES] and _take_in(w, place, now)


@part
def _take_in(w: World, site: int, now: int) -> bool:
    w.places[site, SUPPLIED_ONCE] = 1
    for kit_type in range(w.lapsed.shape[2]):
        w.lapsed[0, site, kit_type] = w.lapsed[1, site, kit_type] = 0
    if w.places[site, FIRST_WAITING] < 0:
        return False
    serve_waiting(w, site, now)
    return True
