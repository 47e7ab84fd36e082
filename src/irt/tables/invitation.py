"""Invitations: who was asked by e-mail to take which role, and what became of it."""

from datetime import datetime

from sqlmodel import Field

from irt.blinding.roles import Role
from irt.tables.columns import Row, instant, one_of


class Invitation(Row, table=True):
    """A role offered to an address. Its link is made from the seal key and stored nowhere."""

    public_id: str = Field(unique=True)
    email: str = Field(index=True, description="without case: accounts of this address are the same person")
    role: Role = one_of(Role, "role")
    sponsor_id: int | None = Field(default=None, foreign_key="sponsor.id")
    study_id: int | None = Field(default=None, foreign_key="study.id")
    country: str | None = None
    site_id: int | None = Field(default=None, foreign_key="site.id")
    depot_id: int | None = Field(default=None, foreign_key="depot.id")
    role_ends_at: datetime | None = instant(default=None)
    reason: str
    invited_by_id: int = Field(foreign_key="account.id")
    invited_at: datetime = instant()
    expires_at: datetime = instant()
    outbox_id: int = Field(foreign_key="outbox.id", description="its letter")
    account_id: int | None = Field(default=None, foreign_key="account.id", description="who accepted")
    accepted_at: datetime | None = instant(default=None)
    withdrawn_at: datetime | None = instant(default=None)
    withdrawn_by_id: int | None = Field(default=None, foreign_key="account.id")
