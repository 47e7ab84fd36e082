"""Holds over kits, and where each kit was found. Why a hold was opened is in tables.secret."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.states.hold import HoldAct, HoldKind
from irt.states.kit import Custody
from irt.tables.columns import Owned, instant, one_of


class KitHold(Owned, table=True):
    """A line about a hold: opened over a lot, numbers, a shipment or a site; later lifted. Append-only."""

    __tablename__ = "kit_hold"
    __table_args__ = (UniqueConstraint("study_id", "number", "act"),)
    number: str
    act: HoldAct = one_of(HoldAct, "act")
    kind: HoldKind = one_of(HoldKind, "kind")
    blinded_lot_id: int | None = Field(default=None, foreign_key="blinded_lot.id")
    first_kit: str | None = None
    last_kit: str | None = None
    shipment_id: int | None = Field(default=None, foreign_key="shipment.id")
    site_id: int | None = Field(default=None, foreign_key="site.id")
    kits: int = Field(description="how many it covered when it was opened")
    job_id: int | None = Field(default=None, foreign_key="job.id")
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class HoldFinding(Owned, table=True):
    """One kit that a hold found, and where it was then. Append-only."""

    __tablename__ = "hold_finding"
    __table_args__ = (UniqueConstraint("hold_id", "kit_id"),)
    hold_id: int = Field(foreign_key="kit_hold.id")
    kit_id: int = Field(foreign_key="kit.id", index=True)
    custody: Custody = one_of(Custody, "custody")
    place_id: int | None = None
    at: datetime = instant()
