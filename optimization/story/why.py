"""Why a consignment leaves when it does, and why not otherwise: what it feeds, what each other way would cost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from optimization.check.verdict import Code
from optimization.plan import Consignment, Plan
from optimization.problem import Lane, Problem
from optimization.story.alternatives import merged, on_day, with_one_more, without
from optimization.story.repricing import Repriced, reprice
from optimization.story.tracing import Fed, kits_in, trace
from optimization.story.wanted_later import wanted_later


class OtherWay(StrEnum):
    """What could be done with a consignment instead."""

    DROP = "drop"
    MOVE = "move"
    MERGE = "merge"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class Alternative:
    """One other way, on that day, with what it would cost more and what it would break.

    `price`: what it would save, were the one rule that forbids it to give way and nothing else; None where several
    forbid it, or where it would save nothing.
    """

    way: OtherWay
    day: int
    repriced: Repriced
    price: int | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """What a consignment is for; `latest_day` is the last on which it could leave with all its uses served.

    `saved` is what it costs less than the cheapest other way that breaks no rule; None where there is none.
    """

    consignment: Consignment
    fed: tuple[Fed, ...]
    spare_kits: int
    latest_day: int
    alternatives: tuple[Alternative, ...]

    @property
    def next_best(self) -> Alternative | None:
        """The cheapest other way that no rule forbids."""
        allowed = [each for each in self.alternatives if each.repriced.allowed]
        return min(allowed, key=lambda each: each.repriced.cents, default=None)

    @property
    def saved(self) -> int | None:
        """What it costs less than the next best way."""
        return None if self.next_best is None else self.next_best.repriced.cents

    @property
    def binding(self) -> Alternative | None:
        """The way that would save most, were the one rule that forbids it to give way; None where none would."""
        held = [each for each in self.alternatives if each.price is not None]
        return max(held, key=lambda each: each.price or 0, default=None)

    @property
    def first_need(self) -> int | None:
        """The first day on which something is taken from it."""
        return min((each.day for each in self.fed), default=None)


def why(problem: Problem, plan: Plan, index: int) -> Why:
    """The reasons of the consignment at that place in the plan."""
    one = plan.consignments[index]
    fed = trace(problem, plan).get(index, ())
    return Why(
        consignment=one,
        fed=fed,
        spare_kits=kits_in(one) - sum(each.kits for each in fed),
        latest_day=_latest_day(problem, plan, index, fed),
        alternatives=tuple(
            _with_price(problem, plan, index, fed, each) for each in _alternatives(problem, plan, index)
        ),
    )


def why_not(problem: Problem, plan: Plan, asked: Consignment, kits: Mapping[str, int]) -> Alternative:
    """What one more consignment of so many kits by type would cost on that lane, class and day; what forbids it."""
    after = with_one_more(problem, plan, asked, kits)
    return Alternative(OtherWay.ADD, asked.dispatch_day, reprice(problem, plan, after))


def departure_days(problem: Problem, lane: Lane) -> tuple[int, ...]:
    """The days of the horizon on which a consignment can leave and arrive."""
    closed, shut = problem.nodes[lane.origin].closed_days, problem.nodes[lane.destination].closed_days
    return tuple(
        day
        for day in range(problem.horizon_days)
        if day % 7 in lane.weekdays and day not in closed and day + lane.transit_days not in shut
    )


def _alternatives(problem: Problem, plan: Plan, index: int) -> Iterator[Alternative]:
    one = plan.consignments[index]
    yield _priced(problem, plan, OtherWay.DROP, one.dispatch_day, without(problem, plan, index))
    taken = _same_lane(plan, one)
    for day in _days_around(problem, one):
        if day not in taken:
            yield _priced(problem, plan, OtherWay.MOVE, day, on_day(plan, index, day))
    for day in _neighbours(taken, one.dispatch_day):
        yield _priced(problem, plan, OtherWay.MERGE, day, merged(problem, plan, index, taken[day]))


def _with_price(problem: Problem, plan: Plan, index: int, fed: tuple[Fed, ...], each: Alternative) -> Alternative:
    """Service gives way where the visits concerned are put off, everything else where it is lifted there."""
    if each.repriced.codes == (Code.STOCK,):
        saved = _saved_later(problem, plan, index, fed, each)
    else:
        saved = -each.repriced.cents if len(each.repriced.codes) == 1 else 0
    return replace(each, price=saved) if saved > 0 else each


def _saved_later(problem: Problem, plan: Plan, index: int, fed: tuple[Fed, ...], each: Alternative) -> int:
    lane = problem.lanes[plan.consignments[index].lane]
    later = wanted_later(problem, plan, fed, each.day + lane.transit_days)
    if later is None or each.way not in {OtherWay.MOVE, OtherWay.MERGE}:
        return 0
    otherwise, after = later
    if each.way is OtherWay.MOVE:
        after = on_day(after, index, each.day)
    else:
        after = merged(problem, after, index, _same_lane(plan, plan.consignments[index])[each.day])
    told = reprice(problem, plan, after, otherwise)
    return -told.cents if told.allowed else 0


def _priced(problem: Problem, plan: Plan, way: OtherWay, day: int, after: Plan) -> Alternative:
    return Alternative(way, day, reprice(problem, plan, after))


def _same_lane(plan: Plan, one: Consignment) -> dict[int, int]:
    """The places of all consignments of its lane and class by day."""
    return {
        other.dispatch_day: place
        for place, other in enumerate(plan.consignments)
        if (other.lane, other.temp) == (one.lane, one.temp)
    }


def _neighbours(taken: Mapping[int, int], day: int) -> list[int]:
    before = max((other for other in taken if other < day), default=None)
    after = min((other for other in taken if other > day), default=None)
    return [other for other in (before, after) if other is not None]


def _days_around(problem: Problem, one: Consignment) -> list[int]:
    """The day before and after, and the nearest days of departure."""
    open_days = departure_days(problem, problem.lanes[one.lane])
    day = one.dispatch_day
    before = max((other for other in open_days if other < day), default=day)
    after = min((other for other in open_days if other > day), default=day)
    return sorted(
        {other for other in (before, day - 1, day + 1, after) if 0 <= other < problem.horizon_days} - {day}
    )


def _latest_day(problem: Problem, plan: Plan, index: int, fed: tuple[Fed, ...]) -> int:
    """The last day of departure before its first need on which nothing breaks; its own where it feeds nothing."""
    one = plan.consignments[index]
    lane, need = problem.lanes[one.lane], min((each.day for each in fed), default=one.dispatch_day)
    latest = one.dispatch_day
    for day in departure_days(problem, lane):
        if not one.dispatch_day < day <= need - lane.transit_days or day in _same_lane(plan, one):
            continue
        if reprice(problem, plan, on_day(plan, index, day)).allowed:
            latest = day
    return latest
