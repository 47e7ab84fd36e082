"""Enrolment against its plan: milestones planned, reached and foreseen, and the curve by month. Counts only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_enrolment_forecasts import KeptForecast, last_forecast
from irt.study.milestones import (
    EnrolmentPlan,
    Foreseen,
    Milestone,
    MilestoneLine,
    MonthAhead,
    milestone_lines,
    reached_by,
)
from irt.tables.columns import table_of
from irt.tables.enrolment import EnrolmentPlanSet
from irt.tables.people import Account
from irt.tables.study import Site, SiteVersion
from irt.tables.subject import Randomization


@dataclass(frozen=True)
class PlanLine(BlindedView):
    """One plan of enrolment as it was set."""

    number: int
    plan: EnrolmentPlan
    reason: str
    person: str
    at: datetime


@dataclass(frozen=True)
class PlanMonth(BlindedView):
    """One month: subjects in all by its end, as planned, as they came, and as foreseen (low, middle, high)."""

    month: date
    planned: float | None
    reached: int | None
    low: float | None
    middle: float | None
    high: float | None


@dataclass(frozen=True)
class EnrolmentAgainstPlan(BlindedView):
    """A study's enrolment on a day; without a plan there are no milestones. `plans`: newest first."""

    plans: tuple[PlanLine, ...]
    milestones: tuple[MilestoneLine, ...]
    months: tuple[PlanMonth, ...]
    reached: tuple[tuple[date, int], ...]
    ahead: tuple[MonthAhead, ...]
    today: date
    forecast: int | None
    forecast_on: date | None

    @property
    def plan(self) -> EnrolmentPlan | None:
        """The plan that holds."""
        return self.plans[0].plan if self.plans else None

    @property
    def randomized(self) -> int:
        """Subjects in so far."""
        return self.reached[-1][1] if self.reached else 0

    @property
    def planned_by_today(self) -> int | None:
        """How many were to be in by the end of today, rounded."""
        return None if self.plan is None else round(self.plan.by(self.today))

    @property
    def next_milestone(self) -> MilestoneLine | None:
        """The first in order that has a planned day and is not reached."""
        waiting = (one for one in self.milestones if one.reached is None and one.planned is not None)
        return next(waiting, None)


_PLANS, _ACCOUNTS, _SITES = table_of(EnrolmentPlanSet), table_of(Account), table_of(Site)
_OPENINGS, _RANDOMIZATIONS = table_of(SiteVersion), table_of(Randomization)
_ALL = (
    select(_PLANS, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _PLANS.c.account_id)
    .where(_PLANS.c.study_id == bindparam("study_id"))
    .order_by(_PLANS.c.number.desc())
)
_OPENED = (
    select(_SITES.c.zone, func.min(_OPENINGS.c.activated_at).label("at"))
    .join(_SITES, _SITES.c.id == _OPENINGS.c.site_id)
    .where(_OPENINGS.c.study_id == bindparam("study_id"))
    .group_by(_SITES.c.id, _SITES.c.zone)
)
# A second stage of randomization is not another subject.
_IN = (
    select(_RANDOMIZATIONS.c.on_day, func.count())
    .where(_RANDOMIZATIONS.c.study_id == bindparam("study_id"), _RANDOMIZATIONS.c.stage == 1)
    .group_by(_RANDOMIZATIONS.c.on_day)
    .order_by(_RANDOMIZATIONS.c.on_day)
)


def enrolment_plans(connection: Connection, study_id: int) -> tuple[PlanLine, ...]:
    """Every plan of a study, the one that holds first."""
    return tuple(
        PlanLine(
            number=row["number"],
            plan=EnrolmentPlan(row["subjects"], row["sites"], _days(row["days"])),
            reason=row["reason"],
            person=row["printed_name"],
            at=row["at"],
        )
        for row in connection.execute(_ALL, {"study_id": study_id}).mappings()
    )


