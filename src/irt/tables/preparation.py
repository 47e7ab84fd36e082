"""Kits made ready for one visit of one subject: who, when, how much was used. Nothing here tells a treatment."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import String, UniqueConstraint
from sqlmodel import Field

from irt.tables.columns import Owned, instant


class Preparation(Owned, table=True):
    """One syringe as it was prepared; a correction is a new row that names the one it replaces. Append-only."""

    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: str
    site_id: int = Field(foreign_key="site.id", index=True)
    subject_id: int = Field(foreign_key="subject.id")
    dispensing_id: int = Field(foreign_key="dispensing.id", index=True)
    visit_code: str
    occurrence: int = 0
    thaw_started_at: datetime | None = instant(default=None)
    thaw_ended_at: datetime | None = instant(default=None)
    prepared_at: datetime = instant()
    use_before: datetime = instant()
    corrects_id: int | None = Field(default=None, foreign_key="preparation.id", unique=True)
    reason: str = ""
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class PreparedKit(Owned, table=True):
    """One kit of a preparation: how much of it was drawn up and how much thrown away. Append-only."""

    __tablename__ = "prepared_kit"
    preparation_id: int = Field(foreign_key="preparation.id", index=True)
    kit_id: int = Field(foreign_key="kit.id")
    used: Decimal = Field(sa_type=String)
    wasted: Decimal = Field(sa_type=String)


class PreparationEnd(Owned, table=True):
    """How a preparation ended: given with the kits of its visit, or thrown away. Append-only."""

    __tablename__ = "preparation_end"
    preparation_id: int = Field(foreign_key="preparation.id", unique=True)
    fate: str = Field(description="handed_over, discarded")
    reason: str = ""
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")
