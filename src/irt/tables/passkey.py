"""Passkeys: keys of people's own devices, and the questions they answered."""

from datetime import datetime

from sqlmodel import Field

from irt.tables.columns import Row, instant


class Passkey(Row, table=True):
    """The public half of a key that never leaves its device."""

    account_id: int = Field(foreign_key="account.id", index=True)
    credential_id: str = Field(unique=True, description="base64url, as the device tells it")
    public_key: str = Field(description="COSE, base64url")
    sign_count: int = Field(description="the device's own counter; 0 where it has none")
    origin: str = Field(description="the address it was made at and works at")
    label: str = Field(description="the person's own word for it")
    created_at: datetime = instant()
    last_used_at: datetime | None = instant(default=None)
    removed_at: datetime | None = instant(default=None)


class PasskeyChallenge(Row, table=True):
    """A question that a passkey answers once, within minutes, for one purpose of one person."""

    __tablename__ = "passkey_challenge"
    account_id: int = Field(foreign_key="account.id", index=True)
    purpose: str = Field(description="register, sign_in or signature")
    context: str = Field(description="the session's token hash, or the hash of the record to be signed")
    session_id: int | None = Field(default=None, foreign_key="signed_in_session.id")
    challenge: str = Field(unique=True, description="base64url")
    made_at: datetime = instant()
    used_at: datetime | None = instant(default=None)
