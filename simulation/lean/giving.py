"""Giving kits, and those whose kits are not there: the product's rule for numbers, held equal to it by tests."""

from simulation.lean.books import (
    D_DISPENSED,
    D_MISSED,
    S_MISSED,
    S_VISITS,
    W_DUE,
    add,
    count_at_site,
    count_day,
    tell,
    tell_kits,
)
from simulation.lean.causes import cause_of
from simulation.lean.columns import (
    DND_DAYS,
    EVERY_TYPE,
    EXPIRY_DAY,
    FIRST_WAITING,
    IN_NETWORK,
    KITS_GIVEN,
    LAST_WAITING,
    MARKED,
    OUT_AND_LOST,
    PATIENCE_MINUTES,
    T_DISPENSED,
    T_LOST,
    T_MISSED,
    TALLY,
    W_AFTER,
    W_ALIVE,
    W_BEFORE,
    W_DAYS_TO_LAST,
    W_NEED,
    W_SINCE,
    W_SITE,
    W_WHO,
    W_WORDS,
    WAITS,
    WAITS_FOR_GOODS,
)
from simulation.lean.compiled import part
from simulation.lean.queue import PATIENCE, put
from simulation.lean.world import World
from simulation.network import MINUTES_IN_DAY

_VISITS, _MISSED, _LOST = TALLY["visits"], TALLY["missed"], TALLY["lost"]
_DISPENSED, _KITS_DISPENSED = TALLY["dispensed"], TALLY["kits_dispensed"]
_WAITED, _WAITING_MINUTES = TALLY["waited"], TALLY["waiting_minutes"]
_BY_OUTAGE = TALLY["missed_by_system_outage"]
_OUT_OF_STOCK, _ELSEWHERE = TALLY["missed_out_of_stock"], TALLY["missed_kits_elsewhere"]
CAUSES = 64
"""Words and cause of a miss are told as one number: words times this, and the cause."""


@part
def can_give(w: World, site: int, need: int, days_to_last: int, day: int) -> bool:
    """Whether there are enough kits of each type that last long enough."""
    for n in range(w.needs[need, 0]):
        kit_type, wanted = w.needs[need, 1 + 2 * n], w.needs[need, 2 + 2 * n]
        until = day + max(w.windows[site, kit_type, DND_DAYS], days_to_last)
        for pile in range(w.first[kit_type], w.first[kit_type + 1]):
            if w.piles[pile, EXPIRY_DAY] >= until:
                wanted -= w.stock[site, pile]
        if wanted > 0:
            return False
    return True


@part
def give(w: World, site: int, need: int, days_to_last: int, who: int, words: int, now: int) -> bool:
    """Gives all the kits, the first to expire first, or none."""
    day = now // MINUTES_IN_DAY
    if not can_give(w, site, need, days_to_last, day):
        return False
    for n in range(w.needs[need, 0]):
        kit_type, wanted = w.needs[need, 1 + 2 * n], w.needs[need, 2 + 2 * n]
        until = day + max(w.windows[site, kit_type, DND_DAYS], days_to_last)
        for pile in range(w.first[kit_type], w.first[kit_type + 1]):
            taken = min(wanted, w.stock[site, pile])
            if taken > 0 and w.piles[pile, EXPIRY_DAY] >= until:
                wanted -= taken
                add(w, site, pile, -taken, now)
                w.piles[pile, KITS_GIVEN] += taken
                w.piles[pile, IN_NETWORK] -= taken
                w.tally[_KITS_DISPENSED] += taken
                tell_kits(w, pile, taken)
    w.tally[_DISPENSED] += 1
    count_day(w, D_DISPENSED, now)
    tell(w, now, T_DISPENSED, site, who, words)
    return True


