"""How many kits a licence lets in, opening by opening: what exceeds it stays behind, the last visits first."""

from collections import Counter
from collections.abc import Iterable

from optimization.engine.cluster import Trip
from optimization.engine.lots import Allotted
from optimization.problem import Opening, Problem


def within_licences(problem: Problem, kits: Iterable[Allotted]) -> list[Allotted]:
    """The kits that may cross every border on their way."""
    entered: Counter[tuple[str, str, Opening | None]] = Counter()
    kept = []
    for one in sorted(kits, key=_turn):
        borders = [entry for trip in one.carried.legs for entry in _entered(problem, trip, one.carried.kit)]
        if all(opening and entered[where, kit, opening] < opening.kits_max for where, kit, opening in borders):
            entered.update(borders)
            kept.append(one)
    return kept


def _turn(one: Allotted) -> tuple[int, str, str, str]:
    want = one.carried.want
    return (want.day if want else one.carried.trip.arrives), one.carried.site.id, one.carried.kit, one.lot


def _entered(problem: Problem, trip: Trip, kit: str) -> list[tuple[str, str, Opening | None]]:
    """Country, kit type and the opening in which it arrives, if any; nothing where no border is crossed."""
    origin, destination = problem.nodes[trip.lane.origin].country, problem.nodes[trip.lane.destination].country
    if origin == destination:
        return []
    return [(destination, kit, problem.licences[destination, kit].opening_on(trip.arrives))]
