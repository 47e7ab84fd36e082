"""Which uses and onward consignments each consignment feeds: within a lot at a place, first come is first used."""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass

from optimization.plan import Consignment, Dispensing, Plan
from optimization.problem import Problem

Source = int | None
"""The consignment's place in the plan; None for stock on hand and what comes in from outside."""


@dataclass(frozen=True, slots=True)
class Fed:
    """Kits of a lot that went on, on a day: used for a demand, or sent with another consignment (its place)."""

    day: int
    lot: str
    kits: int
    dispensing: Dispensing | None = None
    consignment: int | None = None


def trace(problem: Problem, plan: Plan) -> Mapping[Source, tuple[Fed, ...]]:
    """What became of the kits of each consignment, in order; kits that nobody took are in no entry."""
    queues = _arrivals(problem, plan)
    fed: dict[Source, list[Fed]] = defaultdict(list)
    for node, want in sorted(
        _wants(problem, plan), key=lambda pair: (pair[1].day, pair[1].consignment is not None)
    ):
        left = want.kits
        queue = queues[node, want.lot]
        while left and queue:
            source, there = queue[0]
            taken = min(left, there)
            fed[source].append(Fed(want.day, want.lot, taken, want.dispensing, want.consignment))
            left -= taken
            if taken == there:
                queue.popleft()
            else:
                queue[0] = (source, there - taken)
    return {source: tuple(each) for source, each in fed.items()}


def _arrivals(problem: Problem, plan: Plan) -> dict[tuple[str, str], deque[tuple[Source, int]]]:
    """What arrives at each place by lot, first come first: in a sound plan nobody takes before it came."""
    came: list[tuple[int, int, str, str, int]] = [
        (supply.day, -1, supply.node, supply.lot, supply.kits) for supply in problem.supply
    ]
    for index, one in enumerate(plan.consignments):
        lane = problem.lanes[one.lane]
        day = one.dispatch_day + lane.transit_days
        came += [(day, index, lane.destination, lot, kits) for lot, kits in one.lines]
    queues: dict[tuple[str, str], deque[tuple[Source, int]]] = defaultdict(deque)
    for _, index, node, lot, kits in sorted(came):
        queues[node, lot].append((index if index >= 0 else None, kits))
    return queues


def _wants(problem: Problem, plan: Plan) -> list[tuple[str, Fed]]:
    """Every use and every line sent, with where it happens; uses of a day come before what is sent."""
    uses = [(used.site, Fed(used.day, used.lot, used.kits, dispensing=used)) for used in plan.dispensings]
    sent = [
        (problem.lanes[one.lane].origin, Fed(one.dispatch_day, lot, kits, consignment=index))
        for index, one in enumerate(plan.consignments)
        for lot, kits in one.lines
    ]
    return uses + sent


def kits_in(one: Consignment) -> int:
    """Kits in a consignment."""
    return sum(kits for _, kits in one.lines)
