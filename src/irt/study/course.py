"""Courses of treatment as values: visits with windows and kits by dose level, subjects on them, whole arms."""

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from irt.study.part import Code

KitsByLevel = tuple[tuple[tuple[Code, int], ...], ...]
"""For each dose level its kits by type."""


class KitsOf(StrEnum):
    """Which visits a place has the kits of: every one, those no depot sends to homes, or those it does alone."""

    EVERY_VISIT = "every_visit"
    AT_SITE = "at_site"
    AT_HOME = "at_home"

    def has(self, *, home: bool) -> bool:
        """Whether kits that go home, or that do not, are among them."""
        return self is KitsOf.EVERY_VISIT or home == (self is KitsOf.AT_HOME)


class VisitAhead(NamedTuple):
    """A visit at which kits are given: its planned day, its window, days since the visit before, kits by level.

    `home`: its kits go to the subject's home.
    """

    day: int
    before_days: int
    after_days: int
    since_days: int
    kits: KitsByLevel
    home: bool = False

    def of(self, kits_of: KitsOf) -> "VisitAhead":
        """The visit as a place sees it: without others' kits, but its subject comes or stops all the same."""
        return self if kits_of.has(home=self.home) else self._replace(kits=((),) * len(self.kits))


class Treated(NamedTuple):
    """So many subjects alike, on treatment: the dose level now, and the visits still to come in days from now."""

    subjects: int
    level: int
    visits: tuple[VisitAhead, ...]

    def of(self, kits_of: KitsOf) -> "Treated":
        """They as a place sees them."""
        if kits_of is KitsOf.EVERY_VISIT:
            return self
        return self._replace(visits=tuple(visit.of(kits_of) for visit in self.visits))


class Course(NamedTuple):
    """One arm: its share of the subjects, and their visits in days since randomization."""

    share: Fraction
    visits: tuple[VisitAhead, ...]

    def of(self, kits_of: KitsOf) -> "Course":
        """The arm as a place sees it."""
        return self._replace(visits=tuple(visit.of(kits_of) for visit in self.visits))


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

    def of(self, kits_of: KitsOf) -> "Courses":
        """The courses as a place sees them."""
        return replace(self, arms=tuple(arm.of(kits_of) for arm in self.arms))

    @property
    def kit_types(self) -> frozenset[Code]:
        """Kit types that any arm is given."""
        return frozenset(
            code for arm in self.arms for visit in arm.visits for kits in visit.kits for code, _ in kits
        )
