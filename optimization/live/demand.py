"""What a site will be asked for, as exact chances: its subjects, those in screening, and those still to come."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from irt.study.course import Course, Courses, KitsOf, Treated, VisitAhead
from irt.supply.planner import SiteView
from irt.supply.projection import DROPOUT_DAYS
from optimization.demand.enrolment import Prior, Rate, learned
from optimization.demand.mass import Mass, add_all, beyond
from optimization.demand.newcomers import compounded
from optimization.demand.visits import Appointment, kits_of_appointments, mean_by_day

VISITS = "visits "
"""Before a kit type, it asks for visits at which some of it are given; alone, for those at which anything is."""
Span = tuple[int, int]
"""The first and the last of some days, from now."""
_Moves = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class StudyDemand:
    """What all sites of a study share: the courses of its arms, and how sites enrol (None: nobody new comes).

    Visits fall on any day of their window alike. Laws are kept, for sites with one calendar ask for the same ones.
    Of visits whose kits go home from a depot, the site has the subject and the homes have the kits.
    """

    courses: Courses
    prior: Prior | None = None
    _treated: dict[tuple[Treated, str, Span], Mass] = field(default_factory=dict)
    _each: dict[tuple[str, Span, Span], Mass] = field(default_factory=dict)
    _means: dict[tuple[Treated, str, int], NDArray[np.float64]] = field(default_factory=dict)
    _course_means: dict[tuple[str, int], NDArray[np.float64]] = field(default_factory=dict)
    _parts: dict[KitsOf, "StudyDemand"] = field(default_factory=dict)

    def _of(self, kits_of: KitsOf) -> "StudyDemand":
        """What places are asked for that have the kits of some visits alone."""
        if kits_of is KitsOf.EVERY_VISIT:
            return self
        if kits_of not in self._parts:
            self._parts[kits_of] = StudyDemand(self.courses.of(kits_of), self.prior)
        return self._parts[kits_of]

    @property
    def new_from(self) -> int:
        """Days until those who are not yet in screening are randomized: in the mean as those in it take."""
        return self.courses.screening_days // 2

    @property
    def moves(self) -> _Moves:
        """Chances from dose level to dose level, before a visit."""
        return tuple(tuple(map(float, row)) for row in self.courses.moves)

    def rate_of(self, site: SiteView) -> Rate | None:
        """What is known of how fast a site enrols; None where nobody new comes."""
        if self.prior is None or site.enrolled is None:
            return None
        return learned(self.prior, site.enrolled.subjects, site.enrolled.open_days)

    def law(self, place: SiteView, kit_type: str, span: Span) -> Mass:
        """Chances of each number of kits asked for at a place within these days.

        A depot is asked for what its sites need beyond the kits they have: quiet ones make up for others' peaks.
        """
        if not place.serves:
            return self._of(place.kits_of)._law_of_site(place, kit_type, span)
        each = ((site, self._of(site.kits_of)._law_of_site(site, kit_type, span)) for site in place.serves)
        laws = [beyond(law, kits_of(site, kit_type)) for site, law in each]
        return add_all([law for law in laws if len(law) > 1])

    def means(self, place: SiteView, kit_type: str, days: int) -> NDArray[np.float64]:
        """The mean of each day, for so many days."""
        if not place.serves:
            return self._of(place.kits_of)._means_of_site(place, kit_type, days)
        total = np.zeros(days)
        for site in place.serves:
            until = np.cumsum(self._of(site.kits_of)._means_of_site(site, kit_type, days))
            total += np.maximum(until - kits_of(site, kit_type), 0)
        return np.diff(total, prepend=0.0)

    def mean_of_newcomer(self, kit_type: str, days: int) -> NDArray[np.float64]:
        """The mean of each day since randomization of one new subject, of any arm."""
        return self._mean_of_course(kit_type, days)

    def _law_of_site(self, site: SiteView, kit_type: str, span: Span) -> Mass:
        treated = [(one.subjects, one.of(site.kits_of)) for one in site.treated]
        laws = [self.of_treated(one, kit_type, span) for subjects, one in treated for _ in range(subjects)]
        if site.in_screening:
            laws += [self._of_screening(kit_type, span)] * site.in_screening
        rate, enrols = self.rate_of(site), (self.new_from, span[1])
        if rate is not None and enrols[0] <= enrols[1]:
            each = self.of_newcomer(kit_type, span, enrols)
            laws.append(compounded(rate, enrols[1] - enrols[0] + 1, 1.0, each))
        return add_all([law for law in laws if len(law) > 1])

    def _means_of_site(self, site: SiteView, kit_type: str, days: int) -> NDArray[np.float64]:
        total = np.zeros(days)
        for one in site.treated:
            total += one.subjects * self._mean_of_treated(one.of(site.kits_of), kit_type, days)
        each = self._mean_of_course(kit_type, days)
        if site.in_screening:
            succeeds = float(1 - self.courses.screen_failure_rate) * site.in_screening
            share = np.zeros(days)
            share[: self.courses.screening_days] = succeeds / self.courses.screening_days
            total += np.convolve(share, each)[:days]
        rate = self.rate_of(site)
        if rate is not None and self.new_from < days:
            total[self.new_from :] += rate.mean_per_day * np.cumsum(each)[: days - self.new_from]
        return total

    def of_treated(self, one: Treated, kit_type: str, span: Span) -> Mass:
        """Chances of the kits of one subject on treatment."""
        alike = one._replace(subjects=1)
        key = (alike, kit_type, span)
        if key not in self._treated:
            visits = self._appointments(one.visits, kit_type, 0)
            self._treated[key] = kits_of_appointments(visits, self._at(one.level), self.moves, span)
        return self._treated[key]

    def of_newcomer(self, kit_type: str, span: Span, enrols: Span) -> Mass:
        """Chances of the kits of one who is randomized on any of the days of `enrols` alike, to any arm."""
        key = (kit_type, span, enrols)
        if key not in self._each:
            days = range(enrols[0], enrols[1] + 1)
            self._each[key] = _mixed([(1 / len(days), self._of_one(kit_type, span, day)) for day in days])
        return self._each[key]

    def _of_screening(self, kit_type: str, span: Span) -> Mass:
        enrols = (0, self.courses.screening_days - 1)
        fails = float(self.courses.screen_failure_rate)
        return _mixed([(1 - fails, self.of_newcomer(kit_type, span, enrols)), (fails, np.ones(1))])

    def _of_one(self, kit_type: str, span: Span, day: int) -> Mass:
        return _mixed(
            [
                (float(arm.share * chance), self._on_course(arm, level, kit_type, span, day))
                for arm in self.courses.arms
                for level, chance in enumerate(self.courses.start)
                if chance
            ]
        )

    def _on_course(self, arm: Course, level: int, kit_type: str, span: Span, day: int) -> Mass:
        """At the first visit the level is the one a subject starts on, and nobody has stopped."""
        later = self._appointments([visit for visit in arm.visits if visit.day], kit_type, day)
        law = kits_of_appointments(later, self._at(level), self.moves, span)
        first = sum(_kits(visit, kit_type)[level] for visit in arm.visits if not visit.day)
        return np.pad(law, (first, 0)) if span[0] <= day <= span[1] else law

    def _mean_of_treated(self, one: Treated, kit_type: str, days: int) -> NDArray[np.float64]:
        key = (one._replace(subjects=1), kit_type, days)
        if key not in self._means:
            visits = self._appointments(one.visits, kit_type, 0)
            self._means[key] = mean_by_day(visits, self._at(one.level), self.moves, days)
        return self._means[key]

    def _mean_of_course(self, kit_type: str, days: int) -> NDArray[np.float64]:
        """Of one who is randomized today, to any arm and level."""
        key = (kit_type, days)
        if key not in self._course_means:
            total = np.zeros(days)
            for arm in self.courses.arms:
                later = self._appointments([visit for visit in arm.visits if visit.day], kit_type, 0)
                for level, chance in enumerate(self.courses.start):
                    weight = float(arm.share * chance)
                    total += weight * mean_by_day(later, self._at(level), self.moves, days)
                    first = (_kits(visit, kit_type)[level] for visit in arm.visits if not visit.day)
                    total[:1] += weight * sum(first)
            self._course_means[key] = total
        return self._course_means[key]

    def _at(self, level: int) -> tuple[float, ...]:
        return tuple(float(level == other) for other in range(len(self.courses.moves)))

    def _appointments(self, visits: Iterable[VisitAhead], kit_type: str, shift: int) -> list[Appointment]:
        stays = 1 - float(self.courses.dropout_rate)
        return [
            Appointment(
                visit.day + shift,
                _window(visit.before_days, visit.after_days),
                1 - stays ** (visit.since_days / DROPOUT_DAYS),
                _kits(visit, kit_type),
            )
            for visit in visits
        ]


def kits_of(site: SiteView, kit_type: str) -> int:
    """Kits of a type that are there or on their way; of visits none are."""
    there = sum(one.kits for one in site.stock if one.kit_type == kit_type)
    return there + sum(one.kits for one in site.on_the_way if one.kit_type == kit_type)


@cache
def _window(before_days: int, after_days: int) -> dict[int, float]:
    """Every day of it alike."""
    days = range(-before_days, after_days + 1)
    return dict.fromkeys(days, 1 / len(days))


@cache
def _kits(visit: VisitAhead, kit_type: str) -> tuple[int, ...]:
    """Kits of one type at each dose level; of visits one, where there are any."""
    if kit_type.startswith(VISITS):
        code = kit_type.removeprefix(VISITS)
        return tuple(int(any(kit == code or not code for kit, _ in kits)) for kits in visit.kits)
    return tuple(dict(kits).get(kit_type, 0) for kits in visit.kits)


def _mixed(parts: list[tuple[float, Mass]]) -> Mass:
    """Each of the laws with its chance."""
    total = np.zeros(max(len(law) for _, law in parts))
    for chance, law in parts:
        total[: len(law)] += chance * law
    return total
