"""The least-cost plan of each site for given prices: lot-sizing by dynamic programming, exact in whole kits.

Kits that come earlier are used earlier: for one kind of kit nothing is lost by it (exchange the uses of two kits).
The state is how many kits of either kind have come.
"""

import numpy as np
from numpy.typing import NDArray

from optimization.engine.compiled import NEVER, compiled
from optimization.engine.site_table import Amounts, Counts, SiteTable

NOT_USABLE = -2
"""The day at the source of an option that brings nothing."""


@compiled
def within_reach(table: SiteTable, site: int, option: int, kind: int, source_day: int) -> int:
    """How many kits, in order, may have come by this option, if it is fed by what left the source on a day."""
    kits: int = table.due[site, option, kind]
    while kits < table.open[site, option, kind] and table.ready[site, kind, kits] <= source_day:
        kits += 1
    return kits


@compiled
def trip_costs(table: SiteTable, site: int, option: int, price: float) -> Amounts:
    """Shape (kits of kind 0, of kind 1): what a consignment costs that brings so many, the price of a kit apart.

    `price` is what a kit for the blind alone costs on top of the table's.
    """
    most0 = table.open[site, option, 0] - table.due[site, option, 0]
    most1 = table.open[site, option, 1] - table.due[site, option, 1]
    box = table.box_cost[table.box_row[site, option]]
    fixed = table.fixed[site, option]
    spare0, spare1 = table.spare[site, option, 0] + price, table.spare[site, option, 1] + price
    costs = np.empty((max(0, most0) + 1, max(0, most1) + 1))
    for new0 in range(costs.shape[0]):
        extra0 = max(0, table.each[0] - new0)
        for new1 in range(costs.shape[1]):
            extra1 = max(0, table.each[1] - new1)
            kits = new0 + new1 + extra0 + extra1
            costs[new0, new1] = fixed + box[kits] + extra0 * spare0 + extra1 * spare1
    costs[0, 0] = NEVER
    return costs


@compiled
def spares(table: SiteTable, new0: int, new1: int) -> int:
    """How many kits travel for the blind alone with so many others."""
    return int(max(0, table.each[0] - new0) + max(0, table.each[1] - new1)) if new0 + new1 > 0 else 0


@compiled
def no_worse(table: SiteTable, site: int, option: int, later: int, price: float, later_price: float) -> bool:
    """Whether whatever an option sends could as well be sent by a later one, alone or together with its kits.

    The prices are paid for a kit on top of the table's. Lots come on: a kit that may come may come later.
    """
    if table.fixed[site, later] > table.fixed[site, option] or table.room[site, later] < table.room[site, option]:
        return False
    if table.box_row[site, later] != table.box_row[site, option]:
        return False
    for kind in range(2):
        alone = table.spare[site, later, kind] + later_price
        if table.each[kind] > 0 and not 0 <= alone <= table.spare[site, option, kind] + price:
            return False
        if table.open[site, later, kind] < table.open[site, option, kind]:
            return False
    return bool(table.price[site, later] + later_price <= table.price[site, option] + price)


@compiled
def enough_before(
    table: SiteTable, site: int, option: int, extra_price: Amounts, source_day: Counts, lies: bool
) -> tuple[int, int]:
    """Kits of each kind that are due by the next option that is no worse: with so many, nothing need be sent now.

    Shapes (options,). All that is sent now could wait for it and share its boxes. Where some of it lies at the
    depot, that pays the table's price alone.
    """
    for later in range(option + 1, table.options[site]):
        same_lots = source_day[later] >= source_day[option]
        if lies and table.price[site, later] > table.price[site, option]:
            continue
        if same_lots and no_worse(table, site, option, later, extra_price[option], extra_price[later]):
            return table.due[site, later, 0], table.due[site, later, 1]
    return table.wanted[site, 0], table.wanted[site, 1]


@compiled
def full_loads(table: SiteTable) -> Counts:
    """Shape (boxes' rows, loads): numbers of kits beside which one more would cost a further box, and then -1."""
    rows, most = table.box_cost.shape
    full = np.full((rows, most), -1)
    for row in range(rows):
        count = 0
        for kits in range(1, most - 1):
            if table.box_cost[row, kits + 1] > table.box_cost[row, kits]:
                full[row, count] = kits
                count += 1
    return full


