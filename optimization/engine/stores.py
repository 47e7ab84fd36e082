"""Room in the sites' stores: what of their own stock lies there on a day, and by how much a plan overfills them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from optimization.check.movements import Phase
from optimization.plan import Dispensing, Plan
from optimization.problem import Problem, Supply

Place = tuple[str, str]
"""A site and a temperature class."""


def own_volume(problem: Problem, own: Iterable[Supply], uses: Iterable[Dispensing], day: int) -> int:
    """What of a site's own stock lies there on a day, after what came and before anything is used."""
    kits = Counter[str]()
    for row in own:
        if row.day <= day < problem.lots[row.lot].expiry_day:
            kits[row.lot] += row.kits
    for use in uses:
        if use.day < day and kits[use.lot]:
            kits[use.lot] -= use.kits
    return sum(number * problem.kit_types[problem.lots[lot].kit].volume for lot, number in kits.items())


def overfull(problem: Problem, plan: Plan) -> Mapping[tuple[str, str, int], int]:
    """By how much volume the stores of sites are overfilled, by site, class and day."""
    found: dict[tuple[str, str, int], int] = {}
    for (node, temp), by_day in _changes(problem, plan).items():
        stored = 0
        for (day, _), change in sorted(by_day.items()):
            stored += change
            if stored > problem.nodes[node].capacity[temp]:
                found[node, temp, day] = stored - problem.nodes[node].capacity[temp]
    return found


def _changes(problem: Problem, plan: Plan) -> Mapping[Place, Mapping[tuple[int, Phase], int]]:
    """By site and class, the volume that comes and goes by day: what expires, what comes, what is used."""
    kits: dict[tuple[str, str], Counter[tuple[int, Phase]]] = defaultdict(Counter)
    for row in problem.supply:
        if problem.nodes[row.node].kind.uses_kits:
            kits[row.node, row.lot][row.day, Phase.ARRIVES] += row.kits
    for one in plan.consignments:
        lane = problem.lanes[one.lane]
        if problem.nodes[lane.destination].kind.uses_kits:
            for lot, number in one.lines:
                kits[lane.destination, lot][one.dispatch_day + lane.transit_days, Phase.ARRIVES] += number
    for use in plan.dispensings:
        kits[use.site, use.lot][use.day, Phase.USED] -= use.kits
    found: dict[Place, Counter[tuple[int, Phase]]] = defaultdict(Counter)
    for (node, name), by_day in kits.items():
        kit = problem.kit_types[problem.lots[name].kit]
        by_day[problem.lots[name].expiry_day, Phase.EXPIRES] -= sum(by_day.values())
        for at, number in by_day.items():
            found[node, kit.temp][at] += number * kit.volume
    return found