@part
def ask_for(w: World, site: int, need: int, days_to_last: int, who: int, words: int, now: int) -> bool:
    """Gives the kits that are due, or counts the miss and lets it wait or be lost; whether they were given."""
    w.tally[_VISITS] += 1
    count_at_site(w, S_VISITS, site, now)
    if w.out[now // MINUTES_IN_DAY] == OUT_AND_LOST:
        _count_miss(w, site, need, who, words, _BY_OUTAGE, now)
        _count_lost(w, site, who, words, now)
        return False
    if give(w, site, need, days_to_last, who, words, now):
        return True
    cause, out_of_stock = cause_of(w, site, need, days_to_last, now // MINUTES_IN_DAY)
    _count_miss(w, site, need, who, words, cause, now)
    w.tally[_OUT_OF_STOCK if out_of_stock else _ELSEWHERE] += 1
    if w.fixed[WAITS_FOR_GOODS]:
        _wait(w, site, need, days_to_last, who, words, now)
    else:
        _count_lost(w, site, who, words, now)
    return False


@part
def _count_miss(w: World, site: int, need: int, who: int, words: int, cause: int, now: int) -> None:
    w.tally[_MISSED] += 1
    w.tally[cause] += 1
    count_day(w, D_MISSED, now)
    count_at_site(w, S_MISSED, site, now)
    for n in range(w.needs[need, 0]):
        w.by_type[W_DUE, w.needs[need, 1 + 2 * n]] += w.needs[need, 2 + 2 * n]
    tell(w, now, T_MISSED, site, who, words * CAUSES + cause)


@part
def _count_lost(w: World, site: int, who: int, words: int, now: int) -> None:
    w.tally[_LOST] += 1
    tell(w, now, T_LOST, site, who, words)


@part
def _wait(w: World, site: int, need: int, days_to_last: int, who: int, words: int, now: int) -> None:
    """The last in the row of those who wait at a site."""
    n, last = w.clock[WAITS], w.places[site, LAST_WAITING]
    w.clock[WAITS] = n + 1
    row = w.waits[n]
    row[W_SITE], row[W_SINCE], row[W_WHO], row[W_NEED] = site, now, who, need
    row[W_DAYS_TO_LAST], row[W_WORDS] = days_to_last, words
    row[W_BEFORE], row[W_AFTER], row[W_ALIVE] = last, -1, 1
    if last >= 0:
        w.waits[last, W_AFTER] = n
    else:
        w.places[site, FIRST_WAITING] = n
    w.places[site, LAST_WAITING] = n
    w.places[site, MARKED] = EVERY_TYPE
    if w.fixed[PATIENCE_MINUTES] >= 0:
        put(w, now + w.fixed[PATIENCE_MINUTES], PATIENCE, who, n)


@part
def _leave(w: World, n: int) -> None:
    """Waits no longer."""
    row = w.waits[n]
    site, before, after = row[W_SITE], row[W_BEFORE], row[W_AFTER]
    row[W_ALIVE] = 0
    if before >= 0:
        w.waits[before, W_AFTER] = after
    else:
        w.places[site, FIRST_WAITING] = after
    if after >= 0:
        w.waits[after, W_BEFORE] = before
    else:
        w.places[site, LAST_WAITING] = before
    w.places[site, MARKED] = EVERY_TYPE


@part
def lose(w: World, n: int, now: int) -> None:
    """Whoever waited is lost."""
    _leave(w, n)
    _count_lost(w, w.waits[n, W_SITE], w.waits[n, W_WHO], w.waits[n, W_WORDS], now)


@part
def give_up(w: World, site: int, who: int, now: int) -> None:
    """Whoever leaves waits no longer."""
    n = w.places[site, FIRST_WAITING]
    while n >= 0:
        after = w.waits[n, W_AFTER]
        if w.waits[n, W_WHO] == who:
            lose(w, n, now)
        n = after


@part
def serve_waiting(w: World, site: int, now: int) -> None:
    """Those who wait are served in the order they came, each whose kits are there now."""
    n = w.places[site, FIRST_WAITING]
    while n >= 0:
        row = w.waits[n]
        after = row[W_AFTER]
        if give(w, site, row[W_NEED], row[W_DAYS_TO_LAST], row[W_WHO], row[W_WORDS], now):
            _leave(w, n)
            w.tally[_WAITED] += 1
            w.tally[_WAITING_MINUTES] += now - row[W_SINCE]
        n = after


@part
def dismiss_waiting(w: World, site: int) -> int:
    """Nobody waits at a site that is shut; how many did."""
    n, left = w.places[site, FIRST_WAITING], 0
    while n >= 0:
        after = w.waits[n, W_AFTER]
        _leave(w, n)
        left += 1
        n = after
    return left
