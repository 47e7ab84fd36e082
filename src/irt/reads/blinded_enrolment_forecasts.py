"""What a forecast of enrolment is made from, and the forecasts that were kept: counts by site and month only."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.states.records import JobStatus, SiteStatus
from irt.tables.columns import table_of
from irt.tables.enrolment import EnrolmentForecast
from irt.tables.people import Account
from irt.tables.record import Job
from irt.tables.study import Site, SiteDetail
from irt.tables.subject import Randomization

FORECASTS_MAX = 50


@dataclass(frozen=True)
class EnrolledInMonth(BlindedView):
    """Subjects randomized at one site in one month."""

    month: date
    site: str
    subjects: int


@dataclass(frozen=True)
class SiteEntered(BlindedView):
    """One site: its status, and the day from which the study knew of it."""

    site: str
    country: str
    status: SiteStatus
    entered_on: date


@dataclass(frozen=True)
class EnrolmentFacts(BlindedView):
    """A study's enrolment as far as it is recorded, months and sites in order."""

    months: tuple[EnrolledInMonth, ...]
    sites: tuple[SiteEntered, ...]


@dataclass(frozen=True)
class ForecastLine(BlindedView):
    """One forecast in a list, with the state of its job."""

    number: int
    months: int
    target: int
    at_most: int
    known_on: date | None
    person: str
    at: datetime
    status: JobStatus
    job_id: int


@dataclass(frozen=True)
class KeptForecast(BlindedView):
    """One forecast with what was asked and, where it is finished, what came out."""

    line: ForecastLine
    asked: Mapping[str, Any]
    result: Mapping[str, Any] | None


_SITES, _DETAILS, _R = table_of(Site), table_of(SiteDetail), table_of(Randomization)
_FORECASTS, _JOBS, _ACCOUNTS = table_of(EnrolmentForecast), table_of(Job), table_of(Account)
# A second stage of randomization is not another subject.
_BY_DAY = (
    select(_SITES.c.number, _R.c.on_day, func.count())
    .join(_SITES, _SITES.c.id == _R.c.site_id)
    .where(_R.c.study_id == bindparam("study_id"), _R.c.stage == 1)
    .group_by(_SITES.c.number, _R.c.on_day)
)
_ALL_SITES = (
    select(_SITES.c.number, _SITES.c.country, _SITES.c.status, func.min(_DETAILS.c.effective_from))
    .join(_DETAILS, _DETAILS.c.site_id == _SITES.c.id)
    .where(_SITES.c.study_id == bindparam("study_id"))
    .group_by(_SITES.c.number, _SITES.c.country, _SITES.c.status)
    .order_by(_SITES.c.number)
)
_OF_STUDY = (
    select(_FORECASTS, _JOBS.c.status, _ACCOUNTS.c.printed_name)
    .join(_JOBS, _JOBS.c.id == _FORECASTS.c.job_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _FORECASTS.c.account_id)
    .where(_FORECASTS.c.study_id == bindparam("study_id"))
)
_NEWEST = _OF_STUDY.order_by(_FORECASTS.c.number.desc()).limit(FORECASTS_MAX)
_ONE = _OF_STUDY.where(_FORECASTS.c.number == bindparam("number"))
_LAST_FINISHED = (
    _OF_STUDY.where(_FORECASTS.c.finished_at.is_not(None)).order_by(_FORECASTS.c.number.desc()).limit(1)
)


def enrolment_facts(connection: Connection, study_id: int) -> EnrolmentFacts:
    """Two questions, however many sites and subjects."""
    asked = {"study_id": study_id}
    found: Counter[tuple[date, str]] = Counter()
    for site, day, subjects in connection.execute(_BY_DAY, asked):
        found[day.replace(day=1), site] += subjects
    return EnrolmentFacts(
        tuple(EnrolledInMonth(month, site, subjects) for (month, site), subjects in sorted(found.items())),
        tuple(
            SiteEntered(number, country, SiteStatus(status), entered_on)
            for number, country, status, entered_on in connection.execute(_ALL_SITES, asked)
        ),
    )


def forecast_lines(connection: Connection, study_id: int) -> tuple[ForecastLine, ...]:
    """The fifty newest of a study, by whomever."""
    return tuple(map(_line, connection.execute(_NEWEST, {"study_id": study_id}).mappings()))


def kept_forecast(connection: Connection, study_id: int, number: int) -> KeptForecast:
    """One forecast; NotFound where the study has none of that number."""
    row = connection.execute(_ONE, {"study_id": study_id, "number": number}).mappings().first()
    if row is None:
        raise NotFound(f"This study has no forecast {number}. Look at the list.")
    return KeptForecast(_line(row), row["asked"], row["result"])


def last_forecast(connection: Connection, study_id: int) -> KeptForecast | None:
    """The newest forecast that is finished; None where there is none."""
    row = connection.execute(_LAST_FINISHED, {"study_id": study_id}).mappings().first()
    return None if row is None else KeptForecast(_line(row), row["asked"], row["result"])


def _line(row: RowMapping) -> ForecastLine:
    return ForecastLine(
        **{name: row[name] for name in ("number", "known_on", "at", "job_id")},
        **{name: row["asked"][name] for name in ("months", "target", "at_most")},
        person=row["printed_name"],
        status=JobStatus(row["status"]),
    )
