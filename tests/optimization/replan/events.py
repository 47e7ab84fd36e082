"""What happens to a problem overnight: visits change, a lot is recalled, a shipment is lost, a depot closes."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from optimization.problem import Demand, NodeKind, Problem

Event = Callable[[Problem, Random], Problem]


def other_visits(problem: Problem, random: Random) -> Problem:
    """Of one site some visits fall out, some move by a few days, and some take a kit more."""
    site = random.choice(sorted({row.site for row in problem.demand}))
    rows = {(row.site, row.kit, row.day): row for row in problem.demand if row.site != site}
    for row in problem.demand:
        luck = random.random()
        if row.site == site and luck > 0.15:
            day = row.day + (random.choice((-3, 3, 7)) if luck < 0.4 else 0)
            day = day if 0 <= day < problem.horizon_days else row.day
            before = rows.get((site, row.kit, day))
            kits = row.kits + (luck > 0.8) + (before.kits if before else 0)
            rows[site, row.kit, day] = Demand(site, row.kit, day, kits, row.dnd_days)
    return replace(problem, demand=tuple(sorted(rows.values(), key=lambda row: (row.day, row.site, row.kit))))


def surge(problem: Problem, random: Random) -> Problem:
    """One site wants thrice as much of everything."""
    site = random.choice(sorted({row.site for row in problem.demand}))
    demand = (replace(row, kits=3 * row.kits) if row.site == site else row for row in problem.demand)
    return replace(problem, demand=tuple(demand))


def recalled_lot(problem: Problem, random: Random) -> Problem:
    """A lot is gone, wherever it lies."""
    lot = random.choice(sorted({row.lot for row in problem.supply}))
    lots = {name: one for name, one in problem.lots.items() if name != lot}
    return replace(problem, lots=lots, supply=tuple(row for row in problem.supply if row.lot != lot))


def lost_stock(problem: Problem, random: Random) -> Problem:
    """What lies, or was to come, at one place of one lot is lost."""
    lost = random.randrange(len(problem.supply))
    return replace(problem, supply=problem.supply[:lost] + problem.supply[lost + 1 :])


def closed_depot(problem: Problem, random: Random) -> Problem:
    """Nothing leaves or reaches one depot for two weeks."""
    depot = random.choice([node for node in problem.nodes.values() if node.kind is NodeKind.REGIONAL])
    first = random.randrange(7)
    closed = replace(depot, closed_days=depot.closed_days | set(range(first, first + 14)))
    return replace(problem, nodes={**problem.nodes, depot.id: closed})


EVENTS: tuple[Event, ...] = (other_visits, surge, recalled_lot, lost_stock, closed_depot)
