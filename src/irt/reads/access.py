"""Who has access to a study, how they came by it, and what whoever reviews it should look at."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, or_, select

from irt.audit.chain import canonical
from irt.blinding.access import AccessFinding, HeldAccess, findings, review_is_due
from irt.blinding.roles import Role
from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.reads.roll import IN_FORCE, LAST_SIGN_IN
from irt.tables.columns import table_of
from irt.tables.people import Account, RoleGrant
from irt.tables.record import Signature
from irt.tables.study import Depot, Site, Study

RECORD_KIND = "access review"


@dataclass(frozen=True)
class Access(BlindedView):
    """One role of one person that reaches the study; `where`: everywhere, study, or a country, site or depot."""

    grant_id: int
    username: str
    printed_name: str
    role: Role
    where: str
    since: datetime
    ends_at: datetime | None
    revoked_at: datetime | None
    granted_by: str
    reason: str
    last_sign_in: datetime | None
    findings: tuple[AccessFinding, ...]


@dataclass(frozen=True)
class Reviewed(BlindedView):
    """A review that was signed."""

    record: str
    at: datetime
    by: str
    role: str


@dataclass(frozen=True)
class AccessOfStudy(BlindedView):
    """The roles in force, by name; `hash` is what a reviewer signs."""

    study_id: int
    protocol: str
    mode: str
    lines: tuple[Access, ...]
    reviews: tuple[Reviewed, ...]
    due: bool
    hash: str

    @property
    def to_look_at(self) -> int:
        """How many roles have a finding."""
        return sum(bool(line.findings) for line in self.lines)


_ACCOUNTS, _GRANTS = table_of(Account), table_of(RoleGrant)
_STUDIES, _SITES, _DEPOTS = table_of(Study), table_of(Site), table_of(Depot)
_SIGNATURES, _GIVERS = table_of(Signature), table_of(Account).alias("giver")
_STUDY = select(_STUDIES).where(_STUDIES.c.id == bindparam("study_id"))
_LAST = LAST_SIGN_IN.subquery()
_REACHING = (
    select(
        _GRANTS,
        _ACCOUNTS.c.username,
        _ACCOUNTS.c.printed_name,
        _ACCOUNTS.c.trained_at,
        _ACCOUNTS.c.disabled_at,
        _SITES.c.number.label("site"),
        _DEPOTS.c.code.label("depot"),
        _GIVERS.c.printed_name.label("granted_by"),
        _LAST.c.at.label("last_sign_in"),
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _GRANTS.c.account_id)
    .outerjoin(_SITES, _SITES.c.id == _GRANTS.c.site_id)
    .outerjoin(_DEPOTS, _DEPOTS.c.id == _GRANTS.c.depot_id)
    .outerjoin(_GIVERS, _GIVERS.c.id == _GRANTS.c.granted_by_id)
    .outerjoin(_LAST, _LAST.c.username == _ACCOUNTS.c.username)
    .where(
        or_(
            _GRANTS.c.study_id == bindparam("study_id"),
            _GRANTS.c.study_id.is_(None)
            & or_(_GRANTS.c.sponsor_id.is_(None), _GRANTS.c.sponsor_id == bindparam("sponsor_id")),
        )
    )
    .order_by(_ACCOUNTS.c.printed_name, _ACCOUNTS.c.username, _GRANTS.c.id)
)
_NOW_REACHING = _REACHING.where(IN_FORCE)
_REVIEWS = (
    select(_SIGNATURES)
    .where(_SIGNATURES.c.study_id == bindparam("study_id"), _SIGNATURES.c.record_kind == RECORD_KIND)
    .order_by(_SIGNATURES.c.id.desc())
)


def access_to(connection: Connection, study_id: int, now: datetime) -> AccessOfStudy:
    """The roles that are in force in a study, those of the whole installation too; NotFound without a study."""
    study = _study(connection, study_id)
    lines = tuple(_lines(connection, _NOW_REACHING, study, now))
    reviews = tuple(
        Reviewed(row["record"], row["at"], row["printed_name"], row["role"])
        for row in connection.execute(_REVIEWS, {"study_id": study_id}).mappings()
    )
    due = review_is_due(reviews[0].at if reviews else None, study["opened_at"], now)
    return AccessOfStudy(study_id, study["protocol"], study["mode"], lines, reviews, due, _hash(lines))


def history_of_access(connection: Connection, study_id: int, now: datetime) -> tuple[Access, ...]:
    """Every role that anybody ever held in a study, oldest first (E6-40)."""
    study = _study(connection, study_id)
    return tuple(sorted(_lines(connection, _REACHING, study, now), key=lambda line: (line.since, line.grant_id)))


def _study(connection: Connection, study_id: int) -> RowMapping:
    row = connection.execute(_STUDY, {"study_id": study_id}).mappings().first()
    if row is None:
        raise NotFound("No such study. Check the address.")
    return row


def _lines(connection: Connection, reaching: Select[Any], study: RowMapping, now: datetime) -> Iterator[Access]:
    asked = {"study_id": study["id"], "sponsor_id": study["sponsor_id"], "now": now}
    for row in connection.execute(reaching, asked).mappings():
        yield _line(row, now)


def _line(row: RowMapping, now: datetime) -> Access:
    held = HeldAccess(
        role=Role(row["role"]),
        since=row["starts_at"],
        ends_at=row["ends_at"],
        in_one_study=row["study_id"] is not None,
        trained=row["trained_at"] is not None,
        locked=row["disabled_at"] is not None,
        last_sign_in=row["last_sign_in"],
    )
    return Access(
        grant_id=row["id"],
        username=row["username"],
        printed_name=row["printed_name"],
        role=held.role,
        where=_where(row),
        since=held.since,
        ends_at=held.ends_at,
        revoked_at=row["revoked_at"],
        granted_by=row["granted_by"] or "",
        reason=row["reason"],
        last_sign_in=held.last_sign_in,
        findings=findings(held, now),
    )


def _where(row: RowMapping) -> str:
    if row["site"] is not None:
        return f"site {row['site']}"
    if row["depot"] is not None:
        return f"depot {row['depot']}"
    if row["country"] is not None:
        return f"sites in {row['country']}"
    if row["study_id"] is not None:
        return "study"
    return "everywhere" if row["sponsor_id"] is None else "all studies of the sponsor"


def _hash(lines: tuple[Access, ...]) -> str:
    """Of who holds what and where; not of the last sign-in, which moves while somebody reads."""
    held = [[line.grant_id, line.username, line.role, line.where, line.ends_at] for line in lines]
    return hashlib.sha256(canonical({"held": held}).encode()).hexdigest()
