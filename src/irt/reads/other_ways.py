"""Further ways to a place that plans may take, as they stand on a day. For services only."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from irt.reads.supply_rules import LaneInForce
from irt.reads.ways_open import WaysOpen
from irt.study.planning import Way
from irt.supply.calendar import WEEKDAYS, DispatchCalendar
from irt.supply.planner import OtherWay


def other_ways(ways: WaysOpen, country: str, targets: Iterable[str]) -> tuple[OtherWay, ...]:
    """The further ways in force that lead to one of these targets in a country."""
    named = ways.further
    return tuple(_opened(ways, country, [way for way in named if way.target in targets])) if named else ()


def _opened(ways: WaysOpen, country: str, named: Iterable[Way]) -> Iterator[OtherWay]:
    depots = {depot.code: depot for depot in ways.asking.definition.depots}
    for way in named:
        depot = depots[way.origin]
        calendar = calendar_of_way(way)
        past_cut_off = calendar.past_cut_off(ways.asking.day, ways.asking.at.astimezone(ZoneInfo(depot.zone)))
        lane = LaneInForce(way.lead_time_days, calendar)
        barred, import_keys = ways.between(depot.country, country, lane, past_cut_off)
        yield OtherWay(
            code=way.code,
            depot=way.origin,
            lead_time_days=way.lead_time_days,
            calendar=calendar,
            past_cut_off=past_cut_off,
            barred=barred,
            import_keys=import_keys,
            consignment_cents=way.consignment_cents,
            travel_cents=way.travel_cents,
        )


def calendar_of_way(way: Way) -> DispatchCalendar:
    """When goods leave on it."""
    weekdays = frozenset(WEEKDAYS.index(name) for name in way.dispatch_days)
    return DispatchCalendar(weekdays, frozenset(way.holidays), way.cut_off)
