"""Kits on their way back: boxes from a site to where they are destroyed, and pick-ups at subjects' homes."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.states.returning import PickupAct
from irt.tables.columns import Owned, instant, one_of


class ReturnShipment(Owned, table=True):
    """A shipment of verified kits from a site to a depot, which destroys them or hands them on. Append-only."""

    __tablename__ = "return_shipment"
    shipment_id: int = Field(foreign_key="shipment.id", unique=True)
    site_id: int = Field(foreign_key="site.id", index=True)
    depot_id: int = Field(foreign_key="depot.id", index=True)
    packed_on: date


class ReturnBox(Owned, table=True):
    """One sealed box of a return shipment. Append-only."""

    __tablename__ = "return_box"
    __table_args__ = (UniqueConstraint("shipment_id", "box"),)
    shipment_id: int = Field(foreign_key="shipment.id")
    box: int
    seal: str = Field(description="the number on the seal")


class ReturnedInBox(Owned, table=True):
    """One kit of a return shipment and the box it was packed into. Append-only."""

    __tablename__ = "returned_in_box"
    __table_args__ = (UniqueConstraint("shipment_id", "kit_id"),)
    shipment_id: int = Field(foreign_key="shipment.id")
    kit_id: int = Field(foreign_key="kit.id", index=True)
    box: int


class HomePickup(Owned, table=True):
    """Kits that a carrier collects at a subject's home and brings to the site."""

    __tablename__ = "home_pickup"
    shipment_id: int = Field(foreign_key="shipment.id", unique=True)
    subject_id: int = Field(foreign_key="subject.id", index=True)
    site_id: int = Field(foreign_key="site.id", index=True)
    label_hash: str = Field(unique=True, description="SHA-256 of the opaque label of the pick-up")
    slot_from: datetime = instant()
    slot_to: datetime = instant()
    attempts: int = Field(default=0, description="in vain")


class HomePickupStep(Owned, table=True):
    """Something that was done about a pick-up, when and by whom. Append-only."""

    __tablename__ = "home_pickup_step"
    pickup_id: int = Field(foreign_key="home_pickup.id", index=True)
    act: PickupAct = one_of(PickupAct, "act")
    at: datetime = instant()
    account_id: int | None = Field(default=None, foreign_key="account.id")
    reason: str | None = None
