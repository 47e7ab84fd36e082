"""Ways into a depot by way of other depots: at each, the next lane's day is waited for and no longer."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from optimization.engine.cluster import Trip
from optimization.engine.trips import entry_days
from optimization.problem import Lane, Problem


def through_trips(lane: Lane, days: Sequence[int], before: Sequence[Trip]) -> list[Trip]:
    """The trips of a lane that go on from arrivals at its origin, in order of arrival: for each day the latest."""
    came = [trip.arrives for trip in before]
    found = []
    for day in days:
        place = bisect_right(came, day) - 1
        if place >= 0:
            found.append(_joined(before[place], Trip(lane, day, day + lane.transit_days)))
    return found


def _joined(first: Trip, last: Trip) -> Trip:
    """Both as one: what it costs is added; boxes are for the longer way, for they are packed anew in between."""
    lane = replace(
        last.lane,
        origin=first.lane.origin,
        fixed_cost=first.lane.fixed_cost + last.lane.fixed_cost,
        kit_cost=first.lane.kit_cost + last.lane.kit_cost,
        transit_days=max(first.lane.transit_days, last.lane.transit_days),
    )
    return Trip(lane, first.leaves, last.arrives, (*first.legs, last))


def may_enter(problem: Problem, trip: Trip, kit: str) -> bool:
    """Whether every border on the trip is open to the kit on the day it is crossed."""
    for leg in trip.legs:
        opens, closes = entry_days(problem, leg.lane)(kit)
        if not opens <= leg.arrives <= closes:
            return False
    return True
