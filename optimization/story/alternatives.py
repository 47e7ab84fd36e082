"""Plans that differ in one consignment: without it, on another day, together with its neighbour, or one more."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from optimization.plan import Consignment, Dispensing, Plan, ordered_plan
from optimization.problem import Problem
from optimization.story.packing import cheapest_shippers
from optimization.story.stock_book import lots_at, stock_book
from optimization.story.tracing import Fed, trace

Lines = tuple[tuple[str, int], ...]


def without(problem: Problem, plan: Plan, index: int) -> Plan:
    """The plan without a consignment: what it fed is lost too, kits that nobody takes first, then the latest."""
    lost, unserved = _losses(problem, plan, index)
    shorter = [
        _shortened(problem, one, lost.get(place, Counter()))
        for place, one in enumerate(plan.consignments)
        if place != index
    ]
    uses = (replace(use, kits=use.kits - unserved[use]) for use in plan.dispensings)
    return ordered_plan([one for one in shorter if one.lines], [use for use in uses if use.kits > 0])


def on_day(plan: Plan, index: int, day: int) -> Plan:
    """The plan with a consignment on another day; its uses stay as they are."""
    moved = replace(plan.consignments[index], dispatch_day=day)
    return ordered_plan([*_others(plan, index), moved], plan.dispensings)


def merged(problem: Problem, plan: Plan, index: int, into: int) -> Plan:
    """The plan with a consignment's kits in another one of its lane and class."""
    one, other = plan.consignments[index], plan.consignments[into]
    together = boxed(problem, other, _together(one.lines + other.lines))
    return ordered_plan([*_others(plan, index, into), together], plan.dispensings)


def with_one_more(problem: Problem, plan: Plan, asked: Consignment, kits: Mapping[str, int]) -> Plan:
    """The plan with so many kits by type on the lane, class and day asked: the free lots that expire first.

    Kits wanted at its destination that nobody served are served from it. Where the origin has not enough free
    kits the plan sends them all the same, and breaks the rule that says so.
    """
    lane = problem.lanes[asked.lane]
    lines = [line for kit, number in sorted(kits.items()) for line in _free_lots(problem, plan, asked, kit, number)]
    added = boxed(problem, asked, _together(lines))
    arrives = asked.dispatch_day + lane.transit_days
    served = _served_from(problem, plan, lane.destination, arrives, Counter(dict(added.lines)))
    return ordered_plan([*plan.consignments, added], [*plan.dispensings, *served])


def boxed(problem: Problem, one: Consignment, lines: Lines) -> Consignment:
    """The consignment with these lines in the cheapest boxes; in those that hold longest where none qualifies."""
    volume = sum(problem.kit_types[problem.lots[lot].kit].volume * kits for lot, kits in lines)
    boxes = cheapest_shippers(problem, one.lane, one.temp, volume)
    return replace(one, shippers=_unqualified(problem, one, volume) if boxes is None else boxes, lines=lines)


def _unqualified(problem: Problem, one: Consignment, volume: int) -> Mapping[str, int]:
    """Boxes of the class that hold too short, so that this is the rule that is told."""
    of_class = [box for box in problem.shippers.values() if box.temp == one.temp and box.capacity > 0]
    if not of_class:
        return {}
    box = max(of_class, key=lambda box: (box.hold_days, box.id))
    return {box.id: -(-volume // box.capacity)}


def _losses(problem: Problem, plan: Plan, index: int) -> tuple[dict[int, Counter[str]], Counter[Dispensing]]:
    """Kits that each consignment loses by lot, and each use: what leaves later is told after what feeds it."""
    fed = trace(problem, plan)
    lost: dict[int, Counter[str]] = {index: Counter(dict(plan.consignments[index].lines))}
    unserved: Counter[Dispensing] = Counter()
    for source in range(index, len(plan.consignments)):
        if source not in lost:
            continue
        taken = fed.get(source, ())
        left = lost[source] - _spare(plan.consignments[source], taken)
        for each in reversed(taken):
            kits = min(each.kits, left[each.lot])
            left[each.lot] -= kits
            if each.dispensing is not None:
                unserved[each.dispensing] += kits
            elif each.consignment is not None and kits:
                lost.setdefault(each.consignment, Counter())[each.lot] += kits
    return lost, unserved


def _spare(one: Consignment, taken: Iterable[Fed]) -> Counter[str]:
    spare = Counter(dict(one.lines))
    for each in taken:
        spare[each.lot] -= each.kits
    return spare


def _shortened(problem: Problem, one: Consignment, lost: Counter[str]) -> Consignment:
    if not lost:
        return one
    lines = [(lot, kits - lost[lot]) for lot, kits in one.lines]
    return boxed(problem, one, tuple((lot, kits) for lot, kits in lines if kits > 0))


def _others(plan: Plan, *indices: int) -> list[Consignment]:
    return [one for place, one in enumerate(plan.consignments) if place not in indices]


def _together(lines: Sequence[tuple[str, int]]) -> Lines:
    kits: Counter[str] = Counter()
    for lot, number in lines:
        kits[lot] += number
    return tuple(sorted(kits.items()))


def _free_lots(problem: Problem, plan: Plan, asked: Consignment, kit: str, number: int) -> Lines:
    """Kits of a type that lie free at the origin from that day on, those that expire first."""
    lane = problem.lanes[asked.lane]
    arrives, country = asked.dispatch_day + lane.transit_days, problem.nodes[lane.destination].country
    lots = sorted(
        (lot for lot in problem.lots.values() if lot.kit == kit), key=lambda lot: (lot.expiry_day, lot.id)
    )
    fit = [lot.id for lot in lots if lot.expiry_day > arrives and country in lot.countries]
    lines: list[tuple[str, int]] = []
    for lot in fit:
        taken = min(number, _free(problem, plan, lane.origin, lot, asked.dispatch_day))
        if taken > 0:
            lines.append((lot, taken))
            number -= taken
    if number > 0 and lots:
        lines.append(((fit or [lots[-1].id])[-1], number))
    return tuple(lines)


def _free(problem: Problem, plan: Plan, node: str, lot: str, day: int) -> int:
    """The least stock of a lot at a place at the end of that day or any later one."""
    stock, least = 0, None
    for at in lots_at(stock_book(problem, plan), node, frozenset({problem.lots[lot].kit})):
        if at.lot.id != lot:
            continue
        for move in at.moves:
            if move.day > day:
                least = stock if least is None else min(least, stock)
            stock += move.arrived - move.used - move.sent
        least = stock if least is None else min(least, stock)
    return least or 0


def _served_from(problem: Problem, plan: Plan, site: str, arrives: int, there: Counter[str]) -> list[Dispensing]:
    """Uses of the kits that came for what is wanted there and not served, the earliest first."""
    served: Counter[tuple[str, int]] = Counter()
    for use in plan.dispensings:
        if use.site == site:
            served[use.kit, use.day] += use.kits
    uses = []
    for row in sorted(problem.demand, key=lambda row: row.day):
        missing = row.kits - served[row.kit, row.day] if row.site == site and row.day >= arrives else 0
        for lot in sorted(there, key=lambda lot: problem.lots[lot].expiry_day):
            fits = problem.lots[lot].kit == row.kit and problem.lots[lot].expiry_day >= row.day + row.dnd_days
            kits = min(missing, there[lot]) if fits else 0
            if kits > 0:
                uses.append(Dispensing(site, row.kit, row.day, lot, kits))
                there[lot] -= kits
                missing -= kits
    return uses
