"""The time machine: what one person could see at an instant, rebuilt from what was only ever appended.

Roles come from their grants, which carry beginning, end and withdrawal; the account's state from the history of the
installation; subjects, kits and shipments from their events that were recorded by then; what was done from the
audit trail up to then, narrowed to what those roles let somebody read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, bindparam, func, or_, select

from irt.audit.entry import INSTALLATION, study_chain
from irt.blinding.actor import Actor, Grant
from irt.blinding.past import rights_of, shown_to, treatment_visible
from irt.blinding.roles import Permission, Role
from irt.blinding.views import BlindedView
from irt.errors import NotAllowed, NotFound
from irt.reads.blinded_history import HistoryEntry, HistoryFilters, history_until
from irt.states.subject import SUBJECT, SubjectEvent, SubjectStatus
from irt.states.table import words
from irt.tables.classes import without_keys
from irt.tables.columns import table_of
from irt.tables.kit import Kit, Movement
from irt.tables.people import Account, RoleGrant, SignedInSession
from irt.tables.record import AuditEntry
from irt.tables.shipment import Shipment, ShipmentStep
from irt.tables.study import Depot, Site, Study
from irt.tables.subject import CodeBreak, Screening, Subject
from irt.tables.subject import SubjectEvent as SubjectEventRow

RECORDS_MAX = 200
"""So many records of a kind are told; the rest is counted."""


@dataclass(frozen=True)
class PastRole(BlindedView):
    """A role in force then; `until` is empty where it had no end."""

    role: str
    where: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class PastRecord(BlindedView):
    """A record as it stood: its state in words, and since when."""

    number: str
    site: str
    state: str
    since: datetime


@dataclass(frozen=True)
class PastKind(BlindedView):
    """Records of one kind that were visible, and what their states were rebuilt from."""

    kind: str
    rebuilt_from: str
    total: int
    records: tuple[PastRecord, ...]


@dataclass(frozen=True)
class Past(BlindedView):
    """One person at one instant. `release`: the software that wrote the newest entry by then."""

    study_id: int
    protocol: str
    at: datetime
    username: str
    printed_name: str
    account: str
    signed_in: bool
    release: str
    head_sequence: int
    roles: tuple[PastRole, ...]
    rights: tuple[str, ...]
    shown: tuple[str, ...]
    treatment: tuple[str, ...]
    kinds: tuple[PastKind, ...]
    entries: tuple[HistoryEntry, ...]
    entries_total: int


@dataclass(frozen=True, slots=True)
class PersonThen:
    """Somebody as they were at the instant; `actor` holds nothing where the account was not open."""

    study: RowMapping
    person: RowMapping
    account: str
    held: tuple[RowMapping, ...]
    actor: Actor


_ACCOUNTS, _GRANTS, _SESSIONS = table_of(Account), table_of(RoleGrant), table_of(SignedInSession)
_STUDIES, _SITES, _DEPOTS = table_of(Study), table_of(Site), table_of(Depot)
_ENTRIES, _SUBJECTS, _SCREENINGS = table_of(AuditEntry), table_of(Subject), table_of(Screening)
_EVENTS, _KITS, _MOVES = table_of(SubjectEventRow), table_of(Kit), table_of(Movement)
_SHIPMENTS, _STEPS, _BREAKS = table_of(Shipment), table_of(ShipmentStep), table_of(CodeBreak)

_AXES = ("quality", "assignment", "accountability")
_STUDY = select(_STUDIES).where(_STUDIES.c.id == bindparam("study_id"))
_PERSON = select(*without_keys(_ACCOUNTS)).where(_ACCOUNTS.c.username == bindparam("username"))
_IN_FORCE_THEN = and_(
    _GRANTS.c.starts_at <= bindparam("at"),
    or_(_GRANTS.c.ends_at.is_(None), _GRANTS.c.ends_at > bindparam("at")),
    or_(_GRANTS.c.revoked_at.is_(None), _GRANTS.c.revoked_at > bindparam("at")),
)
_HELD = (
    select(_GRANTS, _SITES.c.number.label("site"), _DEPOTS.c.code.label("depot"))
    .outerjoin(_SITES, _SITES.c.id == _GRANTS.c.site_id)
    .outerjoin(_DEPOTS, _DEPOTS.c.id == _GRANTS.c.depot_id)
    .where(
        _GRANTS.c.account_id == bindparam("account_id"),
        _IN_FORCE_THEN,
        or_(
            _GRANTS.c.study_id == bindparam("study_id"),
            _GRANTS.c.study_id.is_(None)
            & or_(_GRANTS.c.sponsor_id.is_(None), _GRANTS.c.sponsor_id == bindparam("sponsor_id")),
        ),
    )
    .order_by(_GRANTS.c.id)
)
_CLOSINGS = (
    select(_ENTRIES.c.act)
    .where(
        _ENTRIES.c.chain == INSTALLATION,
        _ENTRIES.c.act.in_(("account_disabled", "account_reopened")),
        _ENTRIES.c.record == bindparam("username"),
        _ENTRIES.c.at <= bindparam("at"),
    )
    .order_by(_ENTRIES.c.sequence.desc())
    .limit(1)
)
_SIGNED_IN = (
    select(_SESSIONS.c.id)
    .where(
        _SESSIONS.c.account_id == bindparam("account_id"),
        _SESSIONS.c.started_at <= bindparam("at"),
        or_(_SESSIONS.c.ended_at > bindparam("at"), _SESSIONS.c.last_seen_at >= bindparam("at")),
    )
    .limit(1)
)
_NEWEST = (
    select(_ENTRIES.c.sequence, _ENTRIES.c.release)
    .where(_ENTRIES.c.chain == bindparam("chain"), _ENTRIES.c.at <= bindparam("at"))
    .order_by(_ENTRIES.c.sequence.desc())
    .limit(1)
)
_PEOPLE = (
    select(_ACCOUNTS.c.username, _ACCOUNTS.c.printed_name)
    .where(
        _ACCOUNTS.c.id.in_(
            select(_GRANTS.c.account_id).where(
                or_(
                    _GRANTS.c.study_id == bindparam("study_id"),
                    _GRANTS.c.study_id.is_(None)
                    & or_(_GRANTS.c.sponsor_id.is_(None), _GRANTS.c.sponsor_id == bindparam("sponsor_id")),
                )
            )
        )
    )
    .order_by(_ACCOUNTS.c.username)
)


def people_ever(connection: Connection, study_id: int) -> tuple[tuple[str, str], ...]:
    """User name and printed name of everybody who ever held a role that reaches the study."""
    study = _study(connection, study_id)
    rows = connection.execute(_PEOPLE, {"study_id": study_id, "sponsor_id": study["sponsor_id"]})
    return tuple((row.username, row.printed_name) for row in rows)


def past_of(connection: Connection, reader: Actor, study_id: int, username: str, at: datetime) -> Past:
    """What the person could see then; the reader sees no more of it than their own roles show.

    Whoever reads it looks over the whole study's trail and its roles; NotAllowed, or NotFound for a stranger.
    """
    reader.require(Permission.VIEW_AUDIT, study_id)
    reader.require(Permission.VIEW_ACCESS, study_id)
    found = person_then(connection, study_id, username, at)
    study, person, then = found.study, found.person, found.actor
    entries, total = _entries(connection, then, study_id, at)
    newest = connection.execute(_NEWEST, {"chain": study_chain(study_id), "at": at}).first()
    return Past(
        study_id=study_id,
        protocol=study["protocol"],
        at=at,
        username=username,
        printed_name=person["printed_name"],
        account=found.account,
        signed_in=connection.execute(_SIGNED_IN, {"account_id": person["id"], "at": at}).first() is not None,
        release="" if newest is None else newest.release,
        head_sequence=0 if newest is None else newest.sequence,
        roles=roles_told(found),
        rights=rights_of(then.grants),
        shown=shown_to(then.grants),
        treatment=(*treatment_visible(then.grants), *_broken(connection, study_id, person["id"], at)),
        kinds=tuple(_kinds(connection, then, study_id, at)),
        entries=entries,
        entries_total=total,
    )


def person_then(connection: Connection, study_id: int, username: str, at: datetime) -> PersonThen:
    """The person with the roles in force at the instant; NotFound where they never held one in this study."""
    study = _study(connection, study_id)
    person = connection.execute(_PERSON, {"username": username}).mappings().first()
    known = {name for name, _ in people_ever(connection, study_id)}
    if person is None or username not in known:
        raise NotFound("Nobody of that user name ever held a role in this study. Choose another person.")
    held = tuple(_held(connection, study, person["id"], at))
    account = _account(connection, person, at)
    grants = tuple(_grant(row, study_id) for row in held) if account == "open" else ()
    return PersonThen(study, person, account, held, Actor(person["id"], person["printed_name"], grants))


def roles_told(then: PersonThen) -> tuple[PastRole, ...]:
    """The roles in force at the instant, as a page tells them."""
    return tuple(_role(row) for row in then.held)


def _study(connection: Connection, study_id: int) -> RowMapping:
    row = connection.execute(_STUDY, {"study_id": study_id}).mappings().first()
    if row is None:
        raise NotFound("No such study. Check the address.")
    return row


def _held(connection: Connection, study: RowMapping, account_id: int, at: datetime) -> list[RowMapping]:
    asked = {"study_id": study["id"], "sponsor_id": study["sponsor_id"], "account_id": account_id, "at": at}
    return list(connection.execute(_HELD, asked).mappings())


def _account(connection: Connection, person: RowMapping, at: datetime) -> str:
    """Not yet made, locked, not trained or open; a lock may have been taken off since, the history tells."""
    if person["created_at"] > at:
        return "not yet made"
    last = connection.execute(_CLOSINGS, {"username": person["username"], "at": at}).scalar()
    if last == "account_disabled":
        return "locked"
    return "open"


def _grant(row: RowMapping, study_id: int) -> Grant:
    """Narrowed to the study: what the person could see elsewhere is not told."""
    return Grant(Role(row["role"]), row["sponsor_id"], study_id, row["site_id"], row["depot_id"])


def _role(row: RowMapping) -> PastRole:
    where = f"site {row['site']}" if row["site"] else f"depot {row['depot']}" if row["depot"] else "study"
    if row["study_id"] is None:
        where = "everywhere" if row["sponsor_id"] is None else "all studies of the sponsor"
    return PastRole(words(row["role"]), where, row["starts_at"], row["ends_at"])


def _broken(connection: Connection, study_id: int, account_id: int, at: datetime) -> Iterator[str]:
    """Codes this person had broken by then: that they did, which everybody may know."""
    asked = select(_SUBJECTS.c.number, _BREAKS.c.at).join(_BREAKS, _BREAKS.c.subject_id == _SUBJECTS.c.id)
    wanted = (_BREAKS.c.study_id == study_id, _BREAKS.c.account_id == account_id, _BREAKS.c.at <= at)
    for row in connection.execute(asked.where(*wanted).order_by(_BREAKS.c.id)):
        since = f"{row.at:%d %b %Y %H:%M} UTC"
        yield f"Treatment was visible to this person: they broke the code of subject {row.number} on {since}."


def _entries(
    connection: Connection, then: Actor, study_id: int, at: datetime
) -> tuple[tuple[HistoryEntry, ...], int]:
    """The newest entries they could read, and how many in all; none where no role let them."""
    try:
        return history_until(connection, then, HistoryFilters(study_id=study_id, until=at))
    except NotAllowed:
        return (), 0


def _kinds(connection: Connection, then: Actor, study_id: int, at: datetime) -> Iterator[PastKind]:
    sites = sites_by_id(connection, study_id)
    told = (
        (Permission.VIEW_SUBJECTS, "Subjects", "events of subjects", _subjects),
        (Permission.VIEW_STOCK, "Kits at sites", "movements of kits", _kits),
        (Permission.RECEIVE_SHIPMENT, "Shipments", "steps of shipments", _shipments),
        (Permission.VIEW_SUPPLY, "Shipments", "steps of shipments", _shipments),
    )
    seen: set[str] = set()
    for permission, kind, source, find in told:
        reach = _reach(then, permission, study_id, sites)
        if kind in seen or not reach:
            continue
        seen.add(kind)
        found = sorted(find(connection, study_id, at, reach), key=lambda one: (one.site, one.number))
        yield PastKind(kind, source, len(found), tuple(found[:RECORDS_MAX]))


def sites_by_id(connection: Connection, study_id: int) -> dict[int, str]:
    """Numbers of the study's sites."""
    rows = connection.execute(select(_SITES.c.id, _SITES.c.number).where(_SITES.c.study_id == study_id))
    return {row.id: row.number for row in rows}


