"""Sites as their monitor looks at them: to verify, open, ending soon, and new since the last visit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, and_, bindparam, func, or_, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_activation import activation_board
from irt.reads.blinded_sites import WorkSite
from irt.states.kit import Accountability, Assignment, Custody, Quality
from irt.states.records import ExcursionStatus
from irt.study.activation import words_of
from irt.tables.columns import table_of
from irt.tables.delegation import Delegation
from irt.tables.deviation import DeviationClosure
from irt.tables.issue import StudyIssue, StudyIssueStep
from irt.tables.kit import Dispensing, Kit
from irt.tables.monitoring import MonitoringVisit
from irt.tables.people import Account
from irt.tables.shipment import Excursion
from irt.tables.subject import CodeBreak, Deviation, Subject, SubjectEvent, Visit, VisitStep

ENDS_SOON = timedelta(days=30)
SHOWN_MAX = 50


@dataclass(frozen=True)
class VisitMade(BlindedView):
    """One visit of a monitor, as it was signed."""

    number: int
    on_day: date
    verified: str
    figures: Mapping[str, Any]
    person: str
    at: datetime


@dataclass(frozen=True)
class MonitoredSite(BlindedView):
    """One site in counts; those that say `new` are since the last visit, or from the beginning."""

    site: WorkSite
    last: VisitMade | None
    figures: Mapping[str, int]

    @property
    def new(self) -> int:
        """How many records are new."""
        return sum(self.figures[name] for name in NEW)


@dataclass(frozen=True)
class Found(BlindedView):
    """One record that the monitor looks at: its number, what it is, and since when."""

    record: str
    words: str
    on: date | datetime | None
    subject: str = ""


@dataclass(frozen=True)
class SiteMonitoring(BlindedView):
    """One site in full, the newest first of each, fifty at most."""

    told: MonitoredSite
    visits: tuple[VisitMade, ...]
    subjects: tuple[Found, ...]
    deviations: tuple[Found, ...]
    excursions: tuple[Found, ...]
    expired: tuple[Found, ...]
    issues: tuple[Found, ...]
    ending: tuple[Found, ...]


_KITS, _DEVIATIONS, _CLOSURES = table_of(Kit), table_of(Deviation), table_of(DeviationClosure)
_EXCURSIONS, _SUBJECTS, _EVENTS = table_of(Excursion), table_of(Subject), table_of(SubjectEvent)
_VISITS, _STEPS, _DISPENSINGS = table_of(Visit), table_of(VisitStep), table_of(Dispensing)
_BREAKS, _DELEGATIONS, _ACCOUNTS = table_of(CodeBreak), table_of(Delegation), table_of(Account)
_ISSUES, _NOTES, _MADE = table_of(StudyIssue), table_of(StudyIssueStep), table_of(MonitoringVisit)
_SITE: BindParameter[int] = bindparam("site_id")
_SINCE: BindParameter[datetime] = bindparam("since")
_TODAY: BindParameter[date] = bindparam("today")
_CLOSED = select(_NOTES.c.id).where(_NOTES.c.issue_id == _ISSUES.c.id, _NOTES.c.step == "closed").exists()
_HERE = and_(_KITS.c.custody == Custody.SITE, _KITS.c.place_id == _SITE)
_ON_SHELF = and_(_HERE, _KITS.c.assignment == Assignment.FREE, _KITS.c.accountability == Accountability.NONE)
_EXPIRED = and_(_ON_SHELF, _KITS.c.quality == Quality.RELEASED, _KITS.c.expiry < _TODAY)
_BACK = and_(_HERE, _KITS.c.accountability.in_((Accountability.RETURNED, Accountability.DAMAGED_BY_SUBJECT)))
_OPEN_DEVIATION = and_(_DEVIATIONS.c.site_id == _SITE, _CLOSURES.c.id.is_(None))
_OPEN_EXCURSION = and_(_EXCURSIONS.c.site_id == _SITE, _EXCURSIONS.c.status != ExcursionStatus.CLOSED)
_OPEN_ISSUE = and_(_ISSUES.c.site_id == _SITE, ~_CLOSED)
_ENDING_LINE = and_(
    _DELEGATIONS.c.site_id == _SITE,
    _DELEGATIONS.c.ended_at.is_(None),
    _DELEGATIONS.c.ends_on >= _TODAY,
    _DELEGATIONS.c.ends_on <= bindparam("soon"),
)


def _count(statement: Select[Any]) -> Select[Any]:
    return statement.with_only_columns(func.count(), maintain_column_froms=True)


_DEVIATED = select(_DEVIATIONS).outerjoin(_CLOSURES, _CLOSURES.c.deviation_id == _DEVIATIONS.c.id)
_COUNTS: dict[str, Select[Any]] = {
    "to_verify": select(func.count()).where(_HERE, _KITS.c.accountability == Accountability.VERIFIED_BY_SITE),
    "for_site": select(func.count()).where(_BACK),
    "expired": select(func.count()).where(_EXPIRED),
    "deviations": _count(_DEVIATED.where(_OPEN_DEVIATION)),
    "excursions": select(func.count()).where(_OPEN_EXCURSION),
    "issues": select(func.count()).where(_OPEN_ISSUE),
    "delegations_ending": select(func.count()).where(_ENDING_LINE),
    "subjects": select(func.count()).where(_SUBJECTS.c.site_id == _SITE),
    "new_subjects": select(func.count(func.distinct(_EVENTS.c.subject_id)))
    .join(_SUBJECTS, _SUBJECTS.c.id == _EVENTS.c.subject_id)
    .where(_SUBJECTS.c.site_id == _SITE, _EVENTS.c.at > _SINCE),
    "new_visits": select(func.count(func.distinct(_STEPS.c.visit_id)))
    .join(_VISITS, _VISITS.c.id == _STEPS.c.visit_id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _VISITS.c.subject_id)
    .where(_SUBJECTS.c.site_id == _SITE, _STEPS.c.at > _SINCE),
    "new_dispensings": select(func.count()).where(
        _DISPENSINGS.c.site_id == _SITE, _DISPENSINGS.c.assigned_at > _SINCE
    ),
    "new_deviations": select(func.count()).where(_DEVIATIONS.c.site_id == _SITE, _DEVIATIONS.c.at > _SINCE),
    "new_code_breaks": select(func.count())
    .select_from(_BREAKS)
    .join(_SUBJECTS, _SUBJECTS.c.id == _BREAKS.c.subject_id)
    .where(_SUBJECTS.c.site_id == _SITE, _BREAKS.c.at > _SINCE),
}
NEW = ("new_screened", *(name for name in _COUNTS if name.startswith("new_")))
OPEN = ("to_verify", "expired", "deviations", "excursions", "issues", "delegations_ending")
"""What needs the monitor, beside what is new."""
_VISITED = (
    select(_MADE, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _MADE.c.account_id)
    .where(_MADE.c.site_id == _SITE)
    .order_by(_MADE.c.number.desc())
    .limit(SHOWN_MAX)
)
_LISTS = {
    "subjects": select(
        _SUBJECTS.c.number.label("record"), _EVENTS.c.kind.label("words"), _EVENTS.c.on_day.label("on")
    )
    .join(_SUBJECTS, _SUBJECTS.c.id == _EVENTS.c.subject_id)
    .where(_SUBJECTS.c.site_id == _SITE, _EVENTS.c.at > _SINCE)
    .order_by(_EVENTS.c.id.desc()),
    "deviations": _DEVIATED.with_only_columns(
        _DEVIATIONS.c.number.label("record"),
        _DEVIATIONS.c.sentence.label("words"),
        _DEVIATIONS.c.at.label("on"),
        maintain_column_froms=True,
    )
    .where(_DEVIATIONS.c.site_id == _SITE, or_(_CLOSURES.c.id.is_(None), _DEVIATIONS.c.at > _SINCE))
    .order_by(_DEVIATIONS.c.id.desc()),
    "excursions": select(
        _EXCURSIONS.c.number.label("record"),
        _EXCURSIONS.c.status.label("words"),
        _EXCURSIONS.c.opened_at.label("on"),
    )
    .where(_OPEN_EXCURSION)
    .order_by(_EXCURSIONS.c.id.desc()),
    "expired": select(_KITS.c.number.label("record"), _KITS.c.quality.label("words"), _KITS.c.expiry.label("on"))
    .where(_EXPIRED)
    .order_by(_KITS.c.number),
    "issues": select(
        _ISSUES.c.number.label("record"), _ISSUES.c.sentence.label("words"), _ISSUES.c.due_on.label("on")
    )
    .where(_OPEN_ISSUE)
    .order_by(_ISSUES.c.due_on, _ISSUES.c.id),
    "ending": select(
        _DELEGATIONS.c.number.label("record"),
        _ACCOUNTS.c.printed_name.label("words"),
        _DELEGATIONS.c.ends_on.label("on"),
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _DELEGATIONS.c.account_id)
    .where(_ENDING_LINE)
    .order_by(_DELEGATIONS.c.ends_on, _DELEGATIONS.c.number),
}
_BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def monitored_sites(connection: Connection, sites: Sequence[WorkSite], now: datetime) -> tuple[MonitoredSite, ...]:
    """Each site in counts, in the order given."""
    return tuple(_told(connection, site, now) for site in sites)


def site_monitoring(connection: Connection, actor: Actor, site: WorkSite, now: datetime) -> SiteMonitoring:
    """One site with its records; approvals where the reader sees how the study stands."""
    told = _told(connection, site, now)
    facts = _facts(site.site_id, told.last, site.today(now))
    lists = {name: _found(connection.execute(each.limit(SHOWN_MAX), facts)) for name, each in _LISTS.items()}
    ending = [Found(f"Line {one.record}", f"Tasks of {one.words}", one.on) for one in lists.pop("ending")]
    ending += _approvals(connection, actor, site, now)
    return SiteMonitoring(told=told, visits=_made(connection, site.site_id), ending=tuple(ending), **lists)


def site_figures(connection: Connection, site_id: int, today: date) -> dict[str, int]:
    """The counts of one site on a day there, as they are signed for."""
    last = _last(connection, site_id)
    facts = _facts(site_id, last, today)
    figures = {name: int(connection.execute(count, facts).scalar_one()) for name, count in _COUNTS.items()}
    # A screening has a day and no instant: who is new is told by how many there were.
    figures["new_screened"] = figures["subjects"] - (0 if last is None else last.figures["subjects"])
    return figures


def _told(connection: Connection, site: WorkSite, now: datetime) -> MonitoredSite:
    figures = site_figures(connection, site.site_id, site.today(now))
    return MonitoredSite(site, _last(connection, site.site_id), figures)


def _last(connection: Connection, site_id: int) -> VisitMade | None:
    return next(iter(_made(connection, site_id)), None)


def _facts(site_id: int, last: VisitMade | None, today: date) -> dict[str, Any]:
    since = _BEGINNING if last is None else last.at
    return {"site_id": site_id, "since": since, "today": today, "soon": today + ENDS_SOON}


def _made(connection: Connection, site_id: int) -> tuple[VisitMade, ...]:
    return tuple(
        VisitMade(row.number, row.on_day, row.verified, row.figures, row.printed_name, row.at)
        for row in connection.execute(_VISITED, {"site_id": site_id})
    )


def _found(rows: Iterable[Row[Any]]) -> tuple[Found, ...]:
    return tuple(Found(str(row.record), row.words, row.on) for row in rows)


def _approvals(connection: Connection, actor: Actor, site: WorkSite, now: datetime) -> list[Found]:
    if actor.grant_for(Permission.VIEW_STUDY_LIFE, site.study_id, site.site_id) is None:
        return []
    board = activation_board(connection, actor, site.study_id, now)
    return [
        Found("Approval", words_of(each.kind).capitalize(), each.until)
        for one in board.sites
        if one.site == site.site
        for each in one.ending
    ]
