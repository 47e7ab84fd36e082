"""Along what the courses of a scenario are told: periods of days, sites by number, visits as they are planned."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from simulation.network import MINUTES_IN_DAY, VisitRow, places_of
from simulation.spec.scenario import Scenario

PERIODS_MAX = 105
"""Two years of weeks: more would be too fine for a plot, and too much to keep of each course."""
WEEK_DAYS = 7
REPLACEMENT, REQUEST = "replacement", "request"
"""Kits asked for apart from planned visits, in the words of the engine's events."""


@dataclass(frozen=True, slots=True)
class Axes:
    """Periods begin every `period_days` from day 0; `visits` are in order of their day, others by their words."""

    start: date
    days: int
    warm_up_days: int
    period_days: int
    sites: tuple[str, ...]
    visits: tuple[VisitRow, ...]
    others: tuple[str, ...]

    @property
    def periods(self) -> int:
        """How many; the last may be shorter."""
        return -(-self.days // self.period_days)

    @property
    def last_days(self) -> tuple[int, ...]:
        """The last day of each period."""
        return tuple(min((place + 1) * self.period_days, self.days) - 1 for place in range(self.periods))

    @property
    def ends(self) -> tuple[date, ...]:
        """The same as dates."""
        return tuple(self.start + timedelta(days=day) for day in self.last_days)

    @property
    def period_words(self) -> str:
        """One period, in words."""
        if self.period_days == 1:
            return "day"
        weeks = self.period_days // WEEK_DAYS
        return "week" if weeks == 1 else f"{weeks} weeks"

    @property
    def visit_names(self) -> tuple[str, ...]:
        """Visits by code, and by day where a code comes more than once; then the others."""
        times = Counter(row.code for row in self.visits)
        named = (row.code if times[row.code] == 1 else f"{row.code} day {row.day}" for row in self.visits)
        return (*named, *self.others)

    def period_of(self, minute: int) -> int:
        """The place of the period that holds the minute."""
        return minute // MINUTES_IN_DAY // self.period_days

    def visit_of(self, words: str, day: int) -> int:
        """The place of the visit that the words mean, so many days after randomization."""
        if words in self.others:
            return len(self.visits) + self.others.index(words)
        places = [place for place, row in enumerate(self.visits) if row.code == words]
        days = [self.visits[place].day for place in places]
        right = min(bisect_left(days, day), len(days) - 1)
        left = max(right - 1, 0)
        return places[left] if abs(days[left] - day) <= abs(days[right] - day) else places[right]


@lru_cache(maxsize=64)
def axes_of(scenario: Scenario) -> Axes:
    """The axes of a scenario, fine enough for a plot and no finer."""
    places = places_of(scenario)
    replaced = (REPLACEMENT,) if scenario.subjects.replacement_chance else ()
    asked = (REQUEST,) if scenario.demand else ()
    return Axes(
        start=scenario.start,
        days=scenario.horizon_days,
        warm_up_days=scenario.warm_up_days,
        period_days=_period_days(scenario.horizon_days),
        sites=tuple(site.number for site in places.sites),
        visits=places.visits,
        others=replaced + asked,
    )


def _period_days(days: int) -> int:
    """A day, or as few whole weeks as will do."""
    return 1 if days <= PERIODS_MAX else WEEK_DAYS * -(-days // (WEEK_DAYS * PERIODS_MAX))