def enrolment_against_plan(connection: Connection, study_id: int, now: datetime) -> EnrolmentAgainstPlan:
    """What was planned, what came, and what the newest kept forecast foresees; days are those of the sites."""
    plans, kept = enrolment_plans(connection, study_id), last_forecast(connection, study_id)
    counts = [(row[0], row[1]) for row in connection.execute(_IN, {"study_id": study_id})]
    foreseen, today = _foreseen(kept), now.date()
    reached = _summed(counts)
    milestones: tuple[MilestoneLine, ...] = ()
    if plans:
        came = reached_by(plans[0].plan, _each(counts), _opened(connection, study_id))
        milestones = milestone_lines(plans[0].plan, came, foreseen, today)
    ahead = _ahead(foreseen, plans, today)
    return EnrolmentAgainstPlan(
        plans=plans,
        milestones=milestones,
        months=_months(plans[0].plan if plans else None, reached, ahead, today),
        reached=reached,
        ahead=ahead,
        today=today,
        forecast=None if kept is None else kept.line.number,
        forecast_on=None if kept is None else kept.line.known_on,
    )


def _days(written: Mapping[str, str]) -> dict[Milestone, date]:
    return {Milestone(name): date.fromisoformat(day) for name, day in written.items()}


def _opened(connection: Connection, study_id: int) -> list[date]:
    """The days, in order, on which sites opened for the first time."""
    rows = connection.execute(_OPENED, {"study_id": study_id})
    return sorted(row.at.astimezone(ZoneInfo(row.zone)).date() for row in rows)


def _each(counts: Sequence[tuple[date, int]]) -> list[date]:
    return [day for day, count in counts for _ in range(count)]


def _summed(counts: Sequence[tuple[date, int]]) -> tuple[tuple[date, int], ...]:
    summed, so_far = [], 0
    for day, count in counts:
        so_far += count
        summed.append((day, so_far))
    return tuple(summed)


def _foreseen(kept: KeptForecast | None) -> Foreseen | None:
    if kept is None or kept.result is None or kept.line.known_on is None:
        return None
    return Foreseen(kept.line.known_on, kept.result["randomized"], tuple(map(_month, kept.result["months"])))


def _month(told: Mapping[str, Any]) -> MonthAhead:
    shares = told["cumulative"]
    return MonthAhead(date.fromisoformat(f"{told['month']}-01"), shares["p05"], shares["p50"], shares["p95"])


def _ahead(foreseen: Foreseen | None, plans: Sequence[PlanLine], today: date) -> tuple[MonthAhead, ...]:
    """Months to come of a forecast; a study that stops at its planned number is not foreseen beyond it."""
    if foreseen is None:
        return ()
    most = max(plans[0].plan.subjects, foreseen.known) if plans else float("inf")
    capped = []
    for one in foreseen.months:
        if one.end < today:
            continue
        capped.append(MonthAhead(one.month, min(one.low, most), min(one.middle, most), min(one.high, most)))
        if capped[-1].low >= most:
            break
    return tuple(capped)


def _months(
    plan: EnrolmentPlan | None, reached: Sequence[tuple[date, int]], ahead: Sequence[MonthAhead], today: date
) -> tuple[PlanMonth, ...]:
    """Every month from the first that is planned or lived to the last that is planned, lived or foreseen."""
    named = [day for day, _ in reached] + [one.month for one in ahead]
    named += [day for day, _ in plan.corners()] if plan else []
    if not named:
        return ()
    shares = {one.month: one for one in ahead}
    found, month, last = [], min(named).replace(day=1), max(named).replace(day=1)
    while month <= last:
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        end = following - timedelta(days=1)
        so_far = max((total for day, total in reached if day <= end), default=0)
        share = shares.get(month)
        found.append(
            PlanMonth(
                month=month,
                planned=plan.by(end) if plan else None,
                reached=so_far if month <= today else None,
                low=share.low if share else None,
                middle=share.middle if share else None,
                high=share.high if share else None,
            )
        )
        month = following
    return tuple(found)
