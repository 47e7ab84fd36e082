"""On which days a lane can be used, and when a kit may cross a border."""

from collections.abc import Callable

from optimization.problem import Lane, Problem

FOREVER = 10**9


def dispatch_days(problem: Problem, lane: Lane) -> list[int]:
    """The days, in order, on which a consignment may leave."""
    return [day for day in range(problem.horizon_days) if may_leave(problem, lane, day)]


def may_leave(problem: Problem, lane: Lane, day: int) -> bool:
    """Whether both ends are open on the day, and its weekday is one of the lane's."""
    origin, destination = problem.nodes[lane.origin], problem.nodes[lane.destination]
    return (
        day % 7 in lane.weekdays
        and day not in origin.closed_days
        and day + lane.transit_days not in destination.closed_days
    )


def entry_days(problem: Problem, lane: Lane) -> Callable[[str], tuple[int, int]]:
    """For a kit type, the first and last day it may arrive over the lane; never: the first is after the last."""
    origin, destination = problem.nodes[lane.origin].country, problem.nodes[lane.destination].country

    def window(kit: str) -> tuple[int, int]:
        if origin == destination:
            return 0, FOREVER
        licence = problem.licences.get((destination, kit))
        return (licence.from_day, licence.to_day) if licence else (1, 0)

    return window
