"""Visits of one subject that may come within some days, each with its kits: what predictive supply looks at."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from irt.study.course import KitsByLevel, VisitAhead
from irt.study.courses import days_since_visit_before, kits_by_level
from irt.study.definition import StudyDefinition
from irt.study.delivery import home_visits
from irt.study.part import Code
from irt.study.virtual_block import kits_expected
from irt.study.visits import Visit


@dataclass(frozen=True, slots=True)
class DueVisit:
    """A visit that may come within the window, counted from the first day it may; `visit` tells it whole."""

    key: tuple[str, int]
    ahead_days: int
    kits: tuple[tuple[str, int], ...]
    visit: VisitAhead


def due_visits(
    definition: StudyDefinition,
    visits: Sequence[Visit],
    arm: Code | None,
    level: Code | None,
    anchor: str,
    days_since: int,
    days: int,
) -> Iterator[DueVisit]:
    """Visits on this anchor, `days_since` ago, whose window is not over and begins within so many days."""
    home = home_visits(definition.delivery)
    for visit, occurrence, ahead in occurrences_ahead(visits, anchor, days_since, days):
        whole = visit_ahead(visits, visit, occurrence, ahead, kits_by_level(definition, arm, visit), home)
        kits = tuple(sorted(kits_expected(definition, arm, level, visit.code).items()))
        yield DueVisit((visit.code, occurrence), max(ahead - visit.window_before_days, 0), kits, whole)


def occurrences_ahead(
    visits: Iterable[Visit], anchor: str, days_since: int, days: int
) -> Iterator[tuple[Visit, int, int]]:
    """(visit, occurrence, days until its planned day) of those whose window is not over and begins in time."""
    for visit in visits:
        if visit.anchor != anchor:
            continue
        every_days = visit.repeat.every_days if visit.repeat else 0
        overdue = days_since - visit.window_after_days - visit.day
        occurrence = max(-(-overdue // every_days), 0) if every_days else 0
        while visit.occurs(occurrence):
            ahead = visit.day + occurrence * every_days - days_since
            if ahead - visit.window_before_days >= days:
                break
            if ahead + visit.window_after_days >= 0:
                yield visit, occurrence, ahead
            occurrence += 1


def visit_ahead(
    visits: Sequence[Visit],
    visit: Visit,
    occurrence: int,
    ahead: int,
    kits: KitsByLevel,
    home: Container[Code] = (),
) -> VisitAhead:
    """One of them whole; `visits`: among which the one before it is looked for; `home`: whose kits go home."""
    since = days_since_visit_before(visits, visit, occurrence)
    return VisitAhead(ahead, visit.window_before_days, visit.window_after_days, since, kits, visit.code in home)
