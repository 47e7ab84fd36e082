"""Packs for an outage: kits set apart, numbered seals, and what was done on paper, with both times.

Nothing here knows an arm. What opens a seal is derived when it is printed and is stored nowhere.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.states.outage import EntryKind, PackEvent, SealFate
from irt.tables.columns import Owned, document, instant, one_of


class OutagePack(Owned, table=True):
    """A pack as it was issued to one site. Append-only."""

    __tablename__ = "outage_pack"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    site_id: int = Field(foreign_key="site.id", index=True)
    number: str
    valid_until: date
    version_number: int
    replaces_id: int | None = Field(default=None, foreign_key="outage_pack.id", unique=True)
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class OutagePackStep(Owned, table=True):
    """A pack recalled or closed. Append-only."""

    __tablename__ = "outage_pack_step"
    __table_args__ = (UniqueConstraint("pack_id", "event"),)
    pack_id: int = Field(foreign_key="outage_pack.id")
    event: PackEvent = one_of(PackEvent, "event")
    reason: str
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class OutageKit(Owned, table=True):
    """A kit set apart by a pack for one visit of one subject. Append-only."""

    __tablename__ = "outage_kit"
    __table_args__ = (UniqueConstraint("pack_id", "kit_id"),)
    pack_id: int = Field(foreign_key="outage_pack.id")
    kit_id: int = Field(foreign_key="kit.id", index=True)
    subject_id: int = Field(foreign_key="subject.id")
    visit_code: str
    occurrence: int
    expected_on: date


class OutageSeal(Owned, table=True):
    """A numbered seal over one randomization of one subject. Append-only."""

    __tablename__ = "outage_seal"
    __table_args__ = (UniqueConstraint("pack_id", "number"),)
    pack_id: int = Field(foreign_key="outage_pack.id")
    number: int
    subject_id: int = Field(foreign_key="subject.id")
    randomization_id: int = Field(foreign_key="randomization.id")


class OutageSealFate(Owned, table=True):
    """How a seal was found at closing. Append-only."""

    __tablename__ = "outage_seal_fate"
    seal_id: int = Field(foreign_key="outage_seal.id", unique=True)
    fate: SealFate = one_of(SealFate, "fate")
    reason: str | None = None
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class OutageEntry(Owned, table=True):
    """A line of paper typed afterwards: when it happened, when it was typed, by whom. Append-only."""

    __tablename__ = "outage_entry"
    __table_args__ = (UniqueConstraint("pack_id", "number"),)
    pack_id: int = Field(foreign_key="outage_pack.id")
    number: int
    kind: EntryKind = one_of(EntryKind, "kind")
    record: str = Field(description="the subject's number, or the shipment's")
    content: dict[str, Any] = document(description="what the paper says")
    outage_from: datetime = instant()
    happened_at: datetime = instant()
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class OutageCheck(Owned, table=True):
    """A second person's word on an entry: as on paper, and so booked; or typed wrongly. Append-only."""

    __tablename__ = "outage_check"
    entry_id: int = Field(foreign_key="outage_entry.id", unique=True)
    as_on_paper: bool
    reason: str | None = None
    outcome: dict[str, Any] = document(default_factory=dict, description="kit -> how it was booked; deviations")
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")
