"""Who is asking: server-side sessions, of which only the token's hash is stored."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, RowMapping, bindparam, func, select, update

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Permission, Role
from irt.blinding.sign_in_rules import half_open_is_over, session_is_over
from irt.reads.roll import IN_FORCE, SPREAD_OUT, reaches_something
from irt.services.credentials import has_second_factor
from irt.services.store import Store
from irt.services.work import Work
from irt.states.table import words
from irt.tables.columns import table_of
from irt.tables.people import Account, RoleGrant, SignedInSession
from irt.tables.study import Site, Study

TOUCH_EVERY = timedelta(minutes=1)
"""How often a session's last request is written down: idle time is judged to within this."""

_SESSIONS, _ACCOUNTS = table_of(SignedInSession), table_of(Account)
_GRANTS, _STUDIES, _SITES = table_of(RoleGrant), table_of(Study), table_of(Site)

_SESSION = (
    select(
        _SESSIONS.c.id.label("session_id"),
        _SESSIONS.c.started_at,
        _SESSIONS.c.last_seen_at,
        _SESSIONS.c.second_factor_at,
        _ACCOUNTS.c.id.label("account_id"),
        _ACCOUNTS.c.printed_name,
        _ACCOUNTS.c.second_factor_confirmed_at,
        _ACCOUNTS.c.passkeys_since,
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _SESSIONS.c.account_id)
    .where(
        _SESSIONS.c.token_hash == bindparam("token_hash"),
        _SESSIONS.c.ended_at.is_(None),
        _ACCOUNTS.c.disabled_at.is_(None),
    )
)
_IN_FORCE = (
    select(
        _GRANTS.c.role,
        _GRANTS.c.sponsor_id,
        func.coalesce(_GRANTS.c.study_id, _STUDIES.c.id).label("study_id"),
        _GRANTS.c.country,
        func.coalesce(_GRANTS.c.site_id, _SITES.c.id).label("site_id"),
        _GRANTS.c.depot_id,
    )
    .select_from(SPREAD_OUT)
    .where(_GRANTS.c.account_id == bindparam("account_id"), IN_FORCE)
    .order_by(_GRANTS.c.id, _SITES.c.id)
)
_TOUCH = update(_SESSIONS).where(_SESSIONS.c.id == bindparam("of_id")).values(last_seen_at=bindparam("seen_at"))


def hash_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def start_session(work: Work, account_id: int, client: str, second_factor_at: datetime | None) -> SecretStr:
    """Begins a session and gives its token, which is told once and never stored."""
    token = secrets.token_urlsafe(32)
    work.append(
        SignedInSession,
        token_hash=hash_of(token),
        account_id=account_id,
        started_at=work.at,
        last_seen_at=work.at,
        second_factor_at=second_factor_at,
        client=client[:200],
    )
    return SecretStr(token)


def open_session(connection: Connection, token: str, now: datetime) -> RowMapping | None:
    """The session of a token, if it has not ended, together with its account."""
    found = connection.execute(_SESSION, {"token_hash": hash_of(token)}).mappings().first()
    if found is None or session_is_over(found["started_at"], found["last_seen_at"], now):
        return None
    return found


def waits_for_code(session: RowMapping) -> bool:
    """Whether the session's second factor, a six-digit code or a passkey, is still missing."""
    return has_second_factor(session) and session["second_factor_at"] is None


def actor_of_session(store: Store, token: str, now: datetime, *, touch: bool = True) -> Actor | None:
    """The person behind a session's token, with the grants in force now; None where it is over or half open.

    A page that asks by itself does not `touch`: only what a person does keeps the session alive.
    """
    with store.reading_past_wall() as connection:
        session = open_session(connection, token, now)
        if session is None or waits_for_code(session):
            return None
        actor = load_actor(connection, session["account_id"], session["printed_name"], now, session["session_id"])
    if touch and now - session["last_seen_at"] >= TOUCH_EVERY:
        with store.writing() as connection:
            connection.execute(_TOUCH, {"of_id": session["session_id"], "seen_at": now})
    return actor


def emergency_actor(store: Store, token: str, now: datetime) -> Actor | None:
    """The person behind a session whose six-digit code is missing: may break a code, and nothing else."""
    with store.reading_past_wall() as connection:
        session = open_session(connection, token, now)
        if session is None or half_open_is_over(session["started_at"], now):
            return None
        return load_actor(
            connection,
            session["account_id"],
            session["printed_name"],
            now,
            session["session_id"],
            frozenset({Permission.BREAK_CODE}),
        )


def load_actor(
    connection: Connection,
    account_id: int,
    printed_name: str,
    now: datetime,
    session_id: int | None = None,
    scopes: frozenset[str] | None = None,
) -> Actor:
    """A person with the grants in force now."""
    rows = connection.execute(_IN_FORCE, {"account_id": account_id, "now": now}).mappings()
    grants = tuple(_grant(row) for row in rows if reaches_something(row))
    return Actor(account_id, name_with_roles(printed_name, (g.role for g in grants)), grants, scopes, session_id)


def name_with_roles(printed_name: str, roles: Iterable[Role]) -> str:
    """The person as the audit trail names them, as 'Ines Marek, pharmacist'."""
    held = sorted({words(role).lower() for role in roles})
    return ", ".join([printed_name, *held])


def _grant(row: Any) -> Grant:
    return Grant(Role(row["role"]), row["sponsor_id"], row["study_id"], row["site_id"], row["depot_id"])
