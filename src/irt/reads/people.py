"""People as administrators see them: accounts, grants past and present, sessions, attempts, tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, Select, bindparam, or_, select

from irt.blinding.roles import Role
from irt.blinding.sign_in_rules import session_is_over
from irt.blinding.views import BlindedView
from irt.blinding.whereabouts import whereabouts
from irt.errors import NotFound
from irt.tables.classes import without_keys
from irt.tables.columns import table_of
from irt.tables.people import Account, ApiToken, RoleGrant, SignedInSession, SignInAttempt
from irt.tables.study import Depot, Site, Study

PAGE_ROWS = 50


@dataclass(frozen=True)
class AccountShown(BlindedView):
    """One person of the installation."""

    id: int
    username: str
    printed_name: str
    trained: bool
    disabled: bool
    second_factor: bool
    created_at: datetime


@dataclass(frozen=True)
class GrantShown(BlindedView):
    """One role of a person, in force or history. No study: everywhere, or all studies of the sponsor."""

    id: int
    role: Role
    study_id: int | None
    study: str | None
    country: str | None
    site: str | None
    depot: str | None
    starts_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None
    granted_by: str
    reason: str

    def in_force(self, now: datetime) -> bool:
        """Whether the role holds at that moment."""
        ended = self.ends_at is not None and self.ends_at <= now
        return self.starts_at <= now and not ended and self.revoked_at is None

    @property
    def where(self) -> str:
        """As in 'NB-301 (production), site 1014'."""
        return where_words(self.study, self.country, self.site, self.depot)


def where_words(study: str | None, country: str | None, site: str | None, depot: str | None) -> str:
    """A place in words: the study or everywhere, and its sites in a country, a site, or a depot."""
    narrower = (("sites in", country), ("site", site), ("depot", depot))
    return ", ".join([study or "Everywhere", *(f"{kind} {name}" for kind, name in narrower if name)])


@dataclass(frozen=True)
class SessionShown(BlindedView):
    """A session that is open now."""

    id: int
    client: str
    started_at: datetime
    last_seen_at: datetime
    second_factor: bool

    @property
    def where(self) -> str:
        """From where, in words that place nobody."""
        return whereabouts(self.client)


@dataclass(frozen=True)
class AttemptShown(BlindedView):
    """One attempt to sign in or to sign."""

    username: str
    succeeded: bool
    purpose: str
    at: datetime
    client: str

    @property
    def where(self) -> str:
        """From where, in words that place nobody; a signature is made in a session."""
        return "a session" if self.client.startswith("session ") else whereabouts(self.client)


@dataclass(frozen=True)
class TokenShown(BlindedView):
    """A token of another system, without its secret."""

    public_id: str
    scopes: tuple[str, ...]
    expires_at: datetime
    revoked_at: datetime | None


_ACCOUNTS, _GRANTS, _SESSIONS = table_of(Account), table_of(RoleGrant), table_of(SignedInSession)
_ATTEMPTS, _TOKENS = table_of(SignInAttempt), table_of(ApiToken)
_STUDIES, _SITES, _DEPOTS = table_of(Study), table_of(Site), table_of(Depot)
_GIVERS = _ACCOUNTS.alias("giver")

_ALL = (
    select(*without_keys(_ACCOUNTS)).where(_ACCOUNTS.c.username > bindparam("after")).order_by(_ACCOUNTS.c.username)
)
_ONE = select(*without_keys(_ACCOUNTS)).where(_ACCOUNTS.c.id == bindparam("account_id"))
_GRANTED = (
    select(
        _GRANTS,
        (_STUDIES.c.protocol + " (" + _STUDIES.c.mode + ")").label("study"),
        _SITES.c.number.label("site"),
        _DEPOTS.c.code.label("depot"),
        _GIVERS.c.printed_name.label("granted_by"),
    )
    .outerjoin(_STUDIES, _STUDIES.c.id == _GRANTS.c.study_id)
    .outerjoin(_SITES, _SITES.c.id == _GRANTS.c.site_id)
    .outerjoin(_DEPOTS, _DEPOTS.c.id == _GRANTS.c.depot_id)
    .join(_GIVERS, _GIVERS.c.id == _GRANTS.c.granted_by_id)
    .where(_GRANTS.c.account_id == bindparam("account_id"))
    .order_by(_GRANTS.c.starts_at, _GRANTS.c.id)
)
_OPEN = (
    select(*without_keys(_SESSIONS))
    .where(_SESSIONS.c.account_id == bindparam("account_id"), _SESSIONS.c.ended_at.is_(None))
    .order_by(_SESSIONS.c.started_at.desc(), _SESSIONS.c.id)
)
_TRIED = (
    select(_ATTEMPTS)
    .where(_ATTEMPTS.c.at > bindparam("since"))
    .order_by(_ATTEMPTS.c.at.desc(), _ATTEMPTS.c.id.desc())
    .limit(PAGE_ROWS)
)
_TRIED_WITH = _TRIED.where(_ATTEMPTS.c.username == bindparam("username"))
_OWNED = (
    select(*without_keys(_TOKENS))
    .where(_TOKENS.c.account_id == bindparam("account_id"))
    .order_by(_TOKENS.c.created_at)
)


def accounts(
    connection: Connection, after: str = "", words: str = "", limit: int = PAGE_ROWS
) -> tuple[AccountShown, ...]:
    """Accounts by user name, those after the named one, whose name or user name holds the words."""
    names = (_ACCOUNTS.c.username, _ACCOUNTS.c.printed_name)
    statement = _ALL.where(or_(*(name.icontains(words, autoescape=True) for name in names)))
    rows = connection.execute(statement.limit(limit), {"after": after}).mappings()
    return tuple(_account(row) for row in rows)


def account_shown(connection: Connection, account_id: int) -> AccountShown:
    """One person; NotFound where nobody has that number."""
    rows = _rows(connection, _ONE, account_id)
    if not rows:
        raise NotFound("No such person. Check the address, or open the list of people.")
    return _account(rows[0])


def grants_of(connection: Connection, account_id: int) -> tuple[GrantShown, ...]:
    """Every role a person ever had, oldest first."""
    return tuple(_grant(row) for row in _rows(connection, _GRANTED, account_id))


def open_sessions(connection: Connection, account_id: int, now: datetime) -> tuple[SessionShown, ...]:
    """The sessions of a person that are open now, newest first."""
    return tuple(
        SessionShown(
            row["id"],
            row["client"],
            row["started_at"],
            row["last_seen_at"],
            row["second_factor_at"] is not None,
        )
        for row in _rows(connection, _OPEN, account_id)
        if not session_is_over(row["started_at"], row["last_seen_at"], now)
    )


def recent_attempts(connection: Connection, now: datetime, within: timedelta) -> tuple[AttemptShown, ...]:
    """The newest fifty attempts of the whole installation within that time."""
    rows = connection.execute(_TRIED, {"since": now - within}).mappings()
    return tuple(_attempt(row) for row in rows)


def attempts_with(connection: Connection, username: str, since: datetime) -> tuple[AttemptShown, ...]:
    """The newest fifty attempts with one user name after that moment."""
    rows = connection.execute(_TRIED_WITH, {"since": since, "username": username}).mappings()
    return tuple(_attempt(row) for row in rows)


def tokens_of(connection: Connection, account_id: int) -> tuple[TokenShown, ...]:
    """A person's tokens, oldest first."""
    return tuple(
        TokenShown(row["public_id"], tuple(row["scopes"]), row["expires_at"], row["revoked_at"])
        for row in _rows(connection, _OWNED, account_id)
    )


def _rows(connection: Connection, statement: Select[tuple[object, ...]], account_id: int) -> Sequence[RowMapping]:
    return connection.execute(statement, {"account_id": account_id}).mappings().all()


def _attempt(row: RowMapping) -> AttemptShown:
    return AttemptShown(row["username"], row["succeeded"], row["purpose"], row["at"], row["client"])


def _account(row: RowMapping) -> AccountShown:
    return AccountShown(
        row["id"],
        row["username"],
        row["printed_name"],
        row["trained_at"] is not None,
        row["disabled_at"] is not None,
        row["second_factor_confirmed_at"] is not None or row["passkeys_since"] is not None,
        row["created_at"],
    )


def _grant(row: RowMapping) -> GrantShown:
    return GrantShown(
        row["id"],
        Role(row["role"]),
        row["study_id"],
        row["study"],
        row["country"],
        row["site"],
        row["depot"],
        row["starts_at"],
        row["ends_at"],
        row["revoked_at"],
        row["granted_by"],
        row["reason"],
    )
