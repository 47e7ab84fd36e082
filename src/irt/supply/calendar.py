"""When a depot sends goods on a lane: working days, holidays and the hour after which an order waits a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKING_WEEK = frozenset(range(5))
SEARCHED_DAYS_MAX = 400


@dataclass(frozen=True, slots=True)
class DispatchCalendar:
    """Weekdays (Monday is 0) on which goods leave, except on holidays, if ordered by the cut-off."""

    weekdays: frozenset[int] = frozenset(range(7))
    holidays: frozenset[date] = frozenset()
    cut_off: time = time.max

    def dispatch_on(self, day: date, past_cut_off: bool = False) -> date:
        """The first day on which goods ordered on `day` leave; ValueError where none is in sight."""
        start = day + timedelta(days=1) if past_cut_off else day
        for days in range(SEARCHED_DAYS_MAX):
            leaves = start + timedelta(days=days)
            if leaves.weekday() in self.weekdays and leaves not in self.holidays:
                return leaves
        raise ValueError(f"no dispatch day within {SEARCHED_DAYS_MAX} days of {day}")

    def taken_in_on(self, arrival: date) -> date:
        """The day from `arrival` on that is no holiday, nor a weekend on which this lane does not work."""
        working = self.weekdays | WORKING_WEEK
        for days in range(SEARCHED_DAYS_MAX):
            day = arrival + timedelta(days=days)
            if day.weekday() in working and day not in self.holidays:
                return day
        raise ValueError(f"goods are not taken in within {SEARCHED_DAYS_MAX} days of {arrival}")

    def past_cut_off(self, day: date, local: datetime) -> bool:
        """Whether an order for `day`, given at this local time of the depot, misses that day's cut-off."""
        return (local.date(), local.time()) > (day, self.cut_off)


def is_review_day(day: date, review_days: int) -> bool:
    """Whether the night of a day plans, where it does so every so many days: counted on from a Monday."""
    return (day.toordinal() - 1) % review_days == 0


EVERY_DAY = DispatchCalendar()
"""A depot that sends goods every day, at any hour."""


def calendar_of(stored: Mapping[str, Any]) -> DispatchCalendar:
    """The calendar of a lane as stored: dispatch_days, holidays, cut_off."""
    return DispatchCalendar(
        weekdays=frozenset(WEEKDAYS.index(name) for name in stored.get("dispatch_days", WEEKDAYS)),
        holidays=frozenset(date.fromisoformat(day) for day in stored.get("holidays", ())),
        cut_off=time.fromisoformat(stored.get("cut_off", time.max.isoformat())),
    )