@compiled
def no_dearer_in_turn(table: SiteTable, site: int, price: Amounts, source_day: Counts) -> NDArray[np.bool_]:
    """Shape (options,): whether what any earlier option brings for later visits could as well come by this one.

    Then kits that are there before they are needed are followed only by consignments whose boxes are full: else
    one of them would come in those. Shapes of prices and of days at the source: (options,).
    """
    last = table.options[site]
    found = np.zeros(last, np.bool_)
    if table.wanted[site, 1] > 0 or table.each.sum() > 0:
        return found
    least, latest, most = np.inf, -1, 0
    for option in range(last):
        if source_day[option] >= -1:
            opens = table.open[site, option, 0]
            found[option] = price[option] <= least and source_day[option] >= latest and opens >= most
            least, latest = min(least, price[option]), max(latest, source_day[option])
            most = max(most, opens)
    return found


@compiled
def _send_full(
    loads: Counts,
    costs: Amounts,
    price: float,
    had: int,
    high: int,
    base: float,
    after: Amounts,
    sent: NDArray[np.int32],
) -> None:
    """One consignment with full boxes on top of so many kits of kind 0."""
    for new in loads:
        if new < 0 or had + new > high:
            return
        cost = base + costs[new, 0] + price * new
        if cost < after[had + new, 0] - 1e-9:
            after[had + new, 0] = cost
            sent[had + new, 0] = new * 65536


@compiled
def send(
    table: SiteTable,
    site: int,
    option: int,
    costs: Amounts,
    price: float,
    source_day: int,
    enough: tuple[int, int],
    loads: Counts,
    near: Counts,
    before: Amounts,
    after: Amounts,
    sent: NDArray[np.int32],
) -> None:
    """Improves `after` (kits of kind 0, of kind 1) by one consignment on top of `before`; `sent` keeps its kits.

    Where `enough` kits of either kind have come, nothing is sent. Where kits are there that are not due, only the
    `loads` are; if there are any. `near`: see `everywhere`.
    """
    low0, low1 = table.due[site, option, 0], table.due[site, option, 1]
    high0 = min(near[1, 1], within_reach(table, site, option, 0, source_day))
    high1 = min(near[1, 3], within_reach(table, site, option, 1, source_day))
    most = low0 + low1 + table.room[site, option]
    for had0 in range(max(low0, near[0, 0]), min(high0, near[0, 1]) + 1):
        if loads.shape[0] > 0 and had0 > low0:
            if had0 >= enough[0]:
                break
            if before[had0, 0] < NEVER / 2:
                _send_full(loads, costs, price, had0, min(high0, most), before[had0, 0], after, sent)
            continue
        for had1 in range(max(low1, near[0, 2]), min(high1, near[0, 3]) + 1):
            if had0 >= enough[0] and had1 >= enough[1]:
                break
            base = before[had0, had1]
            if base >= NEVER / 2:
                continue
            for all0 in range(had0, high0 + 1):
                new0 = all0 - had0
                for all1 in range(had1, min(high1, most - all0) + 1):
                    new1 = all1 - had1
                    cost = base + costs[new0, new1] + price * (new0 + new1)
                    if cost < after[all0, all1] - 1e-9:
                        after[all0, all1] = cost
                        sent[all0, all1] = new0 * 65536 + new1


@compiled
def everywhere(table: SiteTable, site: int) -> Counts:
    """Shape (options + 1, 4): before each option and in the end, the fewest and most kits of kind 0, of kind 1.

    Others are not followed: here all are.
    """
    near = np.zeros((table.options[site] + 1, 4), np.int64)
    near[:, 1], near[:, 3] = table.wanted[site, 0], table.wanted[site, 1]
    return near


@compiled
def keep(table: SiteTable, site: int, option: int, near: Counts, before: Amounts, after: Amounts) -> None:
    """Nothing is sent by this option: what was due by now must have come."""
    low0, low1 = max(table.due[site, option, 0], near[0, 0]), max(table.due[site, option, 1], near[0, 2])
    for all0 in range(near[1, 0], near[1, 1] + 1):
        for all1 in range(near[1, 2], near[1, 3] + 1):
            followed = low0 <= all0 <= near[0, 1] and low1 <= all1 <= near[0, 3]
            after[all0, all1] = before[all0, all1] if followed else NEVER


