"""The list of subjects a person may see: filtered, sorted, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, or_, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import WorkSite, sites_reached, study_at
from irt.reads.blinded_visits import VisitOnCalendar, VisitState, anchors, recorded_visits, visits_on_calendar
from irt.states.kit import Accountability, Custody
from irt.states.subject import ON_STUDY_TREATMENT, SubjectStatus
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.subject import Subject

PAGE_ROWS = 50
COUNTED_MAX = 10_000
_AHEAD_DAYS = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """What part of the list: filters, order, and the row the page starts after (or ends before)."""

    status: str = ""
    study_id: int | None = None
    site_id: int | None = None
    words: str = ""
    sort: str = "number"
    down: bool = False
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One subject of the list."""

    study_id: int
    study: str
    site: str
    number: str
    status: SubjectStatus
    screened_on: date
    randomized_on: date | None
    last_visit: str
    last_on: date | None
    next_visit: str
    next_on: date | None
    next_state: str
    outstanding: int


@dataclass(frozen=True)
class SubjectsView(BlindedView):
    """One page of the list."""

    asked: Asked
    rows: tuple[SubjectRow, ...]
    first: int
    all: int
    previous: str
    next: str
    studies: tuple[tuple[str, str], ...]
    screening: bool

    @property
    def count_words(self) -> str:
        """1–50 of 1,322."""
        if not self.rows:
            return "0 of 0" if not self.all else f"0 of {self.all:,}"
        total = f"more than {COUNTED_MAX:,}" if self.all > COUNTED_MAX else f"{self.all:,}"
        return f"{self.first:,}–{self.first + len(self.rows) - 1:,} of {total}"


_SUBJECTS, _KITS = table_of(Subject), table_of(Kit)
_COLUMNS = (
    _SUBJECTS.c.id,
    _SUBJECTS.c.study_id,
    _SUBJECTS.c.site_id,
    _SUBJECTS.c.number,
    _SUBJECTS.c.status,
    _SUBJECTS.c.screened_on,
    _SUBJECTS.c.randomized_on,
)
_NO_DAY = date(9999, 12, 31)
_SORTS: dict[str, ColumnElement[Any]] = {
    "number": _SUBJECTS.c.number,
    "screened": _SUBJECTS.c.screened_on,
    "randomized": func.coalesce(_SUBJECTS.c.randomized_on, _NO_DAY),
    "status": _SUBJECTS.c.status,
}


def subjects_page(connection: Connection, actor: Actor, now: datetime, asked: Asked) -> SubjectsView:
    """Fifty rows of the filtered list, in a stable order."""
    sites = sites_reached(connection, actor)
    here = [site for site in sites if _chosen(site, asked)]
    filtered = _filtered(here, asked)
    rows, backwards = _rows(connection, filtered, asked)
    more = len(rows) > PAGE_ROWS
    shown = rows[:PAGE_ROWS]
    if backwards:
        shown = shown[::-1]
    earlier = _count(connection, filtered, _before(asked, shown[0])) if shown else 0
    total = _count(connection, filtered)
    follows = earlier + len(shown) < total if shown else more
    return SubjectsView(
        asked=asked,
        rows=_described(connection, shown, here, now),
        first=earlier + 1,
        all=total,
        previous=_mark(asked, shown[0]) if shown and earlier else "",
        next=_mark(asked, shown[-1]) if shown and follows else "",
        studies=tuple(sorted({(str(site.study_id), site.study) for site in sites}, key=lambda one: one[1])),
        screening=any(grant.covers(Permission.SCREEN, grant.study_id, grant.site_id) for grant in actor.grants),
    )


def every_row(connection: Connection, actor: Actor, now: datetime, asked: Asked) -> tuple[SubjectRow, ...]:
    """Exactly the filtered rows, for an export."""
    here = [site for site in sites_reached(connection, actor) if _chosen(site, asked)]
    statement = _filtered(here, asked).order_by(*_order(asked, backwards=False))
    return _described(connection, connection.execute(statement).mappings().all(), here, now)


def _chosen(site: WorkSite, asked: Asked) -> bool:
    return asked.study_id in (None, site.study_id) and asked.site_id in (None, site.site_id)


def _filtered(sites: Sequence[WorkSite], asked: Asked) -> Select[Any]:
    statement = select(*_COLUMNS).where(_SUBJECTS.c.site_id.in_([site.site_id for site in sites]))
    if asked.status in set(SubjectStatus):
        statement = statement.where(_SUBJECTS.c.status == asked.status)
    if asked.words:
        statement = statement.where(_SUBJECTS.c.number.icontains(asked.words.strip(), autoescape=True))
    return statement


