"""Courses of treatment as values: visits with windows and kits by dose level, subjects on them, whole arms."""

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from irt.study.part import Code

KitsByLevel = tuple[tuple[tuple[Code, int], ...], ...]
"""For each dose level its kits by type."""


class VisitAhead(NamedTuple):
    """A visit at which kits are given: its planned day, its window, days since the visit before, kits by level."""

    day: int
    before_days: int
    after_days: int
    since_days: int
    kits: KitsByLevel


class Treated(NamedTuple):
    """So many subjects alike, on treatment: the dose level now, and the visits still to come in days from now."""

    subjects: int
    level: int
    visits: tuple[VisitAhead, ...]


class Course(NamedTuple):
    """One arm: its share of the subjects, and their visits in days since randomization."""

    share: Fraction
    visits: tuple[VisitAhead, ...]


@dataclass(frozen=True, slots=True)
class Courses:
    """All arms of the first randomization; dose levels by number: where subjects start, and move before a visit.

    `dropout_rate`: the share that stops within 28 days. Those in screening are decided on within `screening_days`.
    """

    arms: tuple[Course, ...] = ()
    start: tuple[Fraction, ...] = (Fraction(1),)
    moves: tuple[tuple[Fraction, ...], ...] = ((Fraction(1),),)
    dropout_rate: Fraction = Fraction(0)
    screen_failure_rate: Fraction = Fraction(0)
    screening_days: int = 1

    @property
    def kit_types(self) -> frozenset[Code]:
        """Kit types that any arm is given."""
        return frozenset(
            code for arm in self.arms for visit in arm.visits for kits in visit.kits for code, _ in kits
        )
