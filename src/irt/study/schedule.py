"""The visit schedule laid on the calendar: which visit is expected when, and how long its kits must last.

A visit is named by its code and its occurrence, counted from 0; `label` writes the second one as `W36.2`.
"""

import heapq
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import count, takewhile
from typing import Literal, NamedTuple, Protocol

from irt.errors import Refusal
from irt.study.definition import StudyDefinition
from irt.study.part import Code
from irt.study.visits import Visit, VisitKind

UNSCHEDULED = "UNSCHEDULED"
"""The code of visits outside the schedule, counted by their occurrence."""

AnchorDates = Mapping[Literal["screening", "randomization"], date]


class Scheduled(Protocol):
    """A study of which the visits are known: the whole definition, or what blinded people may read."""

    @property
    def visits(self) -> tuple[Visit, ...]:
        """Its visits."""


class PlannedVisit(NamedTuple):
    """One occurrence of a visit for one subject; both ends of the window belong to it."""

    code: Code
    occurrence: int
    name: str
    kind: VisitKind
    planned: date
    window_from: date
    window_to: date
    dispenses: bool

    @property
    def label(self) -> str:
        """`W36` for the first occurrence, `W36.2` for the second."""
        return visit_label(self.code, self.occurrence)


class Occurrence(NamedTuple):
    """A visit for the so-maniest time, on its day from the anchor."""

    visit: Visit
    number: int
    day: int


class NoTreatmentLength(Refusal):
    """Neither the visit nor a later dispensing visit says how long its kits must last."""

    def __init__(self, visit: Code) -> None:
        super().__init__(
            f"Visit {visit} has no stated length of treatment and no dispensing visit after it. "
            "Nothing was booked. Ask the study team to complete the study definition."
        )


def planned_visits(
    definition: Scheduled, anchor_dates: AnchorDates, until: date | None = None
) -> Iterator[PlannedVisit]:
    """Visits in order of their day, up to and including `until`; without it an open-ended visit never ends.

    Visits whose anchor has no date yet are left out.
    """
    rows = [_on_calendar(visit, anchor_dates[visit.anchor]) for visit in definition.visits
            if visit.anchor in anchor_dates]  # fmt: skip
    merged = heapq.merge(*rows, key=lambda planned: planned.planned)
    return takewhile(lambda planned: until is None or planned.planned <= until, merged)


def visit_label(code: Code, occurrence: int) -> str:
    """`W36` for the first occurrence, `W36.2` for the second."""
    return code if occurrence == 0 else f"{code}.{occurrence + 1}"


def visit_name(study: Scheduled, code: Code, occurrence: int) -> str:
    """The visit as people call it: `Week 36 (2)`, `Unscheduled visit 1`; an unknown visit by its code."""
    if code == UNSCHEDULED:
        return f"Unscheduled visit {occurrence + 1}"
    name = next((visit.name for visit in study.visits if visit.code == code), code)
    return name if occurrence == 0 else f"{name} ({occurrence + 1})"


def next_dispensing(definition: StudyDefinition, visit: Code, occurrence: int = 0) -> Occurrence | None:
    """The dispensing visit that follows on the same anchor, or None after the last."""
    here = definition.visit(visit)
    day = _day(here, occurrence)
    later = (
        _first_after(other, day) for other in definition.visits if other.dispenses and other.anchor == here.anchor
    )
    return min((found for found in later if found), key=lambda found: found.day, default=None)


def treatment_days(definition: StudyDefinition, visit: Code, occurrence: int = 0, days_off_plan: int = 0) -> int:
    """Days the kits must last: as stated, or to the next dispensing visit and to the end of its window.

    `days_off_plan` is negative for a subject who comes early: the next visit does not move.
    """
    here = definition.visit(visit)
    if here.treatment_days is not None:
        return here.treatment_days
    following = next_dispensing(definition, visit, occurrence)
    if following is None:
        raise NoTreatmentLength(visit)
    gap_days = following.day - _day(here, occurrence) - days_off_plan
    return max(1, gap_days + following.visit.window_after_days)


def _day(visit: Visit, occurrence: int) -> int:
    return visit.day + (occurrence * visit.repeat.every_days if visit.repeat else 0)


def _occurrences(visit: Visit) -> Iterator[int]:
    if visit.repeat is None:
        return iter((0,))
    return iter(range(visit.repeat.times)) if visit.repeat.times else count()


def _first_after(visit: Visit, day: int) -> Occurrence | None:
    number = 0
    if visit.repeat is not None and visit.day <= day:
        number = (day - visit.day) // visit.repeat.every_days + 1
        if visit.repeat.times is not None and number >= visit.repeat.times:
            return None
    found = _day(visit, number)
    return Occurrence(visit, number, found) if found > day else None


def _on_calendar(visit: Visit, anchor: date) -> Iterator[PlannedVisit]:
    return (_planned(visit, number, anchor) for number in _occurrences(visit))


def _planned(visit: Visit, number: int, anchor: date) -> PlannedVisit:
    planned = anchor + timedelta(days=_day(visit, number))
    return PlannedVisit(
        code=visit.code,
        occurrence=number,
        name=visit.name if number == 0 else f"{visit.name} ({number + 1})",
        kind=visit.kind,
        planned=planned,
        window_from=planned - timedelta(days=visit.window_before_days),
        window_to=planned + timedelta(days=visit.window_after_days),
        dispenses=visit.dispenses,
    )
