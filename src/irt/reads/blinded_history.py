"""The audit trail as blinded people read it: in sentences, of the study or the sites they work at."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, bindparam, func, select

from irt.audit.chain import link
from irt.audit.entry import content_of, study_chain
from irt.audit.sentences import plain, sentence
from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry, AuditHead
from irt.tables.study import Site

PAGE_ENTRIES = 50
COUNTED_MAX = 10_000
EXPORTED_MAX = 50_000

_HASH = re.compile(r"[0-9a-f]{64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")

_ENTRIES, _HEADS, _SITES = table_of(AuditEntry), table_of(AuditHead), table_of(Site)
_VERIFIED = (
    select(_ENTRIES.c.at, _ENTRIES.c.person, _ENTRIES.c.new)
    .where(
        _ENTRIES.c.chain == bindparam("chain"),
        _ENTRIES.c.record_kind == "audit_trail",
        _ENTRIES.c.record == "whole",
    )
    .order_by(_ENTRIES.c.sequence.desc())
    .limit(1)
)
_HEAD = select(_HEADS.c.sequence, _HEADS.c.hash).where(_HEADS.c.chain == bindparam("chain"))


@dataclass(frozen=True)
class HistoryFilters:
    """Which entries of a study are wanted. Days are the calendar's at the place; empty words filter nothing.

    `until` is an instant after which nothing is looked at; with a `kind` of record, `record` is its whole name.
    """

    study_id: int
    site_id: int | None = None
    person: str = ""
    record: str = ""
    kind: str = ""
    act: str = ""
    site: str = ""
    from_day: date | None = None
    to_day: date | None = None
    zone: str = "UTC"
    before: int | None = None
    after: int | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Change(BlindedView):
    """One fact of a record, before and after; a dash where there was none."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class HistoryEntry(BlindedView):
    """One entry, in a sentence. `holds`: its content still gives its hash."""

    sequence: int
    at: datetime
    zone: str
    person: str
    record_kind: str
    record: str
    sentence: str
    changes: tuple[Change, ...]
    reason: str
    release: str
    short_hash: str
    holds: bool


@dataclass(frozen=True)
class Verification(BlindedView):
    """The last time the whole trail was examined: every entry up to `last_sequence`, and every signature."""

    at: datetime
    zone: str
    person: str
    last_sequence: int
    holds: bool
    found: str


@dataclass(frozen=True)
class History(BlindedView):
    """One page of entries, newest first, and the state of the chain. `total` stops at 10,000 (`more_than`)."""

    entries: tuple[HistoryEntry, ...]
    total: int
    more_than: bool
    newer: int
    head_sequence: int
    head_short_hash: str
    previous_after: int | None
    next_before: int | None
    verified: Verification | None

    @property
    def not_verified(self) -> int:
        """How many of the entries shown were written after the last verification, or in spite of none."""
        last = 0 if self.verified is None else self.verified.last_sequence
        return sum(entry.sequence > last for entry in self.entries)


def history(connection: Connection, actor: Actor, filters: HistoryFilters) -> History:
    """A page of a study's history; NotAllowed where the person has no right to any of it."""
    wanted = _visible(actor, filters)
    rows, older_left, newer_left = _page(connection, wanted, filters)
    total = _count(connection, wanted)
    entries = tuple(_entry(row, filters) for row in rows)
    newer = _count(connection, [*wanted, _ENTRIES.c.sequence > entries[0].sequence]) if entries else 0
    head = connection.execute(_HEAD, {"chain": study_chain(filters.study_id)}).mappings().first()
    return History(
        entries=entries,
        total=min(total, COUNTED_MAX),
        more_than=total > COUNTED_MAX,
        newer=newer,
        head_sequence=0 if head is None else head["sequence"],
        head_short_hash="" if head is None else head["hash"][:12],
        previous_after=entries[0].sequence if entries and newer_left else None,
        next_before=entries[-1].sequence if entries and older_left else None,
        verified=_last_verification(connection, filters),
    )


def _last_verification(connection: Connection, filters: HistoryFilters) -> Verification | None:
    row = connection.execute(_VERIFIED, {"chain": study_chain(filters.study_id)}).mappings().first()
    if row is None:
        return None
    found = row["new"]
    return Verification(
        at=row["at"],
        zone=filters.zone,
        person=row["person"],
        last_sequence=found["entries"],
        holds=found["intact"],
        found=_fault_words(found),
    )


def _fault_words(found: Mapping[str, Any]) -> str:
    """What did not hold; of the second chain only that it does not."""
    faults = [f"The history is damaged at {found['first_fault']}." if found["first_fault"] else ""]
    faults += [] if found["second_chain_holds"] else ["Its second chain is damaged."]
    faults += [] if found["signatures_hold"] else ["A signature does not say what was signed."]
    return " ".join(filter(None, faults))


def exported_history(connection: Connection, actor: Actor, filters: HistoryFilters) -> list[HistoryEntry]:
    """Every entry the filters leave, newest first; one more than 50,000 where there are too many to export."""
    wanted = _visible(actor, replace(filters, before=None, after=None))
    rows = connection.execute(_newest_first(wanted).limit(EXPORTED_MAX + 1)).mappings()
    return [_entry(row, filters) for row in rows]


