"""What subjects of each arm are given from randomization on, visit by visit, and how they may depart from it."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from irt.study.course import Course, Courses, KitsByLevel, VisitAhead
from irt.study.definition import StudyDefinition
from irt.study.part import Code
from irt.study.virtual_block import LONGEST_DAYS, kits_expected
from irt.study.visits import Visit


def courses_of(definition: StudyDefinition) -> Courses:
    """The courses of a study's arms."""
    forecast = definition.resupply.forecast
    arms = definition.arms_of(1)
    subjects = sum(arm.ratio for arm in arms)
    return Courses(
        arms=tuple(Course(Fraction(arm.ratio, subjects), tuple(_visits(definition, arm.code))) for arm in arms),
        start=_start(definition),
        moves=_moves(definition),
        dropout_rate=forecast.dropout_rate,
        screen_failure_rate=forecast.screen_failure_rate,
        screening_days=forecast.screening_days,
    )


def dose_levels(definition: StudyDefinition) -> tuple[Code | None, ...]:
    """Dose levels in their order; (None,) without any."""
    return tuple(level.code for level in definition.dose_levels) or (None,)


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


def _visits(definition: StudyDefinition, arm: Code) -> Iterator[VisitAhead]:
    """Those counted from randomization, in order of day."""
    found: list[tuple[int, Visit]] = []
    for visit in definition.visits:
        if visit.dispenses and visit.anchor == "randomization":
            occurrence = 0
            while visit.occurs(occurrence) and day_of(visit, occurrence) <= LONGEST_DAYS:
                found.append((day_of(visit, occurrence), visit))
                occurrence += 1
    before = 0
    for day, visit in sorted(found, key=lambda one: one[0]):
        kits = kits_by_level(definition, arm, visit)
        yield VisitAhead(day, visit.window_before_days, visit.window_after_days, day - before, kits)
        before = day


def _start(definition: StudyDefinition) -> tuple[Fraction, ...]:
    """Any of the initial levels with the same chance."""
    initial = [level.initial for level in definition.dose_levels]
    if not initial:
        return (Fraction(1),)
    # Without any initial level nobody is on one yet: the first stands for it.
    chosen = initial if any(initial) else [True, *(False for _ in initial[1:])]
    return tuple(Fraction(int(one), sum(chosen)) for one in chosen)


def _moves(definition: StudyDefinition) -> tuple[tuple[Fraction, ...], ...]:
    """From level to level before a visit: as the study assumes, else nobody moves."""
    levels, assumed = dose_levels(definition), definition.resupply.forecast.dose_moves
    return tuple(_move(levels, level, assumed.get(level, {}) if level else {}) for level in levels)


def _move(
    levels: Sequence[Code | None], level: Code | None, chances: Mapping[Code, Fraction]
) -> tuple[Fraction, ...]:
    stays = 1 - sum(chances.values(), Fraction(0))
    return tuple(stays if other == level else chances.get(other or "", Fraction(0)) for other in levels)
