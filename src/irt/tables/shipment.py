"""Shipments and what was in them. What a shipment was calculated from is in tables.secret."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from irt.states.records import ExcursionStatus
from irt.states.shipment import ShipmentEvent, ShipmentStatus
from irt.tables.columns import Owned, document, instant, one_of

_UNDERWAY = text("outcome IS NULL")
SATELLITE = "satellite"
"""What raised a shipment that a main site sends to its satellite."""


class Shipment(Owned, table=True):
    """Kits on their way from a depot to a site, a depot or a subject's home."""

    __table_args__ = (UniqueConstraint("study_id", "number"), Index("shipment_stage", "study_id", "status"))
    number: str
    status: ShipmentStatus = one_of(ShipmentStatus, "status")
    origin_depot_id: int | None = Field(default=None, foreign_key="depot.id")
    target_depot_id: int | None = Field(default=None, foreign_key="depot.id")
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    subject_id: int | None = Field(default=None, foreign_key="subject.id")
    raised_by: str = Field(description="resupply, plan, manual, emergency, initial, satellite")
    storage: str
    reasons: dict[str, Any] | None = document(
        default=None, description="by blinding group: kits there or coming, kits ordered"
    )
    raised_at: datetime = instant()
    dispatch_on: date | None = None
    expected_on: date | None = None
    waybill: str | None = None
    monitor: str | None = Field(default=None, description="serial of the temperature monitor")
    dispatched_at: datetime | None = instant(default=None)
    delivered_at: datetime | None = instant(default=None)
    received_at: datetime | None = instant(default=None)
    temperature: str | None = Field(default=None, description="no_alarm, alarm, no_data; at receipt")
    signature_id: int | None = Field(default=None, foreign_key="signature.id")
    item_lines: int = Field(default=0, description="lots without numbers that travel along; none: nothing is asked")


class ShipmentItem(Owned, table=True):
    """So many of one lot without numbers in one shipment, what of it left, and how it arrived."""

    __tablename__ = "shipment_item"
    __table_args__ = (UniqueConstraint("shipment_id", "item", "lot"),)
    shipment_id: int = Field(foreign_key="shipment.id")
    item: str
    lot: str
    expiry: date
    quantity: int
    sent: int | None = Field(default=None, description="what the depot had of it when the parcel left")
    arrived: int | None = None
    damaged: int | None = None
    missing: int | None = None


class ShipmentKit(Owned, table=True):
    """One kit of one shipment and how it arrived."""

    __tablename__ = "shipment_kit"
    __table_args__ = (
        UniqueConstraint("shipment_id", "kit_id"),
        # What is under way is a little of all that was ever sent.
        Index("shipment_kit_underway", "shipment_id", "kit_id", postgresql_where=_UNDERWAY, sqlite_where=_UNDERWAY),
    )
    shipment_id: int = Field(foreign_key="shipment.id")
    kit_id: int = Field(foreign_key="kit.id", index=True)
    outcome: str | None = Field(default=None, description="received, damaged, missing, quarantined")


class ShipmentStep(Owned, table=True):
    """One event of a shipment, with the time it happened and the time it was typed. Append-only."""

    __tablename__ = "shipment_step"
    shipment_id: int = Field(foreign_key="shipment.id", index=True)
    event: ShipmentEvent = one_of(ShipmentEvent, "event")
    status: ShipmentStatus = one_of(ShipmentStatus, "status")
    occurred_at: datetime = instant()
    recorded_at: datetime = instant()
    account_id: int | None = Field(default=None, foreign_key="account.id")
    reason: str | None = None


class Excursion(Owned, table=True):
    """A temperature excursion of a shipment or store; its life is apart from the kits'."""

    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: str
    status: ExcursionStatus = one_of(ExcursionStatus, "status")
    shipment_id: int | None = Field(default=None, foreign_key="shipment.id")
    storage_unit_id: int | None = Field(default=None, foreign_key="storage_unit.id")
    site_id: int | None = Field(default=None, foreign_key="site.id")
    opened_at: datetime = instant()
    decision: str | None = None


class ResupplyRun(Owned, table=True):
    """One run of the planner over the network. Append-only."""

    __tablename__ = "resupply_run"
    day: date
    planner: str
    sites_considered: int
    shipments_proposed: int
    at: datetime = instant()
