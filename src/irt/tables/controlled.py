"""Controlled drugs: licences of places, kits moved before a witness, discrepancies reported."""

from datetime import date, datetime

from sqlmodel import Field

from irt.states.kit import KitEvent
from irt.tables.columns import Owned, instant, one_of


class ControlledLicence(Owned, table=True):
    """A depot's or site's licence to hold controlled drugs, from a day on; replaced by a new row. Append-only."""

    __tablename__ = "controlled_licence"
    depot_id: int | None = Field(default=None, foreign_key="depot.id", index=True)
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    number: str
    valid_until: date = Field(description="the last day on which it holds")
    effective_from: date
    change_id: int = Field(foreign_key="operational_change.id")


class WitnessedKit(Owned, table=True):
    """One kit of a controlled drug whose movement a second person saw and signed. Append-only."""

    __tablename__ = "witnessed_kit"
    kit_id: int = Field(foreign_key="kit.id", index=True)
    event: KitEvent = one_of(KitEvent, "event")
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()


class DiscrepancyReport(Owned, table=True):
    """The form about one kit of a controlled drug that was not where the record had it. Append-only."""

    __tablename__ = "discrepancy_report"
    movement_id: int = Field(foreign_key="movement.id", unique=True)
    site_id: int | None = Field(default=None, foreign_key="site.id")
    happened: str
    told_to: str = Field(description="the authority, the police, the sponsor: who was told, and the reference")
    due_at: datetime = instant()
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
