"""Subjects' addresses, apart from everything else: sealed, and the keys they are sealed with.

Only services.home_addresses opens this room.
"""

from datetime import datetime

from sqlmodel import Field

from irt.tables.columns import Owned, instant


class HomeAddressKey(Owned, table=True):
    """A subject's own key, itself sealed; destroyed, the address cannot be read by anybody any more."""

    __tablename__ = "home_address_key"
    subject_id: int = Field(foreign_key="subject.id", index=True)
    sealed_key: str | None = None
    destroyed_at: datetime | None = instant(default=None)


class HomeAddress(Owned, table=True):
    """An address under its subject's key; the last one counts. Append-only."""

    __tablename__ = "home_address"
    key_id: int = Field(foreign_key="home_address_key.id", index=True)
    sealed: str
    at: datetime = instant()