@compiled
def add_from_stock(table: SiteTable, costs: Amounts) -> None:
    """Kits for the blind alone of the depot's own stock cost more where it is scarce."""
    for new0 in range(costs.shape[0]):
        for new1 in range(costs.shape[1]):
            extra0, extra1 = max(0, table.each[0] - new0), max(0, table.each[1] - new1)
            costs[new0, new1] += extra0 * table.from_stock[0] + extra1 * table.from_stock[1]


@compiled
def lying_kits(table: SiteTable, site: int) -> Amounts:
    """Shape (kits of kind 0, of kind 1): how many of the first so many lie at the depot, and pay no arrival."""
    size0, size1 = table.wanted[site, 0] + 1, table.wanted[site, 1] + 1
    lying = np.zeros((size0, size1))
    for all0 in range(1, size0):
        lying[all0, 0] = lying[all0 - 1, 0] + (1.0 if table.ready[site, 0, all0 - 1] < 0 else 0.0)
    for all1 in range(1, size1):
        lying[:, all1] = lying[:, all1 - 1] + (1.0 if table.ready[site, 1, all1 - 1] < 0 else 0.0)
    return lying


@compiled
def plan_sites(
    table: SiteTable, sites: Counts, extra_price: Amounts, source_day: Counts
) -> tuple[Amounts, NDArray[np.int64]]:
    """For each of `sites`: the least cost, NEVER where kits come too late, and kits sent (row, option, kind).

    `extra_price` (site, option) is paid for each kit on top of the table's; `source_day` (site, option) is the day
    the kits of the option left the source: -1 where the depot has its own stock only, -2 where it cannot be used.
    Kits that are ready on day -1 lie at the depot: they pay no extra price.
    """
    count = sites.shape[0]
    value = np.zeros(count)
    full = full_loads(table)
    kits = np.zeros((count, table.due.shape[1], 2), np.int64)
    for row in range(count):
        site = sites[row]
        size0, size1, last = table.wanted[site, 0] + 1, table.wanted[site, 1] + 1, table.options[site]
        cost = np.full((last + 1, size0, size1), NEVER)
        sent = np.zeros((last, size0, size1), np.int32)
        cost[0, 0, 0] = 0.0
        near = everywhere(table, site)
        lying = lying_kits(table, site)
        lies = lying[size0 - 1, size1 - 1] > 0.0
        in_turn = no_dearer_in_turn(table, site, table.price[site] + extra_price[site], source_day[site])
        for option in range(last):
            window = near[option : option + 2]
            keep(table, site, option, window, cost[option], cost[option + 1])
            if source_day[site, option] >= -1:
                more, day = extra_price[site, option], source_day[site, option]
                costs = trip_costs(table, site, option, more)
                if day == -1:
                    add_from_stock(table, costs)
                price = table.price[site, option] + more
                enough = enough_before(table, site, option, extra_price[site], source_day[site], lies)
                row_of = table.box_row[site, option]
                loads = full[row_of, : full.shape[1] if in_turn[option] and not lies else 0]
                if not lies or more == 0.0:
                    now, then = cost[option], cost[option + 1]
                    send(table, site, option, costs, price, day, enough, loads, window, now, then, sent[option])
                else:
                    paid = more * lying
                    now, then = cost[option] + paid, cost[option + 1] + paid
                    send(table, site, option, costs, price, day, enough, loads, window, now, then, sent[option])
                    cost[option + 1] = then - paid
        value[row] = cost[last, size0 - 1, size1 - 1]
        if value[row] >= NEVER / 2:
            value[row] = NEVER
        else:
            all0, all1 = size0 - 1, size1 - 1
            for option in range(last - 1, -1, -1):
                chosen = sent[option, all0, all1]
                kits[row, option, 0], kits[row, option, 1] = chosen // 65536, chosen % 65536
                all0 -= chosen // 65536
                all1 -= chosen % 65536
    return value, kits


def as_overtaken(source_day: Counts) -> Counts:
    """Days at the source (site, option) for bounds: an option brings what any before it may.

    Kits are counted in order, and where options overtake each other, plans may bring a later kit first.
    """
    return np.where(source_day == NOT_USABLE, NOT_USABLE, np.maximum.accumulate(source_day, axis=1))


def travelling(table: SiteTable, sent: NDArray[np.int64]) -> Counts:
    """Shape (sites, options): kits of each consignment, with those for the blind alone; of `sent` by kind."""
    alone = np.maximum(0, table.each - sent).sum(axis=2)
    return np.asarray(sent.sum(axis=2) + np.where(sent.any(axis=2), alone, 0), dtype=np.int64)
