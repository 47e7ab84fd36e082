"""The least-cost plan of each site when it pays its own share of every arrival at the depot that it draws from."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimization.engine.compiled import NEVER, compiled
from optimization.engine.free_arrivals import free_arrivals, least_rest, loads_of, near_limit, within
from optimization.engine.site_plans import everywhere, full_loads, keep, no_worse, send, spares, trip_costs
from optimization.engine.site_table import Amounts, Counts, SiteTable


@compiled
def share_arrivals(
    table: SiteTable, left_source: Counts, kit_price: Amounts, opening: Amounts, likely: NDArray[np.int64]
) -> tuple[Amounts, NDArray[np.int64], NDArray[np.int64]]:
    """For each site: the least cost, arrivals it pays for (s, j) and kits it draws from each (s, j).

    `left_source` (j,): the day arrival j left the source; `kit_price` (j,): of a kit of it, less the holding before
    it came, which must not rise along the arrivals; `opening` (s, j): the site's share of the arrival. A site
    draws from the arrival it paid for last: an older one would have been dearer for every kit since.
    `likely` (s, j): 1 for arrivals a good plan may pay for. A first plan by these alone saves looking far around.
    Where options overtake each other, one brings what any before it may: so no order of kits is lost.
    """
    count, arrivals = opening.shape
    left, every, full = left_source, np.ones(arrivals, np.int64), full_loads(table)
    value = np.zeros(count)
    paid = np.zeros((count, arrivals), np.int64)
    drawn = np.zeros((count, arrivals), np.int64)
    room = _room(table, arrivals)
    for site in range(count):
        free = free_arrivals(table, site, left_source, kit_price, full)
        near = everywhere(table, site)
        limit, rest = NEVER, least_rest(table, site, free)
        if likely[site].any():
            given = Given(left, kit_price, opening[site], full, free.in_turn, rest, near)
            limit = _plan(table, site, given, likely[site], limit, room, paid[site], drawn[site])
            near = near_limit(table, site, free, rest, within(limit))
        given = Given(left, kit_price, opening[site], full, free.in_turn, rest, near)
        all_paid, all_drawn = np.zeros(arrivals, np.int64), np.zeros(arrivals, np.int64)
        value[site] = _plan(table, site, given, every, limit, room, all_paid, all_drawn)
        if value[site] <= limit:
            paid[site], drawn[site] = all_paid, all_drawn
        else:
            value[site] = limit
    return value, paid, drawn


class Given(NamedTuple):
    """What is the same for a site's plans: of arrivals (j,), full loads, options in turn (o,), and the least rest.

    `near` (o + 1, 4): numbers of kits worth following, as `everywhere` tells them.
    """

    left_source: Counts
    kit_price: Amounts
    opening: Amounts
    full: Counts
    in_turn: NDArray[np.bool_]
    rest: Amounts
    near: Counts


class Room(NamedTuple):
    """Arrays for one site after the other, flat: by arrival held and kits that have come (j + 1, k, k).

    `cost` and `then`: at an option and after it. `source`: which arrival was held before this one was paid for.
    `sent` (o, j + 1, k, k): kits of the consignment. `alive` (j + 1,): whether any cost is worth following.
    `paid_at` (j + 1,): the option before which the arrival was paid for first.
    """

    cost: Amounts
    then: Amounts
    source: NDArray[np.int16]
    sent: NDArray[np.int32]
    alive: NDArray[np.int64]
    paid_at: Counts


@compiled
def _room(table: SiteTable, arrivals: int) -> Room:
    most, all_sent = 1, 1
    for site in range(table.wanted.shape[0]):
        states = (arrivals + 1) * (table.wanted[site, 0] + 1) * (table.wanted[site, 1] + 1)
        most, all_sent = max(most, states), max(all_sent, states * table.options[site])
    alive, paid_at = np.zeros(arrivals + 1, np.int64), np.zeros(arrivals + 1, np.int64)
    source, sent = np.empty(most, np.int16), np.empty(all_sent, np.int32)
    return Room(np.empty(most), np.empty(most), source, sent, alive, paid_at)


@compiled
def _plan(
    table: SiteTable,
    site: int,
    given: Given,
    usable: NDArray[np.int64],
    limit: float,
    room: Room,
    paid: NDArray[np.int64],
    drawn: NDArray[np.int64],
) -> float:
    """The least cost of one site by usable arrivals; nothing is followed further that costs more than the limit."""
    blind = table.each.sum() > 0
    size0, size1, last = table.wanted[site, 0] + 1, table.wanted[site, 1] + 1, table.options[site]
    limit = within(limit)
    shape = (given.opening.shape[0] + 1, size0, size1)
    states = shape[0] * size0 * size1
    cost, then = room.cost[:states].reshape(shape), room.then[:states].reshape(shape)
    source, alive = room.source[:states].reshape(shape), room.alive
    sent = room.sent[: last * states].reshape((last, *shape))
    cost[0], alive[:] = NEVER, 0
    cost[0, 0, 0], alive[0] = 0.0, 1
    full, in_turn = given.full, given.in_turn
    here, direct = 0, -1
    for option in range(last):
        before, here = here, max(here, table.arrivals[site, option])
        if table.arrivals[site, option] < 0:
            direct = max(direct, table.leaves[site, option])
        room.paid_at[before + 1 : here + 1] = option
        near = given.near[option : option + 2]
        _change_arrival(cost, source, alive, before, here, given.opening, usable, near[0])
        _forget(cost, alive, here, given.kit_price, given.rest[option], limit, near[0])
        costs = trip_costs(table, site, option, 0.0)
        loads = loads_of(table, site, option, full, in_turn)
        for held in range(here + 1):
            if alive[held] == 0:
                continue
            keep(table, site, option, near, cost[held], then[held])
            sent[option, held, near[1, 0] : near[1, 1] + 1] = 0
            day = max(direct, given.left_source[held - 1]) if held > 0 else direct
            if table.arrivals[site, option] < 0:
                more = 0.0
            elif held > 0:
                more = given.kit_price[held - 1]
            else:
                continue
            if blind:
                costs = trip_costs(table, site, option, more)
            price = table.price[site, option] + more
            enough = _enough_before(table, site, option, more, given.kit_price)
            kits = sent[option, held]
            send(table, site, option, costs, price, day, enough, loads, near, cost[held], then[held], kits)
        cost, then = then, cost
    return _trace(table, site, cost, here, room, sent, source, paid, drawn)


@compiled
def _enough_before(table: SiteTable, site: int, option: int, more: float, kit_price: Amounts) -> tuple[int, int]:
    """Kits of each kind that are due by the next option of the same origin that is no worse.

    Nor may a kit for the blind alone earn something there, from whatever arrival.
    """
    direct = table.arrivals[site, option] < 0
    for later in range(option + 1, table.options[site]):
        in_turn = table.leaves[site, later] >= table.leaves[site, option]
        same = in_turn and (table.arrivals[site, later] < 0) == direct
        if same and not direct and table.each.sum() > 0:
            least = kit_price[table.arrivals[site, later] - 1]
            same = min(table.spare[site, later, 0], table.spare[site, later, 1]) + least >= 0
        if same and no_worse(table, site, option, later, more, more):
            return table.due[site, later, 0], table.due[site, later, 1]
    return table.wanted[site, 0], table.wanted[site, 1]


@compiled
def _change_arrival(
    cost: Amounts,
    source: NDArray[np.int16],
    alive: NDArray[np.int64],
    before: int,
    here: int,
    opening: Amounts,
    usable: NDArray[np.int64],
    near: Counts,
) -> None:
    """Lets every state draw from the arrivals since the last option, for the site's share: later is no better."""
    if before == here:
        return
    best = np.full(cost.shape[1:], NEVER)
    cheapest = np.zeros(cost.shape[1:], np.int16)
    for held in range(here + 1):
        if held > before:
            if usable[held - 1] == 0:
                continue
            alive[held] = 1
        if alive[held] == 0:
            continue
        for all0 in range(near[0], near[1] + 1):
            for all1 in range(near[2], near[3] + 1):
                if held > before:
                    cost[held, all0, all1] = min(NEVER, best[all0, all1] + opening[held - 1])
                    source[held, all0, all1] = cheapest[all0, all1]
                if cost[held, all0, all1] < best[all0, all1]:
                    best[all0, all1], cheapest[all0, all1] = cost[held, all0, all1], held


