"""What subjects of each arm are given from randomization on, visit by visit, and how they may depart from it."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from irt.study.course import Course, Courses, KitsByLevel, VisitAhead
from irt.study.definition import StudyDefinition
from irt.study.delivery import home_visits
from irt.study.part import Code
from irt.study.resupply import Forecast
from irt.study.virtual_block import LONGEST_DAYS, kits_expected
from irt.study.visits import Visit


class Level(Protocol):
    """A dose level, of the whole definition or of what blinded people may read."""

    @property
    def code(self) -> Code:
        """Its code."""

    @property
    def initial(self) -> bool:
        """Whether subjects may start on it."""


def courses_of(definition: StudyDefinition) -> Courses:
    """The courses of a study's arms."""
    arms = definition.arms_of(1)
    subjects = sum(arm.ratio for arm in arms)
    courses = tuple(Course(Fraction(arm.ratio, subjects), _visits(definition, arm.code)) for arm in arms)
    return courses_with(courses, definition.dose_levels, definition.resupply.forecast)


def courses_with(arms: tuple[Course, ...], levels: Sequence[Level], forecast: Forecast) -> Courses:
    """These arms, with what is assumed of their subjects."""
    return Courses(
        arms=arms,
        start=_start(levels),
        moves=_moves(level_codes(levels), forecast.dose_moves),
        dropout_rate=forecast.dropout_rate,
        screen_failure_rate=forecast.screen_failure_rate,
        screening_days=forecast.screening_days,
    )


def dose_levels(definition: StudyDefinition) -> tuple[Code | None, ...]:
    """Dose levels in their order; (None,) without any."""
    return level_codes(definition.dose_levels)


def level_codes(levels: Iterable[Level]) -> tuple[Code | None, ...]:
    """The codes of dose levels in their order; (None,) without any."""
    return tuple(level.code for level in levels) or (None,)


def kits_by_level(definition: StudyDefinition, arm: Code | None, visit: Visit) -> KitsByLevel:
    """The kits of a visit at each dose level."""
    return tuple(
        tuple(sorted(kits_expected(definition, arm, level, visit.code).items()))
        for level in dose_levels(definition)
    )


def days_since_visit_before(visits: Sequence[Visit], visit: Visit, occurrence: int) -> int:
    """Days since the dispensing visit before of the same anchor; 0 for the first."""
    day = day_of(visit, occurrence)
    earlier = [
        other_day for other in visits if other.anchor == visit.anchor for other_day in _days_until(other, day)
    ]
    return day - max(earlier, default=day)


def day_of(visit: Visit, occurrence: int) -> int:
    """The planned day of an occurrence, from its anchor."""
    return visit.day + occurrence * (visit.repeat.every_days if visit.repeat else 0)


def _days_until(visit: Visit, before: int) -> Iterator[int]:
    occurrence = max((before - 1 - visit.day) // visit.repeat.every_days, 0) if visit.repeat else 0
    while occurrence and not visit.occurs(occurrence):
        occurrence -= 1
    if day_of(visit, occurrence) < before:
        yield day_of(visit, occurrence)


def visits_from_randomization(
    visits: Iterable[Visit], kits: Callable[[Visit], KitsByLevel], home: Container[Code] = ()
) -> tuple[VisitAhead, ...]:
    """Dispensing visits counted from randomization, in order of day; `home`: those whose kits go home."""
    found: list[tuple[int, Visit]] = []
    for visit in visits:
        if visit.dispenses and visit.anchor == "randomization":
            occurrence = 0
            while visit.occurs(occurrence) and day_of(visit, occurrence) <= LONGEST_DAYS:
                found.append((day_of(visit, occurrence), visit))
                occurrence += 1
    found.sort(key=lambda one: one[0])
    before = (0, *(day for day, _ in found))
    return tuple(
        VisitAhead(
            day,
            visit.window_before_days,
            visit.window_after_days,
            day - earlier,
            kits(visit),
            visit.code in home,
        )
        for (day, visit), earlier in zip(found, before, strict=False)
    )


def _visits(definition: StudyDefinition, arm: Code) -> tuple[VisitAhead, ...]:
    home = home_visits(definition.delivery)
    return visits_from_randomization(definition.visits, lambda visit: kits_by_level(definition, arm, visit), home)


def _start(levels: Sequence[Level]) -> tuple[Fraction, ...]:
    """Any of the initial levels with the same chance."""
    initial = [level.initial for level in levels]
    if not initial:
        return (Fraction(1),)
    # Without any initial level nobody is on one yet: the first stands for it.
    chosen = initial if any(initial) else [True, *(False for _ in initial[1:])]
    return tuple(Fraction(int(one), sum(chosen)) for one in chosen)


def _moves(
    levels: Sequence[Code | None], assumed: Mapping[Code, Mapping[Code, Fraction]]
) -> tuple[tuple[Fraction, ...], ...]:
    """From level to level before a visit: as the study assumes, else nobody moves."""
    return tuple(_move(levels, level, assumed.get(level, {}) if level else {}) for level in levels)


def _move(
    levels: Sequence[Code | None], level: Code | None, chances: Mapping[Code, Fraction]
) -> tuple[Fraction, ...]:
    stays = 1 - sum(chances.values(), Fraction(0))
    return tuple(stays if other == level else chances.get(other or "", Fraction(0)) for other in levels)
