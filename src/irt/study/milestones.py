"""Milestones of a study: planned by the sponsor, reached by the records, and between them foreseen.

All of it is counts of subjects and sites on days, so nothing here can tell a treatment.
"""

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil


class Milestone(StrEnum):
    """What every plan of enrolment names, in the order of its way."""

    FIRST_SITE = "first_site"
    ALL_SITES = "all_sites"
    FIRST_SUBJECT = "first_subject"
    QUARTER = "quarter"
    HALF = "half"
    THREE_QUARTERS = "three_quarters"
    LAST_SUBJECT = "last_subject"


MILESTONE_WORDS = {
    Milestone.FIRST_SITE: "First site open",
    Milestone.ALL_SITES: "All sites open",
    Milestone.FIRST_SUBJECT: "First subject in",
    Milestone.QUARTER: "25 % of subjects in",
    Milestone.HALF: "50 % of subjects in",
    Milestone.THREE_QUARTERS: "75 % of subjects in",
    Milestone.LAST_SUBJECT: "Last subject in",
}
NEEDED = (Milestone.FIRST_SITE, Milestone.FIRST_SUBJECT, Milestone.LAST_SUBJECT)
"""No plan is without these; between the others enrolment is planned evenly."""
_PERCENT = {
    Milestone.QUARTER: 25,
    Milestone.HALF: 50,
    Milestone.THREE_QUARTERS: 75,
    Milestone.LAST_SUBJECT: 100,
}
_OF_SUBJECTS = (Milestone.FIRST_SUBJECT, *_PERCENT)


class MilestoneState(StrEnum):
    """How a milestone stands against its plan."""

    REACHED = "reached"
    OVERDUE = "overdue"
    LATE = "late"
    AT_RISK = "at_risk"
    ON_PLAN = "on_plan"
    TO_COME = "to_come"


@dataclass(frozen=True, slots=True)
class EnrolmentPlan:
    """So many subjects at so many sites, and the day on which each milestone is planned."""

    subjects: int
    sites: int
    days: Mapping[Milestone, date]

    def goal(self, milestone: Milestone) -> int:
        """How many subjects, or sites, reach a milestone."""
        if milestone in (Milestone.FIRST_SITE, Milestone.FIRST_SUBJECT):
            return 1
        return self.sites if milestone == Milestone.ALL_SITES else ceil(self.subjects * _PERCENT[milestone] / 100)

    def corners(self) -> tuple[tuple[date, int], ...]:
        """Days with the subjects planned by then; in between the plan is a straight line."""
        return tuple((self.days[one], self.goal(one)) for one in _OF_SUBJECTS if one in self.days)

    def by(self, day: date) -> float:
        """Subjects planned by the end of a day: none before the first, all after the last."""
        corners = self.corners()
        place = bisect_left(corners, day, key=lambda corner: corner[0])
        if place == 0:
            return corners[0][1] if corners[0][0] == day else 0
        if place == len(corners):
            return corners[-1][1]
        (before, low), (after, high) = corners[place - 1], corners[place]
        return low + (high - low) * (day - before) / (after - before)


def faults_of(plan: EnrolmentPlan) -> list[str]:
    """What is wrong with a plan, in sentences; empty where nothing is."""
    faults = [f"The day of “{MILESTONE_WORDS[one]}” is missing." for one in NEEDED if one not in plan.days]
    before: Milestone | None = None
    for one in (Milestone.FIRST_SITE, *_OF_SUBJECTS):
        if one not in plan.days:
            continue
        if before is not None and plan.days[one] < plan.days[before]:
            faults.append(f"“{MILESTONE_WORDS[one]}” is planned before “{MILESTONE_WORDS[before]}”.")
        before = one
    first = plan.days.get(Milestone.FIRST_SITE)
    if first is not None and plan.days.get(Milestone.ALL_SITES, first) < first:
        faults.append("“All sites open” is planned before “First site open”.")
    return faults