@compiled
def _forget(
    cost: Amounts,
    alive: NDArray[np.int64],
    here: int,
    kit_price: Amounts,
    rest: Amounts,
    limit: float,
    near: Counts,
) -> None:
    """Drops what costs more than the limit in the end, or no less than if drawn from a later arrival."""
    least = np.full(cost.shape[1:], NEVER)
    price = kit_price[here - 1] if here > 0 else 0.0
    for held in range(here, -1, -1):
        if alive[held] == 0:
            continue
        if held > 0 and kit_price[held - 1] < price:
            price = kit_price[held - 1]
            least[:, :] = NEVER
        alive[held] = 0
        for all0 in range(near[0], near[1] + 1):
            for all1 in range(near[2], near[3] + 1):
                now = cost[held, all0, all1]
                if now + rest[all0, all1] > limit or (held > 0 and now >= least[all0, all1]):
                    cost[held, all0, all1] = NEVER
                elif now < NEVER / 2:
                    alive[held] = 1
                    least[all0, all1] = min(least[all0, all1], now)


@compiled
def _trace(
    table: SiteTable,
    site: int,
    cost: Amounts,
    here: int,
    room: Room,
    sent: NDArray[np.int32],
    source: NDArray[np.int16],
    paid: NDArray[np.int64],
    drawn: NDArray[np.int64],
) -> float:
    """Follows the best end back to the beginning; NEVER without one."""
    all0, all1 = cost.shape[1] - 1, cost.shape[2] - 1
    value, held = NEVER, 0
    for end in range(here + 1):
        if room.alive[end] > 0 and cost[end, all0, all1] < value:
            value, held = cost[end, all0, all1], end
    if value >= NEVER / 2:
        return NEVER
    for option in range(table.options[site] - 1, -1, -1):
        chosen = sent[option, held, all0, all1]
        if chosen > 0 and table.arrivals[site, option] >= 0:
            new0, new1 = chosen // 65536, chosen % 65536
            drawn[held - 1] += new0 + new1 + spares(table, new0, new1)
        all0 -= chosen // 65536
        all1 -= chosen % 65536
        while held > 0 and room.paid_at[held] == option:
            paid[held - 1] = 1
            held = source[held, all0, all1]
    return value