def _rows(connection: Connection, filtered: Select[Any], asked: Asked) -> tuple[Sequence[RowMapping], bool]:
    """A page after or before a mark; a page before comes in reverse."""
    backwards = bool(asked.before)
    if mark := asked.before or asked.after:
        filtered = filtered.where(_beyond(asked, mark, backwards=backwards))
    statement = filtered.order_by(*_order(asked, backwards=backwards)).limit(PAGE_ROWS + 1)
    return connection.execute(statement).mappings().all(), backwards


def _order(asked: Asked, *, backwards: bool) -> tuple[ColumnElement[Any], ...]:
    keys = (_SORTS.get(asked.sort, _SUBJECTS.c.number), _SUBJECTS.c.id)
    falling = asked.down != backwards
    return tuple(key.desc() if falling else key.asc() for key in keys)


def _mark(asked: Asked, row: RowMapping) -> str:
    """Where a row stands in the order: the value it is sorted by, and its id."""
    value = {
        "screened": row["screened_on"].isoformat(),
        "randomized": (row["randomized_on"] or _NO_DAY).isoformat(),
        "status": row["status"],
    }.get(asked.sort, row["number"])
    return f"{value}~{row['id']}"


def _beyond(asked: Asked, mark: str, *, backwards: bool) -> ColumnElement[bool]:
    """Rows further along than a mark; a mark that cannot be read is past everything."""
    written, _, row_id = mark.rpartition("~")
    key = _SORTS.get(asked.sort, _SUBJECTS.c.number)
    try:
        value: Any = date.fromisoformat(written) if asked.sort in ("screened", "randomized") else written
        last = int(row_id)
    except ValueError:
        return _SUBJECTS.c.id < 0
    if asked.down != backwards:
        return or_(key < value, and_(key == value, _SUBJECTS.c.id < last))
    return or_(key > value, and_(key == value, _SUBJECTS.c.id > last))


def _before(asked: Asked, row: RowMapping) -> ColumnElement[bool]:
    return _beyond(asked, _mark(asked, row), backwards=True)


def _count(connection: Connection, filtered: Select[Any], *more: ColumnElement[bool]) -> int:
    limited = filtered.where(*more).limit(COUNTED_MAX + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(limited)).scalar_one())


def _described(
    connection: Connection, rows: Sequence[RowMapping], sites: Sequence[WorkSite], now: datetime
) -> tuple[SubjectRow, ...]:
    by_id = {site.site_id: site for site in sites}
    ids = [row["id"] for row in rows]
    recorded = recorded_visits(connection, ids) if ids else {}
    outstanding = _outstanding(connection, ids)
    found = []
    for row in rows:
        site = by_id[row["site_id"]]
        study = study_at(connection, site.study_id, site.version)
        dates = anchors(row["screened_on"], row["randomized_on"])
        calendar = visits_on_calendar(study, dates, recorded.get(row["id"], {}), site.today(now), _AHEAD_DAYS)
        found.append(_described_row(row, site, calendar, outstanding.get(row["id"], 0)))
    return tuple(found)


def _outstanding(connection: Connection, ids: list[int]) -> dict[int, int]:
    if not ids:
        return {}
    statement = (
        select(_KITS.c.place_id, func.count().label("kits"))
        .where(
            _KITS.c.custody == Custody.SUBJECT,
            _KITS.c.place_id.in_(ids),
            _KITS.c.accountability == Accountability.OUTSTANDING,
        )
        .group_by(_KITS.c.place_id)
    )
    return {row.place_id: row.kits for row in connection.execute(statement)}


def _described_row(
    row: RowMapping, site: WorkSite, calendar: Sequence[VisitOnCalendar], outstanding: int
) -> SubjectRow:
    held = [visit for visit in calendar if visit.held_on and visit.state != VisitState.SKIPPED]
    # Of two visits on one day the later one of the schedule counts.
    last = max(reversed(held), key=lambda visit: visit.held_on or date.min, default=None)
    status = SubjectStatus(row["status"])
    expected = (VisitState.ASSIGNED, VisitState.DUE, VisitState.PLANNED)
    following = None
    if status in ON_STUDY_TREATMENT:
        following = next((visit for visit in calendar if visit.state in expected), None)
    return SubjectRow(
        study_id=row["study_id"],
        study=site.study,
        site=site.site,
        number=row["number"],
        status=status,
        screened_on=row["screened_on"],
        randomized_on=row["randomized_on"],
        last_visit=last.name if last else "",
        last_on=last.held_on if last else None,
        next_visit=following.name if following else "",
        next_on=following.planned if following else None,
        next_state=following.state if following else "",
        outstanding=outstanding,
    )
