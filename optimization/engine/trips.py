"""On which days a lane can be used, and when a kit may cross a border."""

from collections.abc import Callable

from optimization.problem import Lane, Problem

FOREVER = 10**9


def dispatch_days(problem: Problem, lane: Lane) -> list[int]:
    """The days, in order, on which a consignment may leave; not those on which nothing it holds could enter."""
    gaps = _gaps(problem, lane)
    return [
        day
        for day in range(problem.horizon_days)
        if may_leave(problem, lane, day) and not any(day + lane.transit_days in gap for gap in gaps)
    ]


def may_leave(problem: Problem, lane: Lane, day: int) -> bool:
    """Whether both ends are open on the day, and its weekday is one of the lane's."""
    origin, destination = problem.nodes[lane.origin], problem.nodes[lane.destination]
    return (
        day % 7 in lane.weekdays
        and day not in origin.closed_days
        and day + lane.transit_days not in destination.closed_days
    )


def _gaps(problem: Problem, lane: Lane) -> list[range]:
    """Days on which no licence of the country it leads to is open, between two that are."""
    country = problem.nodes[lane.destination].country
    if problem.nodes[lane.origin].country == country:
        return []
    known = [one for one in problem.licences.values() if one.country == country]
    if not any(one.later for one in known):
        return []
    openings = sorted(opening for one in known for opening in one.openings)
    gaps, closes = [], openings[0].to_day
    for one in openings[1:]:
        gaps.append(range(closes + 1, one.from_day))
        closes = max(closes, one.to_day)
    return [gap for gap in gaps if gap]


def entry_days(problem: Problem, lane: Lane) -> Callable[[str], tuple[int, int]]:
    """For a kit type, the first and last day it may arrive over the lane; never: the first is after the last.

    Of a licence with several openings, from the first to the last: no lane has a day that arrives between them.
    """
    origin, destination = problem.nodes[lane.origin].country, problem.nodes[lane.destination].country

    def window(kit: str) -> tuple[int, int]:
        if origin == destination:
            return 0, FOREVER
        licence = problem.licences.get((destination, kit))
        return (licence.from_day, licence.last_day) if licence else (1, 0)

    return window
