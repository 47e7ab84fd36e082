"""What a new version would change for subjects and kits: functions of two definitions and of facts.

Subjects are looked at through what every site may read, so that no answer depends on a treatment. Kits by type are
for those who may know types.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

from irt.study.blinded import BlindedStudy
from irt.study.definition import StudyDefinition
from irt.study.part import Code
from irt.study.schedule import AnchorDates, PlannedVisit, planned_visits

AHEAD_DAYS = 366
"""So far ahead visits are compared."""


class SubjectChange(StrEnum):
    """What becomes different for a subject."""

    NEXT_VISIT = "next_visit"
    VISITS = "visits"
    WINDOWS = "windows"
    KITS = "kits"
    DOSE = "dose"


class SubjectFacts(NamedTuple):
    """A subject under the study: what visits are counted from, which are over, and the dose level."""

    number: str
    site: str
    dose_level: Code | None
    anchors: AnchorDates
    over: frozenset[tuple[Code, int]]


@dataclass(frozen=True, slots=True)
class VisitThen:
    """A visit to come, and both ends of its window."""

    label: str
    planned: date
    window_from: date
    window_to: date


@dataclass(frozen=True, slots=True)
class SubjectImpact:
    """One subject: what changes, and the next visit under either version; None where none is to come."""

    number: str
    site: str
    changes: tuple[SubjectChange, ...]
    next_before: VisitThen | None
    next_after: VisitThen | None


def subject_impact(before: BlindedStudy, after: BlindedStudy, facts: SubjectFacts, day: date) -> SubjectImpact:
    """What the later version changes for a subject from `day` on, a year ahead."""
    old, new = _coming(before, facts, day), _coming(after, facts, day)
    first, second = _first(old), _first(new)
    both = old.keys() & new.keys()
    found = {
        SubjectChange.NEXT_VISIT: _place(first) != _place(second),
        SubjectChange.VISITS: {key: one.planned for key, one in old.items()}
        != {key: one.planned for key, one in new.items()},
        SubjectChange.WINDOWS: any(_window(old[key]) != _window(new[key]) for key in both),
        SubjectChange.KITS: any(_kits(before, key[0], facts) != _kits(after, key[0], facts) for key in both),
        SubjectChange.DOSE: _dose(before, facts.dose_level) != _dose(after, facts.dose_level),
    }
    changes = tuple(change for change, holds in found.items() if holds)
    return SubjectImpact(facts.number, facts.site, changes, _then(first), _then(second))


def _coming(study: BlindedStudy, facts: SubjectFacts, day: date) -> dict[tuple[Code, int], PlannedVisit]:
    """Visits that are not over and whose window is not either."""
    until = day + timedelta(days=AHEAD_DAYS)
    return {
        (visit.code, visit.occurrence): visit
        for visit in planned_visits(study, facts.anchors, until)
        if visit.window_to >= day and (visit.code, visit.occurrence) not in facts.over
    }


def _first(visits: Mapping[tuple[Code, int], PlannedVisit]) -> PlannedVisit | None:
    return min(visits.values(), key=lambda visit: visit.planned, default=None)


def _place(visit: PlannedVisit | None) -> tuple[str, date] | None:
    return visit and (visit.label, visit.planned)


def _window(visit: PlannedVisit) -> tuple[int, int]:
    return (visit.planned - visit.window_from).days, (visit.window_to - visit.planned).days


def _then(visit: PlannedVisit | None) -> VisitThen | None:
    return visit and VisitThen(visit.label, visit.planned, visit.window_from, visit.window_to)


def _kits(study: BlindedStudy, visit: Code, facts: SubjectFacts) -> list[object]:
    """Kits of a visit as they look, and whether they go home; of every agent, for nobody is asked which."""
    goes_home = study.delivery is not None and visit in study.delivery.visits
    level = facts.dose_level
    # Whoever is on no level yet may come to be on any.
    rows = [
        row for row in study.kit_counts if row.visit == visit and (not level or row.dose_level in (None, level))
    ]
    return [goes_home, visit in study.second_checks, *sorted(rows, key=str)]


def _dose(study: BlindedStudy, level: Code | None) -> object:
    """A dose level's name, and the moves from it."""
    return (
        [one.name for one in study.dose_levels if one.code == level],
        sorted((move.target, move.name) for move in study.moves if move.origin == level),
    )


