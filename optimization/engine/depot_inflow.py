"""The least-cost arrivals at a depot for given prices: lot-sizing in whole kits, boxes filled to their volume."""

from typing import NamedTuple

import numpy as np

from optimization.engine.compiled import NEVER, compiled
from optimization.engine.site_table import Amounts, Counts


class InflowTable(NamedTuple):
    """Shapes: j arrivals, b boxes. Kits at the most; what must come before an arrival and may have come by it.

    Kits for the blind alone may come with any arrival: relaxed, `most` holds all of them, else none.
    `box_cost` (kits + 1,): the least cost of boxes for so many kits. `stock` (j, q): what lies at the depot counts
    as an arrival too, and costs so much if 0, 1, 2, … kits of it leave; below zero for others; empty without any.
    """

    kits: int
    due: Counts
    most: Counts
    capacity: Counts
    cost: Amounts
    kit_volume: int
    box_cost: Amounts
    stock: Amounts


@compiled
def is_stock(table: InflowTable, arrival: int) -> bool:
    """Whether an arrival is what lies at the depot."""
    return bool(table.stock.shape[0] > 0 and table.stock[arrival, 0] >= 0.0)


@compiled
def plan_inflow(table: InflowTable, fixed: Amounts, price: Amounts, fewest: int) -> tuple[float, Counts]:
    """The least cost of arrivals, each with its fixed cost and price of a kit, and the kits of each.

    At least `fewest` kits come in all, and more as far as they are worth it.
    """
    arrivals, kits = fixed.shape[0], table.kits
    cost = np.full((arrivals + 1, kits + 1), NEVER)
    cost[0, 0] = 0.0
    for arrival in range(arrivals):
        if is_stock(table, arrival):
            _draw(table, arrival, price[arrival], cost)
            continue
        for came in range(table.due[arrival], kits + 1):
            cost[arrival + 1, came] = cost[arrival, came]
        _load(table, arrival, fixed[arrival], price[arrival], cost)
    last = fewest + int(np.argmin(cost[arrivals, fewest:]))
    taken = np.zeros(arrivals, np.int64)
    value = cost[arrivals, last]
    if value < NEVER:
        _trace(table, fixed, price, cost, last, taken)
    return value, taken


@compiled
def _draw(table: InflowTable, arrival: int, price: float, cost: Amounts) -> None:
    """What lies at the depot: as many kits leave as it pays."""
    left = table.stock[arrival]
    for came in range(table.due[arrival], table.kits + 1):
        if cost[arrival, came] < NEVER:
            for kits in range(min(left.shape[0], table.kits + 1 - came)):
                now = cost[arrival, came] + left[kits] + kits * price
                cost[arrival + 1, came + kits] = min(cost[arrival + 1, came + kits], now)


@compiled
def _load(table: InflowTable, arrival: int, fixed: float, price: float, cost: Amounts) -> None:
    """One arrival: from every volume that came before, box after box, each filled as far as it pays.

    The least over the last `capacity` volumes is kept in a queue of candidates for each kind of box.
    """
    volume, kinds = table.kit_volume, table.capacity.shape[0]
    first, last = table.due[arrival] * volume, min(table.most[arrival], table.kits) * volume
    loaded = np.full(max(0, last - first) + 1, NEVER)
    queue = np.zeros((kinds, loaded.shape[0] + 1), np.int64)
    head, tail = np.zeros(kinds, np.int64), np.zeros(kinds, np.int64)
    for place in range(first, last + 1):
        best = NEVER
        for kind in range(kinds):
            while head[kind] < tail[kind] and queue[kind, head[kind]] < place - table.capacity[kind]:
                head[kind] += 1
            if head[kind] < tail[kind]:
                best = min(best, loaded[queue[kind, head[kind]] - first] + table.cost[kind])
        begun = best
        if place % volume == 0:
            came = place // volume
            if cost[arrival, came] < NEVER:
                begun = min(begun, cost[arrival, came] - price * came + fixed)
            if best < NEVER and best + price * came < cost[arrival + 1, came] - 1e-9:
                cost[arrival + 1, came] = best + price * came
        loaded[place - first] = begun
        for kind in range(kinds):
            while tail[kind] > head[kind] and loaded[queue[kind, tail[kind] - 1] - first] >= begun:
                tail[kind] -= 1
            queue[kind, tail[kind]] = place
            tail[kind] += 1


@compiled
def _trace(table: InflowTable, fixed: Amounts, price: Amounts, cost: Amounts, last: int, taken: Counts) -> None:
    """Follows the best end back: where a consignment arrived, and with how many kits."""
    came = last
    for arrival in range(fixed.shape[0] - 1, -1, -1):
        stock = is_stock(table, arrival)
        if not stock and came >= table.due[arrival] and cost[arrival + 1, came] == cost[arrival, came]:
            continue
        least, best = NEVER, 0
        for kits in range(0 if stock else 1, came - table.due[arrival] + 1):
            if stock and kits >= table.stock.shape[1]:
                break
            if cost[arrival, came - kits] < NEVER:
                sent = table.stock[arrival, kits] if stock else fixed[arrival] + table.box_cost[kits]
                value = cost[arrival, came - kits] + sent + kits * price[arrival]
                if value < least:
                    least, best = value, kits
        taken[arrival] = best
        came -= best
