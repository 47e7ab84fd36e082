"""Kits with their lots, packed into the consignments of a plan."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from optimization.engine.blind import within_blind
from optimization.engine.boxes import boxes_for, pack
from optimization.engine.licences import within_licences
from optimization.engine.lots import Allotted
from optimization.plan import Consignment, Dispensing, Plan, ordered_plan
from optimization.problem import Problem


def packed_plan(problem: Problem, kits: Iterable[Allotted], own: Iterable[Dispensing]) -> Plan:
    """The plan that carries these kits and uses them, and the sites' own stock as given."""
    kits = within_blind(problem, within_licences(problem, kits))
    return ordered_plan(_consignments(problem, kits), dispensings_of(kits, own))


def _consignments(problem: Problem, kits: Iterable[Allotted]) -> Iterator[Consignment]:
    lines: dict[tuple[str, str, int], Counter[str]] = defaultdict(Counter)
    for one in kits:
        temp = problem.kit_types[one.carried.kit].temp
        for trip in one.carried.legs:
            lines[(trip.lane.id, temp, trip.leaves)][one.lot] += 1
    for (lane, temp, day), lots in lines.items():
        yield Consignment(lane, temp, day, shippers_for(problem, lane, temp, lots), tuple(sorted(lots.items())))


def shippers_for(problem: Problem, lane: str, temp: str, lots: Mapping[str, int]) -> dict[str, int]:
    """The boxes of a consignment with so many kits of each lot."""
    volume = sum(kits * problem.kit_types[problem.lots[lot].kit].volume for lot, kits in lots.items())
    boxes = boxes_for(problem, temp, problem.lanes[lane].transit_days, 1)
    return dict(sorted(pack(boxes, volume).items()))


def dispensings_of(kits: Iterable[Allotted], own: Iterable[Dispensing]) -> Iterator[Dispensing]:
    """The use of these kits and of the sites' own stock, a row for each demand and lot."""
    used: Counter[tuple[str, str, int, str]] = Counter()
    for row in own:
        used[(row.site, row.kit, row.day, row.lot)] += row.kits
    for one in kits:
        if one.carried.want:
            used[(one.carried.site.id, one.carried.kit, one.carried.want.day, one.lot)] += 1
    for (site, kit, day, lot), count in used.items():
        yield Dispensing(site, kit, day, lot, count)