def history_until(
    connection: Connection, actor: Actor, filters: HistoryFilters
) -> tuple[tuple[HistoryEntry, ...], int]:
    """The newest entries that the person may read, and how many they are; NotAllowed where they may read none."""
    wanted = _visible(actor, filters)
    rows = connection.execute(_newest_first(wanted).limit(PAGE_ENTRIES)).mappings()
    return tuple(_entry(row, filters) for row in rows), _count(connection, wanted)


def _visible(actor: Actor, filters: HistoryFilters) -> list[ColumnElement[bool]]:
    """The filters together with what the person may see at all: site people their own sites' entries."""
    actor.require(Permission.VIEW_AUDIT, filters.study_id, filters.site_id)
    return [*_of_place(actor, filters), *_of_words(filters), *_of_site(filters), *_of_days(filters)]


def _of_place(actor: Actor, filters: HistoryFilters) -> Iterator[ColumnElement[bool]]:
    yield _ENTRIES.c.chain == study_chain(filters.study_id)
    if filters.site_id is not None:
        yield _ENTRIES.c.site_id == filters.site_id
        return
    sites = {g.site_id for g in actor.grants if g.covers(Permission.VIEW_AUDIT, filters.study_id, None)}
    if None not in sites:
        yield _ENTRIES.c.site_id.in_(sorted(site for site in sites if site is not None))


def _of_words(filters: HistoryFilters) -> Iterator[ColumnElement[bool]]:
    if filters.person:
        yield _ENTRIES.c.person.icontains(filters.person, autoescape=True)
    if filters.kind:
        yield (_ENTRIES.c.record_kind == filters.kind) & (_ENTRIES.c.record == filters.record)
    elif filters.record:
        yield _ENTRIES.c.record.istartswith(filters.record, autoescape=True)
    if filters.act:
        yield _ENTRIES.c.act.icontains(filters.act.strip().replace(" ", "_"), autoescape=True)


def _of_site(filters: HistoryFilters) -> Iterator[ColumnElement[bool]]:
    """Of those who read several sites: one of them, by its number."""
    if filters.site:
        of_study = _SITES.c.study_id == filters.study_id
        yield _ENTRIES.c.site_id.in_(select(_SITES.c.id).where(of_study, _SITES.c.number == filters.site))


def _of_days(filters: HistoryFilters) -> Iterator[ColumnElement[bool]]:
    zone = ZoneInfo(filters.zone)
    if filters.from_day is not None:
        yield _ENTRIES.c.at >= datetime.combine(filters.from_day, time(), zone)
    if filters.to_day is not None:
        yield _ENTRIES.c.at < datetime.combine(filters.to_day + timedelta(days=1), time(), zone)
    if filters.until is not None:
        yield _ENTRIES.c.at <= filters.until


def _page(
    connection: Connection, wanted: list[ColumnElement[bool]], filters: HistoryFilters
) -> tuple[list[RowMapping], bool, bool]:
    """Newest first, and whether older and newer entries are left on other pages."""
    if filters.after is not None:
        statement = select(_ENTRIES).where(*wanted, _ENTRIES.c.sequence > filters.after)
        rows = _rows(connection, statement.order_by(_ENTRIES.c.sequence))
        return rows[:PAGE_ENTRIES][::-1], True, len(rows) > PAGE_ENTRIES
    bound = [] if filters.before is None else [_ENTRIES.c.sequence < filters.before]
    rows = _rows(connection, _newest_first([*wanted, *bound]))
    return rows[:PAGE_ENTRIES], len(rows) > PAGE_ENTRIES, filters.before is not None


def _newest_first(wanted: list[ColumnElement[bool]]) -> Select[Any]:
    return select(_ENTRIES).where(*wanted).order_by(_ENTRIES.c.sequence.desc())


def _rows(connection: Connection, statement: Select[Any]) -> list[RowMapping]:
    return list(connection.execute(statement.limit(PAGE_ENTRIES + 1)).mappings())


def _count(connection: Connection, wanted: list[ColumnElement[bool]]) -> int:
    some = select(_ENTRIES.c.id).where(*wanted).limit(COUNTED_MAX + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def _entry(row: RowMapping, filters: HistoryFilters) -> HistoryEntry:
    """Told in the site's zone; where the whole study is read, in the zone of each act."""
    return HistoryEntry(
        sequence=row["sequence"],
        at=row["at"],
        zone=row["zone"] if filters.site_id is None else filters.zone,
        person=row["person"],
        record_kind=row["record_kind"],
        record=row["record"],
        sentence=_sentence(row),
        changes=_changes(row["old"] or {}, row["new"] or {}),
        reason=row["reason"] or "",
        release=row["release"],
        short_hash=row["hash"][:12],
        holds=link(content_of(row), row["previous_hash"]) == row["hash"],
    )


def _sentence(row: RowMapping) -> str:
    """The sentence without its reason, which stands beside it."""
    return sentence(row["act"], row["person"], row["record_kind"], row["record"], row["old"], row["new"], None)


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    names = [*old, *(name for name in new if name not in old)]
    return tuple(
        Change(name.replace("_", " "), _told(old.get(name)), _told(new.get(name)))
        for name in names
        if old.get(name) != new.get(name)
    )


def _told(value: Any) -> str:
    """A recorded value in words: moments to the minute, long hashes by their beginning."""
    text = plain(value)
    if _HASH.fullmatch(text):
        return f"{text[:12]}…"
    return f"{text[:10]} {text[11:16]} UTC" if _MOMENT.fullmatch(text) else text