@dataclass(frozen=True, slots=True)
class MonthAhead:
    """A month to come, by its first day: subjects in all at its end, in few, most and many of the paths."""

    month: date
    low: float
    middle: float
    high: float

    @property
    def end(self) -> date:
        """Its last day."""
        return self.month.replace(day=monthrange(self.month.year, self.month.month)[1])


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A forecast of enrolment: subjects known on a day, and the months from that day's on."""

    known_on: date
    known: int
    months: tuple[MonthAhead, ...]

    def day_of(self, goal: int) -> tuple[date | None, date | None, date | None]:
        """The day on which so many are in: early, middle, late; None beyond the last month."""
        return (
            self._passes(goal, [one.high for one in self.months]),
            self._passes(goal, [one.middle for one in self.months]),
            self._passes(goal, [one.low for one in self.months]),
        )

    def _passes(self, goal: int, path: Sequence[float]) -> date | None:
        """The day on which a path reaches the goal; between ends of months it is a straight line."""
        day, count = self.known_on, float(self.known)
        for month, total in zip(self.months, path, strict=True):
            if total >= goal:
                share = (goal - count) / (total - count) if total > count else 0.0
                return day + timedelta(days=ceil(max(share, 0.0) * (month.end - day).days))
            day, count = month.end, total
        return None


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """One milestone as it is planned, reached or foreseen; `behind_days` above 0 where it is later than planned."""

    milestone: Milestone
    goal: int
    planned: date | None
    reached: date | None
    early: date | None
    middle: date | None
    late: date | None
    state: MilestoneState
    behind_days: int | None

    @property
    def words(self) -> str:
        """Its name."""
        return MILESTONE_WORDS[self.milestone]


def milestone_lines(
    plan: EnrolmentPlan, reached: Mapping[Milestone, date], foreseen: Foreseen | None, today: date
) -> tuple[MilestoneLine, ...]:
    """Every milestone in order; those not planned are told without a day."""
    return tuple(_line(plan, one, reached.get(one), foreseen, today) for one in Milestone)


def _line(
    plan: EnrolmentPlan, milestone: Milestone, reached: date | None, foreseen: Foreseen | None, today: date
) -> MilestoneLine:
    planned, goal = plan.days.get(milestone), plan.goal(milestone)
    days: tuple[date | None, date | None, date | None] = (None, None, None)
    if reached is None and foreseen is not None and milestone in _OF_SUBJECTS:
        days = foreseen.day_of(goal)
    told = reached or days[1]
    behind = None if planned is None or told is None else (told - planned).days
    state = _state(planned, reached, days, today, told_by=foreseen is not None and milestone in _OF_SUBJECTS)
    return MilestoneLine(milestone, goal, planned, reached, *days, state, behind)


def _state(
    planned: date | None,
    reached: date | None,
    days: tuple[date | None, date | None, date | None],
    today: date,
    *,
    told_by: bool,
) -> MilestoneState:
    if reached is not None:
        return MilestoneState.REACHED
    if planned is None:
        return MilestoneState.TO_COME
    if planned < today:
        return MilestoneState.OVERDUE
    if not told_by:
        return MilestoneState.TO_COME
    early, _, late = days
    if early is None or early > planned:
        return MilestoneState.LATE
    return MilestoneState.ON_PLAN if late is not None and late <= planned else MilestoneState.AT_RISK


def reached_on(goal: int, days: Sequence[date]) -> date | None:
    """The day of the goal-th of these days, in order; None where there are fewer."""
    return days[goal - 1] if len(days) >= goal else None


def reached_by(
    plan: EnrolmentPlan, subjects_in: Sequence[date], sites_open: Sequence[date]
) -> dict[Milestone, date]:
    """Milestones that are reached, by the days in order on which subjects came in and sites opened."""
    found = {}
    for one in Milestone:
        days = subjects_in if one in _OF_SUBJECTS else sites_open
        day = reached_on(plan.goal(one), days)
        if day is not None:
            found[one] = day
    return found
