"""A calendar address of one's own: made, replaced and stopped. Whoever has it reads the days, and nothing else."""

import secrets
from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.actor import Actor
from irt.errors import BadInput
from irt.services.audit_draft import AuditDraft
from irt.services.sessions import hash_of, load_actor
from irt.services.store import Store
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.people import Account, CalendarFeed


class MakeFeed(SQLModel):
    """A new address in place of the one there was."""


class FeedMade(SQLModel):
    """The secret part of the address: told once, to its owner, and in no record."""

    token: SecretStr | None = Field(default=None, exclude=True)


class StopFeed(SQLModel):
    """No address any more."""


class FeedStopped(SQLModel):
    """How many addresses stopped working: one or none."""

    stopped: int


_FEEDS, _ACCOUNTS = table_of(CalendarFeed), table_of(Account)
_OPEN = (
    select(_FEEDS.c.id)
    .where(_FEEDS.c.account_id == bindparam("account_id"), _FEEDS.c.revoked_at.is_(None))
    .with_for_update(key_share=True)
)
_STOP = update(_FEEDS).where(_FEEDS.c.id == bindparam("of_id")).values(revoked_at=bindparam("to_at"))
_OWNER = (
    select(_ACCOUNTS.c.id, _ACCOUNTS.c.printed_name)
    .join(_FEEDS, _FEEDS.c.account_id == _ACCOUNTS.c.id)
    .where(
        _FEEDS.c.token_hash == bindparam("token_hash"),
        _FEEDS.c.revoked_at.is_(None),
        _ACCOUNTS.c.disabled_at.is_(None),
    )
)


def make_feed(work: Work, ask: MakeFeed) -> FeedMade:
    """Makes an address for oneself; an earlier one stops working at once. A token makes none."""
    if work.actor.scopes is not None:
        raise BadInput("A token cannot make a calendar address. Sign in to make one.")
    _stop(work)
    token = secrets.token_urlsafe(32)
    work.append(
        CalendarFeed,
        token_hash=hash_of(token),
        account_id=work.actor.account_id,
        created_at=work.at,
        revoked_at=None,
    )
    work.audit(AuditDraft("calendar_made", "calendar", "own"))
    return FeedMade(token=SecretStr(token))


def stop_feed(work: Work, ask: StopFeed) -> FeedStopped:
    """Stops one's own address at once."""
    stopped = _stop(work)
    work.audit(AuditDraft("calendar_stopped", "calendar", "own", new={"stopped": stopped}))
    return FeedStopped(stopped=stopped)


def reader_of_feed(store: Store, token: str, now: datetime) -> Actor | None:
    """The owner of an address with the grants in force now; None where it does not work."""
    with store.reading_past_wall() as connection:
        found = connection.execute(_OWNER, {"token_hash": hash_of(token)}).mappings().first()
        return None if found is None else load_actor(connection, found["id"], found["printed_name"], now)


def _stop(work: Work) -> int:
    rows = work.rows(_OPEN, account_id=work.actor.account_id)
    for row in rows:
        work.run(_STOP, {"of_id": row["id"], "to_at": work.at})
    return len(rows)