def _reach(then: Actor, permission: Permission, study_id: int, sites: dict[int, str]) -> dict[int, str]:
    """The sites at which a role allowed it."""
    allowed = [grant for grant in then.grants if grant.covers(permission, study_id, None)]
    return {
        number: name for number, name in sites.items() if any(grant.site_id in (None, number) for grant in allowed)
    }


def _subjects(connection: Connection, study_id: int, at: datetime, reach: dict[int, str]) -> Iterator[PastRecord]:
    """Each subject's events by then, played through the table of its life."""
    begun = _begun(connection, study_id, at)
    lives: dict[int, tuple[SubjectStatus, datetime]] = {
        subject: (SubjectStatus.SCREENING, since) for subject, since in begun.items()
    }
    events = select(_EVENTS.c.subject_id, _EVENTS.c.kind, _EVENTS.c.at)
    for row in connection.execute(
        events.where(_EVENTS.c.study_id == study_id, _EVENTS.c.at <= at).order_by(_EVENTS.c.id)
    ):
        status, since = lives.get(row.subject_id, (SubjectStatus.SCREENING, row.at))
        if row.kind in set(SubjectEvent):
            after = SUBJECT[status, SubjectEvent(row.kind)]
            lives[row.subject_id] = (after, since if after == status else row.at)
    rows = connection.execute(
        select(_SUBJECTS.c.id, _SUBJECTS.c.number, _SUBJECTS.c.site_id).where(_SUBJECTS.c.study_id == study_id)
    )
    for row in rows:
        if row.id in lives and row.site_id in reach:
            status, since = lives[row.id]
            yield PastRecord(row.number, reach[row.site_id], words(status), since)


