"""How many kits a licence lets in: what exceeds it stays behind, the last visits first."""

from collections import Counter
from collections.abc import Iterable

from optimization.engine.cluster import Trip
from optimization.engine.lots import Allotted
from optimization.problem import Problem


def within_licences(problem: Problem, kits: Iterable[Allotted]) -> list[Allotted]:
    """The kits that may cross every border on their way."""
    entered: Counter[tuple[str, str]] = Counter()
    kept = []
    for one in sorted(kits, key=_turn):
        borders = [(country, one.carried.kit) for trip in one.carried.legs for country in _entered(problem, trip)]
        if all(entered[border] < problem.licences[border].kits_max for border in borders):
            entered.update(borders)
            kept.append(one)
    return kept


def _turn(one: Allotted) -> tuple[int, str, str, str]:
    want = one.carried.want
    return (want.day if want else one.carried.trip.arrives), one.carried.site.id, one.carried.kit, one.lot


def _entered(problem: Problem, trip: Trip) -> list[str]:
    origin, destination = problem.nodes[trip.lane.origin].country, problem.nodes[trip.lane.destination].country
    return [destination] if origin != destination else []
