"""Enrolment as everybody may know it: how many were screened and randomized, by month and by site."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.views import BlindedView
from irt.states.records import SiteStatus
from irt.states.subject import SubjectStatus
from irt.tables.columns import table_of
from irt.tables.study import Site
from irt.tables.subject import Randomization, Screening, Subject


@dataclass(frozen=True)
class EnrolmentMonth(BlindedView):
    """One month; `so_far` are those randomized up to its end."""

    month: date
    screened: int
    randomized: int
    so_far: int


@dataclass(frozen=True)
class EnrolmentSite(BlindedView):
    """One site: subjects screened, failed and randomized, and the day of the last randomization."""

    site: str
    name: str
    country: str
    status: SiteStatus
    screened: int
    failed: int
    randomized: int
    last_randomized_on: date | None


@dataclass(frozen=True)
class Enrolment(BlindedView):
    """A study's figures; months without anybody are there too, sites by number."""

    study_id: int
    screened: int
    failed: int
    randomized: int
    months: tuple[EnrolmentMonth, ...]
    sites: tuple[EnrolmentSite, ...]

    @property
    def sites_with_subjects(self) -> int:
        """Sites that randomized somebody."""
        return sum(site.randomized > 0 for site in self.sites)


_SITES, _SUBJECTS = table_of(Site), table_of(Subject)
_SCREENINGS, _RANDOMIZATIONS = table_of(Screening), table_of(Randomization)
# A re-screening is an attempt of its own; a second stage of randomization is not another subject.
_SCREENED = (
    select(_SCREENINGS.c.started_on, func.count())
    .where(_SCREENINGS.c.study_id == bindparam("study_id"))
    .group_by(_SCREENINGS.c.started_on)
)
_RANDOMIZED = (
    select(_RANDOMIZATIONS.c.on_day, func.count())
    .where(_RANDOMIZATIONS.c.study_id == bindparam("study_id"), _RANDOMIZATIONS.c.stage == 1)
    .group_by(_RANDOMIZATIONS.c.on_day)
)
_PEOPLE = (
    select(_SUBJECTS.c.site_id, _SUBJECTS.c.status, func.count())
    .where(_SUBJECTS.c.study_id == bindparam("study_id"))
    .group_by(_SUBJECTS.c.site_id, _SUBJECTS.c.status)
)
_BY_SITE = (
    select(_RANDOMIZATIONS.c.site_id, func.count(), func.max(_RANDOMIZATIONS.c.on_day))
    .where(_RANDOMIZATIONS.c.study_id == bindparam("study_id"), _RANDOMIZATIONS.c.stage == 1)
    .group_by(_RANDOMIZATIONS.c.site_id)
)
_ALL_SITES = (
    select(_SITES.c.id, _SITES.c.number, _SITES.c.name, _SITES.c.country, _SITES.c.status)
    .where(_SITES.c.study_id == bindparam("study_id"))
    .order_by(_SITES.c.number)
)


def enrolment(connection: Connection, study_id: int) -> Enrolment:
    """Counts of the whole study: screenings and randomizations by month of the site's day, people by site."""
    asked = {"study_id": study_id}
    screened = _by_month((row[0], row[1]) for row in connection.execute(_SCREENED, asked))
    randomized = _by_month((row[0], row[1]) for row in connection.execute(_RANDOMIZED, asked))
    sites = _sites(connection, asked)
    return Enrolment(
        study_id=study_id,
        screened=sum(site.screened for site in sites),
        failed=sum(site.failed for site in sites),
        randomized=sum(randomized.values()),
        months=_months(screened, randomized),
        sites=sites,
    )


def _by_month(days: Iterable[tuple[date, int]]) -> Counter[date]:
    found: Counter[date] = Counter()
    for day, count in days:
        found[day.replace(day=1)] += count
    return found


def _months(screened: Counter[date], randomized: Counter[date]) -> tuple[EnrolmentMonth, ...]:
    if not screened and not randomized:
        return ()
    month, last = min([*screened, *randomized]), max([*screened, *randomized])
    months, so_far = [], 0
    while month <= last:
        so_far += randomized[month]
        months.append(EnrolmentMonth(month, screened[month], randomized[month], so_far))
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return tuple(months)


def _sites(connection: Connection, asked: dict[str, int]) -> tuple[EnrolmentSite, ...]:
    people: dict[int, Counter[str]] = {}
    for site_id, status, count in connection.execute(_PEOPLE, asked):
        people.setdefault(site_id, Counter())[status] += count
    drawn = {row[0]: (row[1], row[2]) for row in connection.execute(_BY_SITE, asked)}
    return tuple(
        EnrolmentSite(
            site=row.number,
            name=row.name,
            country=row.country,
            status=SiteStatus(row.status),
            screened=people.get(row.id, Counter()).total(),
            failed=people.get(row.id, Counter())[SubjectStatus.SCREEN_FAILED],
            randomized=drawn.get(row.id, (0, None))[0],
            last_randomized_on=drawn.get(row.id, (0, None))[1],
        )
        for row in connection.execute(_ALL_SITES, asked)
    )
