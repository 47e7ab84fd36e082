"""Deliveries to subjects' homes: how far each got, its codes, and who was shown an address. No address is here."""

from datetime import date, datetime

from sqlmodel import Field

from irt.states.home_delivery import DeliveryEvent, DeliveryStatus
from irt.tables.columns import Owned, instant, one_of


class HomeDelivery(Owned, table=True):
    """The kits of one dispensing on their way to the subject's home."""

    __tablename__ = "home_delivery"
    dispensing_id: int = Field(foreign_key="dispensing.id", unique=True)
    subject_id: int = Field(foreign_key="subject.id", index=True)
    site_id: int = Field(foreign_key="site.id", index=True)
    depot_id: int | None = Field(default=None, foreign_key="depot.id", description="none: the site sends it")
    status: DeliveryStatus = one_of(DeliveryStatus, "status")
    shipment_id: int | None = Field(default=None, foreign_key="shipment.id", unique=True)
    label_hash: str | None = Field(default=None, unique=True, description="SHA-256 of the parcel's opaque label")
    slot_from: datetime | None = instant(default=None)
    slot_to: datetime | None = instant(default=None)
    attempts: int = Field(default=0, description="in vain")
    released_at: datetime | None = instant(default=None)
    signature_id: int | None = Field(default=None, foreign_key="signature.id")
    delivered_at: datetime | None = instant(default=None)
    recorded_on: date | None = Field(default=None, description="the day of dispensing, as the study counts it")


class HomeDeliveryStep(Owned, table=True):
    """One event of a delivery, with the time it happened and the time it was typed. Append-only."""

    __tablename__ = "home_delivery_step"
    delivery_id: int = Field(foreign_key="home_delivery.id", index=True)
    event: DeliveryEvent = one_of(DeliveryEvent, "event")
    status: DeliveryStatus = one_of(DeliveryStatus, "status")
    occurred_at: datetime = instant()
    recorded_at: datetime = instant()
    account_id: int | None = Field(default=None, foreign_key="account.id")
    reason: str | None = None


class HomeCode(Owned, table=True):
    """A one-time code for a patient: its keyed hash, until when it holds, and how often it was missed."""

    __tablename__ = "home_code"
    delivery_id: int = Field(foreign_key="home_delivery.id", index=True)
    code_hash: str
    expires_at: datetime = instant()
    misses: int = 0
    used_at: datetime | None = instant(default=None)


class AddressReading(Owned, table=True):
    """A carrier was shown the address of one delivery. Append-only."""

    __tablename__ = "address_reading"
    delivery_id: int = Field(foreign_key="home_delivery.id", index=True)
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")
