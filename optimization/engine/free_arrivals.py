"""A site's options as if arrivals at its depot were free: what the kits still to come cost at the least."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimization.engine.compiled import NEVER, compiled
from optimization.engine.site_plans import (
    NOT_USABLE,
    enough_before,
    everywhere,
    keep,
    no_dearer_in_turn,
    send,
    trip_costs,
    within_reach,
)
from optimization.engine.site_table import Amounts, Counts, SiteTable


class Free(NamedTuple):
    """A site's options as if arrivals were free: what a kit pays besides and its day at the source (o,)."""

    more: Amounts
    day: Counts
    full: Counts
    in_turn: NDArray[np.bool_]


@compiled
def free_arrivals(table: SiteTable, site: int, left_source: Counts, kit_price: Amounts, full: Counts) -> Free:
    """What a kit pays besides its way, and when it left the source, were all arrivals free."""
    last = table.options[site]
    more, day = np.zeros(last), np.full(last, NOT_USABLE)
    here, direct = 0, -1
    for option in range(last):
        here = max(here, table.arrivals[site, option])
        if table.arrivals[site, option] < 0:
            direct = max(direct, table.leaves[site, option])
        if table.arrivals[site, option] < 0 or here > 0:
            day[option] = max(direct, left_source[here - 1]) if here > 0 else direct
            more[option] = kit_price[here - 1] if table.arrivals[site, option] >= 0 else 0.0
    return Free(more, day, full, _in_turn(table, site, left_source, kit_price))


@compiled
def _in_turn(table: SiteTable, site: int, left_source: Counts, kit_price: Amounts) -> NDArray[np.bool_]:
    """Whether an option is no dearer in turn, from whatever arrivals; of no option where arrivals get dearer.

    Nor where some options pass the depot by and others do not.
    """
    last = table.options[site]
    direct = table.arrivals[site, :last] < 0
    falls = (np.diff(kit_price) <= 0).all() and (np.diff(left_source) >= 0).all()
    if direct.all():
        return no_dearer_in_turn(table, site, table.price[site], table.leaves[site])
    if direct.any() or not falls:
        return np.zeros(last, np.bool_)
    return no_dearer_in_turn(table, site, table.price[site], np.zeros(last, np.int64))


@compiled
def least_rest(table: SiteTable, site: int, free: Free) -> Amounts:
    """Shape (options + 1, kits, kits): what the kits still to come cost at the least, if arrivals were free."""
    size0, size1, last = table.wanted[site, 0] + 1, table.wanted[site, 1] + 1, table.options[site]
    rest = np.full((last + 1, size0, size1), NEVER)
    rest[last, size0 - 1, size1 - 1] = 0.0
    for option in range(last - 1, -1, -1):
        low0, low1 = table.due[site, option, 0], table.due[site, option, 1]
        rest[option, low0:, low1:] = rest[option + 1, low0:, low1:]
        if free.day[option] != NOT_USABLE:
            _send_back(table, site, option, free, rest[option + 1], rest[option])
    return rest


@compiled
def _send_back(
    table: SiteTable,
    site: int,
    option: int,
    free: Free,
    after: Amounts,
    before: Amounts,
) -> None:
    """Improves `before` by one consignment to each state of `after`."""
    low0, low1 = table.due[site, option, 0], table.due[site, option, 1]
    high0 = within_reach(table, site, option, 0, free.day[option])
    high1 = within_reach(table, site, option, 1, free.day[option])
    costs = trip_costs(table, site, option, free.more[option])
    price = table.price[site, option] + free.more[option]
    loads = loads_of(table, site, option, free.full, free.in_turn)
    most = low0 + low1 + table.room[site, option]
    enough = enough_before(table, site, option, free.more, free.day, False)
    for had0 in range(low0, high0 + 1):
        for had1 in range(low1, high1 + 1):
            if had0 >= enough[0] and had1 >= enough[1]:
                break
            best = before[had0, had1]
            if loads.shape[0] > 0 and had0 > low0:
                for new in loads:
                    if new < 0 or had0 + new > min(high0, most):
                        break
                    best = min(best, after[had0 + new, 0] + costs[new, 0] + price * new)
                before[had0, had1] = best
                continue
            for all0 in range(had0, high0 + 1):
                for all1 in range(had1, min(high1, most - all0) + 1):
                    new = all0 - had0 + all1 - had1
                    best = min(best, after[all0, all1] + costs[all0 - had0, all1 - had1] + price * new)
            before[had0, had1] = best


@compiled
def near_limit(table: SiteTable, site: int, free: Free, rest: Amounts, limit: float) -> Counts:
    """The numbers of kits that can be there before each option at no more than the limit, if arrivals were free."""
    near, last = everywhere(table, site), table.options[site]
    now, then = np.full(rest.shape[1:], NEVER), np.full(rest.shape[1:], NEVER)
    sent = np.empty(rest.shape[1:], np.int32)
    now[0, 0] = 0.0
    for option in range(last + 1):
        _narrow(now, rest[option], limit, near[option])
        if option < last:
            window = near[option : option + 2]
            keep(table, site, option, window, now, then)
            if free.day[option] != NOT_USABLE:
                more, day = free.more[option], free.day[option]
                costs, price = trip_costs(table, site, option, more), table.price[site, option] + more
                enough = enough_before(table, site, option, free.more, free.day, False)
                loads = loads_of(table, site, option, free.full, free.in_turn)
                send(table, site, option, costs, price, day, enough, loads, window, now, then, sent)
            now, then = then, now
    return near


@compiled
def _narrow(cost: Amounts, rest: Amounts, limit: float, near: Counts) -> None:
    """Only numbers of kits of which some cost no more than the limit in the end; none if there are none."""
    low0, low1, high0, high1 = near[1] + 1, near[3] + 1, -1, -1
    for all0 in range(near[0], near[1] + 1):
        for all1 in range(near[2], near[3] + 1):
            if cost[all0, all1] + rest[all0, all1] <= limit:
                low0, high0 = min(low0, all0), max(high0, all0)
                low1, high1 = min(low1, all1), max(high1, all1)
    near[0], near[1], near[2], near[3] = low0, high0, low1, high1


@compiled
def loads_of(table: SiteTable, site: int, option: int, full: Counts, in_turn: NDArray[np.bool_]) -> Counts:
    """The full loads of an option that follow kits that are not due; empty: all loads do."""
    return full[table.box_row[site, option], : full.shape[1] if in_turn[option] else 0]


@compiled
def within(limit: float) -> float:
    """The limit with room for rounding."""
    return limit + 1e-7 * abs(limit) + 1e-3
