"""Tokens of other systems: scoped, expiring, shown once, stored as a hash. A token acts for its owner."""

import hmac
import secrets
from datetime import datetime, timedelta

from pydantic import AwareDatetime, SecretStr
from sqlalchemy import bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.services.audit_draft import AuditDraft
from irt.services.sessions import hash_of, load_actor
from irt.services.store import Store
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.people import Account, ApiToken

PREFIX = "irt"
TOKEN_LIFE_MAX = timedelta(days=366)


class IssueToken(SQLModel):
    """What the token may do, of what its owner may do, and until when (UTC)."""

    scopes: list[Permission] = Field(min_length=1)
    expires_at: AwareDatetime


class TokenIssued(SQLModel):
    """The token: told once, to its owner, and in no record."""

    public_id: str
    expires_at: AwareDatetime
    token: SecretStr | None = Field(default=None, exclude=True)


class RevokeToken(SQLModel):
    """The token that must not work any more."""

    public_id: str


class TokenRevoked(SQLModel):
    """The token is history."""

    public_id: str


_TOKENS, _ACCOUNTS = table_of(ApiToken), table_of(Account)
_TOKEN = (
    select(_TOKENS, _ACCOUNTS.c.printed_name, _ACCOUNTS.c.username, _ACCOUNTS.c.disabled_at)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _TOKENS.c.account_id)
    .where(_TOKENS.c.public_id == bindparam("public_id"))
)


def issue_token(work: Work, ask: IssueToken) -> TokenIssued:
    """Makes a token for oneself. A token cannot make another: it would outlive its own expiry."""
    if work.actor.scopes is not None:
        raise BadInput("A token cannot make a token. Sign in to make one.")
    if not work.at < ask.expires_at <= work.at + TOKEN_LIFE_MAX:
        raise BadInput("A token lasts at least until tomorrow and at most a year. Nothing was made.")
    public_id, secret = secrets.token_hex(6), secrets.token_hex(32)
    scopes = sorted({str(scope.value) for scope in ask.scopes})
    work.append(
        ApiToken,
        public_id=public_id,
        token_hash=hash_of(secret),
        account_id=work.actor.account_id,
        scopes=scopes,
        expires_at=ask.expires_at,
        created_at=work.at,
    )
    _audit(work, "token_issued", public_id, {"scopes": scopes, "expires_at": ask.expires_at.isoformat()})
    return TokenIssued(
        public_id=public_id, expires_at=ask.expires_at, token=SecretStr(f"{PREFIX}_{public_id}_{secret}")
    )


def revoke_token(work: Work, ask: RevokeToken) -> TokenRevoked:
    """Stops a token at once: one's own, or anybody's for an administrator."""
    token = work.one("token", _TOKEN, public_id=ask.public_id)
    if token["account_id"] != work.actor.account_id:
        work.actor.require(Permission.MANAGE_ACCOUNTS, None)
    work.run(
        update(_TOKENS)
        .where(_TOKENS.c.public_id == ask.public_id, _TOKENS.c.revoked_at.is_(None))
        .values(revoked_at=work.at)
    )
    _audit(work, "token_revoked", ask.public_id, None)
    return TokenRevoked(public_id=ask.public_id)


def actor_of_token(store: Store, token: str, now: datetime) -> Actor | None:
    """The owner of a token with the grants in force now, narrowed to its scopes; None where it does not work."""
    prefix, _, rest = token.partition("_")
    public_id, _, secret = rest.partition("_")
    if prefix != PREFIX or not secret:
        return None
    with store.reading_past_wall() as connection:
        found = connection.execute(_TOKEN, {"public_id": public_id}).mappings().first()
        if found is None or not hmac.compare_digest(found["token_hash"], hash_of(secret)):
            return None
        if found["revoked_at"] or found["disabled_at"] or found["expires_at"] <= now:
            return None
        name = f"{found['printed_name']} (token {public_id})"
        return load_actor(connection, found["account_id"], name, now, scopes=frozenset(found["scopes"]))


def _audit(work: Work, act: str, public_id: str, new: dict[str, object] | None) -> None:
    work.audit(AuditDraft(act=act, record_kind="token", record=public_id, new=new))