def _begun(connection: Connection, study_id: int, at: datetime) -> dict[int, datetime]:
    """When each subject was entered: the first entry about it."""
    named = (
        select(_SUBJECTS.c.id, func.min(_ENTRIES.c.at).label("at"))
        .join(_ENTRIES, and_(_ENTRIES.c.record_kind == "subject", _ENTRIES.c.record == _SUBJECTS.c.number))
        .where(_SUBJECTS.c.study_id == study_id, _ENTRIES.c.chain == study_chain(study_id), _ENTRIES.c.at <= at)
        .group_by(_SUBJECTS.c.id)
    )
    return {row.id: row.at for row in connection.execute(named)}


def _kits(connection: Connection, study_id: int, at: datetime, reach: dict[int, str]) -> Iterator[PastRecord]:
    """Where each kit's last movement by then had left it; told where that was one of the sites."""
    last = (
        select(func.max(_MOVES.c.id).label("id"))
        .where(_MOVES.c.study_id == study_id, _MOVES.c.recorded_at <= at)
        .group_by(_MOVES.c.kit_id)
        .subquery()
    )
    rows = connection.execute(
        select(_MOVES, _KITS.c.number)
        .join(last, last.c.id == _MOVES.c.id)
        .join(_KITS, _KITS.c.id == _MOVES.c.kit_id)
        .where(_MOVES.c.custody == "site", _MOVES.c.place_id.in_(sorted(reach)))
    ).mappings()
    for row in rows:
        axes = ", ".join(str(row[axis]) for axis in _AXES if row[axis] != "none")
        yield PastRecord(row["number"], reach[row["place_id"]], words(axes), row["recorded_at"])


def _shipments(connection: Connection, study_id: int, at: datetime, reach: dict[int, str]) -> Iterator[PastRecord]:
    """Each shipment's last step by then."""
    last: Any = (
        select(func.max(_STEPS.c.id).label("id"))
        .where(_STEPS.c.study_id == study_id, _STEPS.c.recorded_at <= at)
        .group_by(_STEPS.c.shipment_id)
        .subquery()
    )
    rows = connection.execute(
        select(_SHIPMENTS.c.number, _SHIPMENTS.c.site_id, _STEPS.c.status, _STEPS.c.recorded_at)
        .join(_STEPS, _STEPS.c.shipment_id == _SHIPMENTS.c.id)
        .join(last, last.c.id == _STEPS.c.id)
        .where(_SHIPMENTS.c.site_id.in_(sorted(reach)))
    )
    for row in rows:
        yield PastRecord(row.number, reach[row.site_id], words(row.status), row.recorded_at)
