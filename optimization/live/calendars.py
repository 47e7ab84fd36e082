"""Dates as days of a problem, and the days on which nothing leaves or is taken in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from irt.supply.imports import NO_LICENCE
from irt.supply.planner import SiteView

LONGEST_WAY_DAYS = 60


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a problem: day 0 is the Monday of the week in which it is planned."""

    start: date
    first: int
    horizon: int

    @classmethod
    def ahead(cls, day: date, horizon_days: int) -> "Days":
        """From `day` on for so many days."""
        return cls(day - timedelta(days=day.weekday()), day.weekday(), day.weekday() + horizon_days)

    def of(self, on_day: date) -> int:
        """The number of a date."""
        return (on_day - self.start).days

    def date_of(self, number: int) -> date:
        """The date of a number."""
        return self.start + timedelta(days=number)

    @property
    def today(self) -> date:
        """The day on which it is planned."""
        return self.date_of(self.first)

    @property
    def all(self) -> range:
        """Every day on which something may leave or arrive."""
        return range(self.horizon + LONGEST_WAY_DAYS)


def closed_for_leaving(days: Days, served: Sequence[SiteView]) -> frozenset[int]:
    """Days gone by, and those on which no lane of a depot leaves; today where all missed the cut-off."""
    closed = set(range(days.first))
    if served and all(site.past_cut_off for site in served):
        closed.add(days.first)
    holidays = [site.calendar.holidays for site in served]
    common = frozenset.intersection(*holidays) if holidays else frozenset()
    return frozenset(closed | {days.of(holiday) for holiday in common})


def closed_for_arrival(days: Days, site: SiteView) -> frozenset[int]:
    """Days gone by, all that would have left after supply stopped, and what a shipper would not hold from today.

    Goods arrive after the lead time, as everywhere in supply; what comes at a weekend lies where it is taken in.
    """
    closed = set(range(days.first))
    if site.stops_on is not None:
        closed |= set(range(max(days.of(site.stops_on) + site.lead_time_days, 0), days.all.stop))
    if any(not reason.startswith(NO_LICENCE) for reason in site.barred.values()):
        closed.add(days.first + site.lead_time_days)
    return frozenset(closed)
