"""The roll of an installation: its people, the roles they hold now and where, and when they last signed in."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, and_, bindparam, func, or_, select

from irt.blinding.roles import Role
from irt.blinding.views import BlindedView
from irt.states.records import Mode
from irt.tables.classes import without_keys
from irt.tables.columns import table_of
from irt.tables.people import Account, RoleGrant, SignInAttempt
from irt.tables.study import Depot, Site, Sponsor, Study


@dataclass(frozen=True)
class HeldNow(BlindedView):
    """A role in force; without study and sponsor it holds everywhere."""

    grant_id: int
    username: str
    role: Role
    sponsor: str | None
    study: str | None
    mode: Mode | None
    country: str | None
    site: str | None
    depot: str | None
    ends_at: datetime | None


@dataclass(frozen=True)
class OnRoll(BlindedView):
    """One person."""

    username: str
    printed_name: str
    email: str
    trained: bool
    closed: bool
    last_sign_in: datetime | None
    roles: tuple[HeldNow, ...]


_ACCOUNTS, _GRANTS, _ATTEMPTS = table_of(Account), table_of(RoleGrant), table_of(SignInAttempt)
_SPONSORS, _STUDIES, _SITES, _DEPOTS = table_of(Sponsor), table_of(Study), table_of(Site), table_of(Depot)
IN_FORCE = and_(
    _GRANTS.c.starts_at <= bindparam("now"),
    or_(_GRANTS.c.ends_at.is_(None), _GRANTS.c.ends_at > bindparam("now")),
    _GRANTS.c.revoked_at.is_(None),
)
"""Of a grant: its role holds at the moment `now`."""
SPREAD_OUT = _GRANTS.outerjoin(
    _STUDIES, and_(_GRANTS.c.study_id.is_(None), _STUDIES.c.sponsor_id == _GRANTS.c.sponsor_id)
).outerjoin(
    _SITES,
    and_(
        _GRANTS.c.country.is_not(None),
        _SITES.c.study_id == _GRANTS.c.study_id,
        _SITES.c.country == _GRANTS.c.country,
    ),
)
"""A grant for all studies of a sponsor once for each, so that it never reaches another sponsor's; one for a country
once for each of its sites, those opened since among them."""
LAST_SIGN_IN = (
    select(_ATTEMPTS.c.username, func.max(_ATTEMPTS.c.at).label("at"))
    .where(_ATTEMPTS.c.succeeded, _ATTEMPTS.c.purpose == "sign_in")
    .group_by(_ATTEMPTS.c.username)
)
"""When each user name last got in."""
_HELD = (
    select(
        _GRANTS.c.id,
        _ACCOUNTS.c.username,
        _GRANTS.c.role,
        _SPONSORS.c.name.label("sponsor"),
        _STUDIES.c.protocol,
        _STUDIES.c.mode,
        _GRANTS.c.country,
        _SITES.c.number,
        _DEPOTS.c.code,
        _GRANTS.c.ends_at,
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _GRANTS.c.account_id)
    .outerjoin(_SPONSORS, _SPONSORS.c.id == _GRANTS.c.sponsor_id)
    .outerjoin(_STUDIES, _STUDIES.c.id == _GRANTS.c.study_id)
    .outerjoin(_SITES, _SITES.c.id == _GRANTS.c.site_id)
    .outerjoin(_DEPOTS, _DEPOTS.c.id == _GRANTS.c.depot_id)
    .where(IN_FORCE)
    .order_by(_GRANTS.c.id)
)
_PEOPLE = select(*without_keys(_ACCOUNTS)).order_by(_ACCOUNTS.c.username)


def reaches_something(row: RowMapping) -> bool:
    """Whether a grant that was spread out reaches anything yet.

    A sponsor may have no study, and a country no site: left as it is, such a grant would hold everywhere.
    """
    no_study = row["sponsor_id"] is not None and row["study_id"] is None
    return not no_study and not (row["country"] is not None and row["site_id"] is None)


def roles_in_force(connection: Connection, now: datetime) -> tuple[HeldNow, ...]:
    """Every role somebody holds at that moment, oldest first."""
    return tuple(_held(row) for row in connection.execute(_HELD, {"now": now}).mappings())


def roll(connection: Connection, now: datetime) -> tuple[OnRoll, ...]:
    """Every account by user name: closed ones too, and the installation's own."""
    held: dict[str, list[HeldNow]] = defaultdict(list)
    for role in roles_in_force(connection, now):
        held[role.username].append(role)
    last = {row.username: row.at for row in connection.execute(LAST_SIGN_IN)}
    rows = connection.execute(_PEOPLE).mappings()
    return tuple(_person(row, last.get(row["username"]), held[row["username"]]) for row in rows)


def _held(row: RowMapping) -> HeldNow:
    return HeldNow(
        row["id"],
        row["username"],
        Role(row["role"]),
        row["sponsor"],
        row["protocol"],
        None if row["mode"] is None else Mode(row["mode"]),
        row["country"],
        row["number"],
        row["code"],
        row["ends_at"],
    )


def _person(row: RowMapping, last_sign_in: datetime | None, roles: list[HeldNow]) -> OnRoll:
    return OnRoll(
        row["username"],
        row["printed_name"],
        row["email"],
        row["trained_at"] is not None,
        row["disabled_at"] is not None,
        last_sign_in,
        tuple(roles),
    )
