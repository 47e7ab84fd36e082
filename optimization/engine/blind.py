"""The blind on the last leg: a consignment that cannot hold enough of every type of a group holds none of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from optimization.engine.lots import Allotted
from optimization.problem import Problem


def within_blind(problem: Problem, kits: Iterable[Allotted]) -> list[Allotted]:
    """The kits that travel in consignments as blind as they must be."""
    consignments: dict[tuple[str, int, str], list[Allotted]] = defaultdict(list)
    for one in kits:
        trip = one.carried.trip
        consignments[(trip.lane.id, trip.leaves, problem.kit_types[one.carried.kit].temp)].append(one)
    return [one for together in consignments.values() for one in _blind(problem, together)]


def told_by(problem: Problem, count: Counter[str]) -> set[str]:
    """The types that may not travel in a consignment with so many of each: their groups are not all there."""
    return {
        kit
        for group in problem.blind_groups
        if any(count[kit] < problem.blind_minimum_each for kit in group)
        for kit in group
    }


def _blind(problem: Problem, together: list[Allotted]) -> list[Allotted]:
    if not together[0].carried.site.kind.kept_blind:
        return together
    told = told_by(problem, Counter(one.carried.kit for one in together))
    return [one for one in together if one.carried.kit not in told]
