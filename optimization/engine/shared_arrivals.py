"""The least-cost plan of each site when it pays its own share of every arrival at the depot that it draws from."""

import numpy as np
from numpy.typing import NDArray

from optimization.engine.compiled import NEVER, compiled
from optimization.engine.site_plans import enough_before, keep, no_worse, send, spares, trip_costs, within_reach
from optimization.engine.site_table import Amounts, Counts, SiteTable

NOT_USABLE = -2


@compiled
def share_arrivals(
    table: SiteTable, left_source: Counts, kit_price: Amounts, opening: Amounts, likely: NDArray[np.int64]
) -> tuple[Amounts, NDArray[np.int64], NDArray[np.int64]]:
    """For each site: the least cost, arrivals it pays for (s, j) and kits it draws from each (s, j).

    `left_source` (j,): the day arrival j left the source; `kit_price` (j,): of a kit of it, less the holding before
    it came, which must not rise along the arrivals; `opening` (s, j): the site's share of the arrival. A site
    draws from the arrival it paid for last: an older one would have been dearer for every kit since.
    `likely` (s, j): 1 for arrivals a good plan may pay for. A first plan by these alone saves looking far around.
    """
    count, arrivals = opening.shape
    left, every = left_source, np.ones(arrivals, np.int64)
    value = np.zeros(count)
    paid = np.zeros((count, arrivals), np.int64)
    drawn = np.zeros((count, arrivals), np.int64)
    for site in range(count):
        rest = _rest(table, site, left_source, kit_price)
        limit = NEVER
        if likely[site].any():
            some = likely[site]
            limit = _plan(table, site, left, kit_price, opening[site], some, rest, NEVER, paid[site], drawn[site])
            paid[site, :] = 0
            drawn[site, :] = 0
        value[site] = _plan(
            table, site, left, kit_price, opening[site], every, rest, limit, paid[site], drawn[site]
        )
    return value, paid, drawn


@compiled
def _plan(
    table: SiteTable,
    site: int,
    left_source: Counts,
    kit_price: Amounts,
    opening: Amounts,
    usable: NDArray[np.int64],
    rest: Amounts,
    limit: float,
    paid: NDArray[np.int64],
    drawn: NDArray[np.int64],
) -> float:
    """The least cost of one site by usable arrivals; nothing is followed further that costs more than the limit."""
    blind = table.each.sum() > 0
    size0, size1, last = table.wanted[site, 0] + 1, table.wanted[site, 1] + 1, table.options[site]
    reach = 0
    for option in range(last):
        reach = max(reach, table.arrivals[site, option])
    limit = limit + 1e-7 * abs(limit) + 1e-3
    cost = np.full((reach + 1, size0, size1), NEVER)
    then = np.empty((reach + 1, size0, size1))
    sent = np.zeros((last, reach + 1, size0, size1), np.int32)
    came = np.full((last, reach + 1, size0, size1), -1, np.int16)
    alive = np.zeros(reach + 1, np.int64)
    cost[0, 0, 0], alive[0] = 0.0, 1
    here = 0
    for option in range(last):
        before, here = here, max(here, table.arrivals[site, option])
        _change_arrival(cost, came[option], alive, before, here, opening, usable)
        _forget(cost, alive, here, kit_price, rest[option], limit)
        costs = trip_costs(table, site, option, 0.0)
        for held in range(here + 1):
            if alive[held] == 0:
                continue
            keep(table, site, option, cost[held], then[held])
            if table.arrivals[site, option] < 0:
                more, day = 0.0, table.leaves[site, option]
            elif held > 0:
                more, day = kit_price[held - 1], left_source[held - 1]
            else:
                continue
            if blind:
                costs = trip_costs(table, site, option, more)
            price = table.price[site, option] + more
            enough = _enough_before(table, site, option, more, kit_price)
            send(table, site, option, costs, price, day, enough, cost[held], then[held], sent[option, held])
        cost, then = then, cost
    return _trace(table, site, cost, alive, sent, came, paid, drawn)


