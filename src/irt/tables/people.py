"""Accounts, grants, sessions and API tokens."""

from datetime import datetime

from sqlmodel import Field

from irt.blinding.roles import Role
from irt.tables.columns import Row, document, instant, one_of


class Account(Row, table=True):
    """A person; never reused or reassigned (P11-16)."""

    username: str = Field(unique=True)
    printed_name: str
    email: str
    password_hash: str
    password_temporary: bool = Field(default=True, description="set by another; the person cannot sign with it")
    second_factor_sealed: str | None = None
    second_factor_confirmed_at: datetime | None = instant(default=None, description="in force from here on")
    second_factor_step: int | None = Field(default=None, description="30-second step of the last code taken")
    passkeys_since: datetime | None = instant(default=None, description="has a passkey, so signing in asks for it")
    trained_at: datetime | None = instant(default=None)
    disabled_at: datetime | None = instant(default=None)
    created_at: datetime = instant()


class RoleGrant(Row, table=True):
    """A role for a person in a study, and at a site, at a country's sites or at a depot where it works at one."""

    __tablename__ = "role_grant"
    account_id: int = Field(foreign_key="account.id", index=True)
    role: Role = one_of(Role, "role")
    sponsor_id: int | None = Field(default=None, foreign_key="sponsor.id")
    study_id: int | None = Field(default=None, foreign_key="study.id")
    country: str | None = Field(default=None, description="every site of the study there, later ones too")
    site_id: int | None = Field(default=None, foreign_key="site.id")
    depot_id: int | None = Field(default=None, foreign_key="depot.id")
    starts_at: datetime = instant()
    ends_at: datetime | None = instant(default=None)
    revoked_at: datetime | None = instant(default=None)
    granted_by_id: int | None = Field(default=None, foreign_key="account.id")
    reason: str


class SignedInSession(Row, table=True):
    """A server-side session: only the token's hash is stored; it can be ended at once."""

    __tablename__ = "signed_in_session"
    token_hash: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    started_at: datetime = instant()
    last_seen_at: datetime = instant()
    ended_at: datetime | None = instant(default=None)
    second_factor_at: datetime | None = instant(default=None)
    signed_at: datetime | None = instant(default=None, description="first full signature of the session")
    client: str


class SignInAttempt(Row, table=True):
    """Every attempt to sign in or to sign, failed or not (P11-26). Append-only."""

    __tablename__ = "sign_in_attempt"
    username: str = Field(index=True)
    succeeded: bool
    purpose: str
    at: datetime = instant()
    client: str


class ApiToken(Row, table=True):
    """A scoped, expiring token of another system; only its hash is stored."""

    __tablename__ = "api_token"
    public_id: str = Field(unique=True)
    token_hash: str
    account_id: int = Field(foreign_key="account.id", index=True)
    scopes: list[str] = document()
    expires_at: datetime = instant()
    revoked_at: datetime | None = instant(default=None)
    created_at: datetime = instant()


class CalendarFeed(Row, table=True):
    """A secret address at which a person's calendar program reads; only its hash is stored."""

    __tablename__ = "calendar_feed"
    token_hash: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    created_at: datetime = instant()
    revoked_at: datetime | None = instant(default=None)