@dataclass(frozen=True, slots=True)
class LookChange:
    """What becomes different for kits that look alike, in words."""

    blinding_group: Code
    name: str
    changes: tuple[str, ...]


_WORDS = {
    "name": "name",
    "storage": "storage",
    "handling": "handling",
    "schedules": "schedule as a controlled drug",
}


def looks_changed(before: BlindedStudy, after: BlindedStudy) -> tuple[LookChange, ...]:
    """Blinding groups whose kits are kept, named or prepared otherwise, that are new or gone."""
    old = {group.code: group for group in before.blinding_groups}
    new = {group.code: group for group in after.blinding_groups}
    found = []
    for code in [*old, *(code for code in new if code not in old)]:
        if code not in new:
            found.append(LookChange(code, old[code].name, ("is gone",)))
        elif code not in old:
            found.append(LookChange(code, new[code].name, ("is new",)))
        elif changes := tuple(_look_changes(before, after, code)):
            found.append(LookChange(code, new[code].name, changes))
    return tuple(found)


def _look_changes(before: BlindedStudy, after: BlindedStudy, code: Code) -> Iterator[str]:
    old = next(group for group in before.blinding_groups if group.code == code)
    new = next(group for group in after.blinding_groups if group.code == code)
    for fact, words in _WORDS.items():
        was, now = getattr(old, fact), getattr(new, fact)
        if was != now:
            yield f"{words} was {_said(was)}, is now {_said(now)}"
    if old.preparation != new.preparation:
        yield "it is made ready otherwise"
    if before.gtins.get(code) != after.gtins.get(code):
        yield f"item number was {_said(before.gtins.get(code))}, is now {_said(after.gtins.get(code))}"
    was, now = before.temperature.conditions, after.temperature.conditions
    if was.get(old.storage) != now.get(new.storage):
        yield "the limits of its storage temperature change"


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{place} {each}" for place, each in value.items()) or "none"
    return str(value) if value else "none"


Window = Literal["dispense", "count", "ship"]
_DAYS: dict[Window, str] = {"dispense": "dnd_days", "count": "dnc_days", "ship": "dns_days"}
_AT_SITE: tuple[Window, ...] = ("dispense", "count")
_AT_DEPOT: tuple[Window, ...] = ("ship",)


class KitPile(NamedTuple):
    """Usable kits that are alike at one place; `to`: its own country, or one that a depot sends to."""

    place: str
    at_depot: bool
    to: Code
    kit_type: Code
    expiry: date
    kits: int


@dataclass(frozen=True, slots=True)
class WindowImpact:
    """Kits of a type at a place that may no longer, or may again, be dispensed, counted or shipped."""

    place: str
    to: Code
    kit_type: Code
    blinding_group: Code
    window: Window
    lost: int
    gained: int


def windows_impact(
    before: StudyDefinition, after: StudyDefinition, piles: Iterable[KitPile], day: date
) -> tuple[WindowImpact, ...]:
    """Where windows before expiry change what kits are good for on a day, by place, type and window."""
    counts: dict[tuple[str, Code, Code, Window], Counter[str]] = defaultdict(Counter)
    known = {kit_type.code for kit_type in before.kit_types} & {kit_type.code for kit_type in after.kit_types}
    for pile in piles:
        if pile.kit_type not in known:
            continue
        for window in _AT_DEPOT if pile.at_depot else _AT_SITE:
            was, now = (_good(study, pile, window, day) for study in (before, after))
            if was != now:
                counts[pile.place, pile.to, pile.kit_type, window]["lost" if was else "gained"] += pile.kits
    return tuple(
        WindowImpact(place, to, code, after.kit_type(code).blinding_group, window, found["lost"], found["gained"])
        for (place, to, code, window), found in sorted(counts.items())
    )


def _good(study: StudyDefinition, pile: KitPile, window: Window, day: date) -> bool:
    days: int = getattr(study.kit_type(pile.kit_type).windows_in(pile.to), _DAYS[window])
    return day + timedelta(days=days) <= pile.expiry