@compiled
def _rest(table: SiteTable, site: int, left_source: Counts, kit_price: Amounts) -> Amounts:
    """Shape (options + 1, kits, kits): what the kits still to come cost at the least, if arrivals were free."""
    size0, size1, last = table.wanted[site, 0] + 1, table.wanted[site, 1] + 1, table.options[site]
    more, day = np.zeros(last), table.leaves[site, :last].copy()
    for option in range(last):
        held = table.arrivals[site, option]
        if held == 0:
            day[option] = NOT_USABLE
        elif held > 0:
            more[option], day[option] = kit_price[held - 1], left_source[held - 1]
    rest = np.full((last + 1, size0, size1), NEVER)
    rest[last, size0 - 1, size1 - 1] = 0.0
    for option in range(last - 1, -1, -1):
        low0, low1 = table.due[site, option, 0], table.due[site, option, 1]
        rest[option, low0:, low1:] = rest[option + 1, low0:, low1:]
        if day[option] != NOT_USABLE:
            _send_back(table, site, option, more, day, rest[option + 1], rest[option])
    return rest


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
    came: NDArray[np.int16],
    alive: NDArray[np.int64],
    before: int,
    here: int,
    opening: Amounts,
    usable: NDArray[np.int64],
) -> None:
    """Lets every state draw from the arrivals since the last option, for the site's share: later is no better."""
    if before == here:
        return
    best = np.full(cost.shape[1:], NEVER)
    source = np.zeros(cost.shape[1:], np.int16)
    for held in range(here + 1):
        if held > before:
            if usable[held - 1] == 0:
                continue
            alive[held] = 1
        if alive[held] == 0:
            continue
        for all0 in range(cost.shape[1]):
            for all1 in range(cost.shape[2]):
                if held > before:
                    cost[held, all0, all1] = min(NEVER, best[all0, all1] + opening[held - 1])
                    came[held, all0, all1] = source[all0, all1]
                if cost[held, all0, all1] < best[all0, all1]:
                    best[all0, all1], source[all0, all1] = cost[held, all0, all1], held


@compiled
def _forget(
    cost: Amounts, alive: NDArray[np.int64], here: int, kit_price: Amounts, rest: Amounts, limit: float
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
        for all0 in range(cost.shape[1]):
            for all1 in range(cost.shape[2]):
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
    alive: NDArray[np.int64],
    sent: NDArray[np.int32],
    came: NDArray[np.int16],
    paid: NDArray[np.int64],
    drawn: NDArray[np.int64],
) -> float:
    """Follows the best end back to the beginning; NEVER without one."""
    all0, all1 = cost.shape[1] - 1, cost.shape[2] - 1
    value, held = NEVER, 0
    for end in range(cost.shape[0]):
        if alive[end] > 0 and cost[end, all0, all1] < value:
            value, held = cost[end, all0, all1], end
    if value >= NEVER / 2:
        return NEVER
    for option in range(sent.shape[0] - 1, -1, -1):
        chosen = sent[option, held, all0, all1]
        if chosen > 0 and table.arrivals[site, option] >= 0:
            new0, new1 = chosen // 65536, chosen % 65536
            drawn[held - 1] += new0 + new1 + spares(table, new0, new1)
        all0 -= chosen // 65536
        all1 -= chosen % 65536
        source = came[option, held, all0, all1]
        if source >= 0:
            paid[held - 1] = 1
            held = source
    return value


@compiled
def _send_back(
    table: SiteTable, site: int, option: int, more: Amounts, day: Counts, after: Amounts, before: Amounts
) -> None:
    """Improves `before` by one consignment to each state of `after`."""
    low0, low1 = table.due[site, option, 0], table.due[site, option, 1]
    high0 = within_reach(table, site, option, 0, day[option])
    high1 = within_reach(table, site, option, 1, day[option])
    costs = trip_costs(table, site, option, more[option])
    price = table.price[site, option] + more[option]
    most = low0 + low1 + table.room[site, option]
    enough = enough_before(table, site, option, more, day, False)
    for had0 in range(low0, high0 + 1):
        for had1 in range(low1, high1 + 1):
            if had0 >= enough[0] and had1 >= enough[1]:
                break
            best = before[had0, had1]
            for all0 in range(had0, high0 + 1):
                for all1 in range(had1, min(high1, most - all0) + 1):
                    new = all0 - had0 + all1 - had1
                    best = min(best, after[all0, all1] + costs[all0 - had0, all1 - had1] + price * new)
            before[had0, had1] = best
