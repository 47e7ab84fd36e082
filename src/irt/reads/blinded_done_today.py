"""What was finished today at the sites of one person, newest first: the worklist's other half."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import WorkSite, sites_reached
from irt.states.records import DispensingStatus
from irt.tables.columns import table_of
from irt.tables.kit import Dispensing, KitReturn, StockCount
from irt.tables.shipment import Shipment
from irt.tables.subject import DispensingOrder, Randomization, Screening, Subject


@dataclass(frozen=True)
class DoneTask(BlindedView):
    """One thing that was finished; `href` leads to its record. A screening has a day and no hour."""

    at: datetime | None
    zone: str
    icon: str
    title: str
    about: str
    study_id: int
    study: str
    site: str
    href: str


@dataclass(frozen=True)
class DoneToday(BlindedView):
    """A day's finished work; `today` is the latest of the sites' days."""

    today: date
    tasks: tuple[DoneTask, ...]


_SUBJECTS, _DISPENSINGS, _COUNTS = table_of(Subject), table_of(Dispensing), table_of(StockCount)
_SHIPMENTS, _RETURNS, _ORDERS = table_of(Shipment), table_of(KitReturn), table_of(DispensingOrder)
_DRAWS, _SCREENINGS = table_of(Randomization), table_of(Screening)


def _of_subjects(table: Any, moment: Any) -> Select[Any]:
    """What happened to subjects of the sites since a moment, once a subject and moment."""
    return (
        select(_SUBJECTS.c.site_id, moment.label("at"), _SUBJECTS.c.number.label("record"))
        .join(_SUBJECTS, _SUBJECTS.c.id == table.c.subject_id)
        .where(_SUBJECTS.c.site_id.in_(bindparam("sites", expanding=True)), moment >= bindparam("since"))
        .distinct()
    )


def _of_sites(table: Any, moment: Any, record: Any) -> Select[Any]:
    return select(table.c.site_id, moment.label("at"), record.label("record")).where(
        table.c.site_id.in_(bindparam("sites", expanding=True)), moment >= bindparam("since")
    )


_HANDED_OVER = (DispensingStatus.HANDED_OVER, DispensingStatus.HANDED_OVER_PARTLY)
_SUBJECT, _SHIPMENT = "/studies/{study_id}/subjects/{record}", "/shipments/{study_id}/{record}"
_KINDS: tuple[tuple[str, str, str, Select[Any]], ...] = (
    ("randomize", "Randomize", _SUBJECT, _of_subjects(_DRAWS, _DRAWS.c.at)),
    ("sign", "Sign order", _SUBJECT, _of_subjects(_ORDERS, _ORDERS.c.at)),
    (
        "done",
        "Dispense",
        _SUBJECT,
        _of_subjects(_DISPENSINGS, _DISPENSINGS.c.ended_at).where(_DISPENSINGS.c.status.in_(_HANDED_OVER)),
    ),
    (
        "notdone",
        "Dispensing not done",
        _SUBJECT,
        _of_subjects(_DISPENSINGS, _DISPENSINGS.c.ended_at).where(
            _DISPENSINGS.c.status == DispensingStatus.NOT_DONE
        ),
    ),
    ("returns", "Take back", _SUBJECT, _of_subjects(_RETURNS, _RETURNS.c.at)),
    (
        "shipment",
        "Receive shipment",
        _SHIPMENT,
        _of_sites(_SHIPMENTS, _SHIPMENTS.c.received_at, _SHIPMENTS.c.number),
    ),
    ("count", "Count stock", "/stock?study={study_id}", _of_sites(_COUNTS, _COUNTS.c.at, _COUNTS.c.matched)),
)


_SCREENED = (
    select(_SUBJECTS.c.site_id, _SUBJECTS.c.number.label("record"), _SCREENINGS.c.started_on)
    .join(_SCREENINGS, _SCREENINGS.c.subject_id == _SUBJECTS.c.id)
    .where(
        _SUBJECTS.c.site_id.in_(bindparam("sites", expanding=True)), _SCREENINGS.c.started_on >= bindparam("day")
    )
)


def done_today(connection: Connection, actor: Actor, now: datetime) -> DoneToday:
    """Work finished on each site's own day."""
    sites = sites_reached(connection, actor, Permission.DISPENSE)
    if not sites:
        return DoneToday(now.date(), ())
    found = [*_screened(connection, sites, now), *_tasks(connection, sites, now)]
    tasks = sorted(found, key=lambda task: (task.at is not None, task.at or now, task.about), reverse=True)
    return DoneToday(max(site.today(now) for site in sites), tuple(tasks))


def _tasks(connection: Connection, sites: Sequence[WorkSite], now: datetime) -> Iterator[DoneTask]:
    by_id = {site.site_id: site for site in sites}
    since = min(_midnight(site, now) for site in sites)
    for icon, title, address, question in _KINDS:
        for row in connection.execute(question, {"sites": sorted(by_id), "since": since}):
            site = by_id[row.site_id]
            if site.day_of(row.at) == site.today(now):
                about = f"{row.record} kits found" if title == "Count stock" else str(row.record)
                href = address.format(study_id=site.study_id, record=row.record)
                yield DoneTask(row.at, site.zone, icon, title, about, site.study_id, site.study, site.site, href)


def _screened(connection: Connection, sites: Sequence[WorkSite], now: datetime) -> Iterator[DoneTask]:
    by_id = {site.site_id: site for site in sites}
    asked = {"sites": sorted(by_id), "day": min(site.today(now) for site in sites)}
    for row in connection.execute(_SCREENED, asked):
        site = by_id[row.site_id]
        if row.started_on == site.today(now):
            href = _SUBJECT.format(study_id=site.study_id, record=row.record)
            yield DoneTask(
                None, site.zone, "screen", "Screen", row.record, site.study_id, site.study, site.site, href
            )


def _midnight(site: WorkSite, now: datetime) -> datetime:
    return datetime.combine(site.today(now), time.min, ZoneInfo(site.zone))
