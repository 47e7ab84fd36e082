"""The least-cost plan of each site when it pays its own share of every arrival at the depot that it draws from."""

import numpy as np
from numpy.typing import NDArray

from optimization.engine.compiled import NEVER, compiled
from optimization.engine.site_plans import keep, no_worse, send, spares, trip_costs
from optimization.engine.site_table import Amounts, Counts, SiteTable


@compiled
def share_arrivals(
    table: SiteTable, left_source: Counts, kit_price: Amounts, opening: Amounts
) -> tuple[Amounts, NDArray[np.int64], NDArray[np.int64]]:
    """For each site: the least cost, arrivals it pays for (s, j) and kits it draws from each (s, j).

    `left_source` (j,): the day arrival j left the source; `kit_price` (j,): of a kit of it, less the holding before
    it came, which must not rise along the arrivals; `opening` (s, j): the site's share of the arrival. A site
    draws from the arrival it paid for last: an older one would have been dearer for every kit since.
    """
    count, arrivals = opening.shape
    blind = table.each.sum() > 0
    value = np.zeros(count)
    paid = np.zeros((count, arrivals), np.int64)
    drawn = np.zeros((count, arrivals), np.int64)
    for site in range(count):
        size0, size1, last = table.wanted[site, 0] + 1, table.wanted[site, 1] + 1, table.options[site]
        reach = 0
        for option in range(last):
            reach = max(reach, table.arrivals[site, option])
        cost = np.full((last + 1, reach + 1, size0, size1), NEVER)
        sent = np.zeros((last, reach + 1, size0, size1), np.int32)
        came = np.full((last, reach + 1, size0, size1), -1, np.int16)
        cost[0, 0, 0, 0] = 0.0
        here = 0
        for option in range(last):
            here = max(here, table.arrivals[site, option])
            _change_arrival(cost[option], came[option], here, opening[site])
            _forget_dominated(cost[option], here, kit_price)
            costs = trip_costs(table, site, option, 0.0)
            for held in range(here + 1):
                if cost[option, held].min() >= NEVER / 2:
                    continue
                keep(table, site, option, cost[option, held], cost[option + 1, held])
                if table.arrivals[site, option] < 0:
                    more, day = 0.0, table.leaves[site, option]
                elif held > 0:
                    more, day = kit_price[held - 1], left_source[held - 1]
                else:
                    continue
                if blind:
                    costs = trip_costs(table, site, option, more)
                price = table.price[site, option] + more
                enough = _enough_before(table, site, option, more)
                now, then = cost[option, held], cost[option + 1, held]
                send(table, site, option, costs, price, day, enough, now, then, sent[option, held])
        value[site] = _trace(table, site, cost[last], sent, came, paid[site], drawn[site])
    return value, paid, drawn


@compiled
def _enough_before(table: SiteTable, site: int, option: int, more: float) -> tuple[int, int]:
    """Kits of each kind that are due by the next option of the same origin that is no worse."""
    direct = table.arrivals[site, option] < 0
    for later in range(option + 1, table.options[site]):
        in_turn = table.leaves[site, later] >= table.leaves[site, option]
        same = in_turn and (table.arrivals[site, later] < 0) == direct
        if same and no_worse(table, site, option, later, more, more):
            return table.due[site, later, 0], table.due[site, later, 1]
    return table.wanted[site, 0], table.wanted[site, 1]


@compiled
def _change_arrival(cost: Amounts, came: NDArray[np.int16], here: int, opening: Amounts) -> None:
    """Lets every state draw from a later arrival, for the site's share of it."""
    size0, size1 = cost.shape[1], cost.shape[2]
    for all0 in range(size0):
        for all1 in range(size1):
            best, source = cost[0, all0, all1], 0
            for held in range(1, here + 1):
                now = cost[held, all0, all1]
                changed = best + opening[held - 1]
                if changed < now - 1e-9:
                    cost[held, all0, all1] = changed
                    came[held, all0, all1] = source
                if now < best:
                    best, source = now, held


@compiled
def _forget_dominated(cost: Amounts, here: int, kit_price: Amounts) -> None:
    """Drops arrivals from which nothing is cheaper than from a later one."""
    least = cost[here].copy()
    price = kit_price[here - 1] if here > 0 else 0.0
    for held in range(here - 1, 0, -1):
        if kit_price[held - 1] < price:
            price = kit_price[held - 1]
            least[:, :] = cost[held]
            continue
        better = False
        for all0 in range(cost.shape[1]):
            for all1 in range(cost.shape[2]):
                if cost[held, all0, all1] < least[all0, all1] - 1e-9:
                    better = True
                    least[all0, all1] = cost[held, all0, all1]
        if not better:
            cost[held, :, :] = NEVER


@compiled
def _trace(
    table: SiteTable,
    site: int,
    cost: Amounts,
    sent: NDArray[np.int32],
    came: NDArray[np.int16],
    paid: NDArray[np.int64],
    drawn: NDArray[np.int64],
) -> float:
    """Follows the best end back to the beginning; NEVER without one."""
    all0, all1 = cost.shape[1] - 1, cost.shape[2] - 1
    value, held = NEVER, 0
    for end in range(cost.shape[0]):
        if cost[end, all0, all1] < value:
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
