"""Kits, what blinded people may know of their lots, movements, dispensings, counts.

A kit row holds no kit type: its content is in tables.secret, pointing here. Rows are loaded in order of the
random kit number, so that ids tell nothing.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from irt.states.item import ItemAct, ItemPile
from irt.states.kit import Accountability, Assignment, Custody, KitEvent, Quality
from irt.states.records import DispensingStatus, KitCheck, KitFate
from irt.tables.columns import Owned, document, instant, one_of

SET_APART = "quality IN ('quarantined', 'damaged')"
"""Kits that somebody must look at. Asked for in the same words, an index of them alone answers."""


class BlindedLot(Owned, table=True):
    """The lot printed on the label, over manufacturing lots of all arms; its expiry is their earliest."""

    __tablename__ = "blinded_lot"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: str
    expiry: date
    released_on: date | None = None


class LotApproval(Owned, table=True):
    """A lot approved for use in a country, with none wherever the study runs, until a step of its route ends it."""

    __tablename__ = "lot_approval"
    blinded_lot_id: int = Field(foreign_key="blinded_lot.id", index=True)
    country: str | None = None
    signature_id: int | None = Field(default=None, foreign_key="signature.id")
    at: datetime = instant()
    ended_by_id: int | None = Field(default=None, foreign_key="release_step.id")


class Kit(Owned, table=True):
    """The smallest numbered unit. The four axes are the cached last line of its movements."""

    __table_args__ = (
        UniqueConstraint("study_id", "number"),
        # Answers where kits lie, and counts them, without reading the rows themselves.
        Index(
            "kit_where",
            *("custody", "place_id", "assignment", "quality", "blinded_lot_id", "label_group", "expiry"),
            *("accountability", "blinding_group"),
        ),
        # The few kits among many that somebody must look at.
        Index(
            "kit_set_apart",
            *("study_id", "quality", "number"),
            postgresql_where=text(SET_APART),
            sqlite_where=text(SET_APART),
        ),
    )
    number: str
    blinded_lot_id: int = Field(foreign_key="blinded_lot.id")
    blinding_group: str
    label_group: str
    expiry: date = Field(description="a kit may be used on this day; extended only kit by kit, after relabelling")
    custody: Custody = one_of(Custody, "custody")
    place_id: int | None = Field(default=None, description="depot, shipment, site or subject, as custody says")
    quality: Quality = one_of(Quality, "quality")
    assignment: Assignment = one_of(Assignment, "assignment")
    accountability: Accountability = one_of(Accountability, "accountability")
    storage_place: str = Field(default="", description="where it lies at the site, as 'Fridge 2, shelf B'")


class Movement(Owned, table=True):
    """One event of one kit and where it left the kit. Append-only; stock is a fold over these."""

    kit_id: int = Field(foreign_key="kit.id", index=True)
    event: KitEvent = one_of(KitEvent, "event")
    custody: Custody = one_of(Custody, "custody")
    place_id: int | None = None
    quality: Quality = one_of(Quality, "quality")
    assignment: Assignment = one_of(Assignment, "assignment")
    accountability: Accountability = one_of(Accountability, "accountability")
    subject_id: int | None = None
    shipment_id: int | None = None
    reason: str | None = None
    occurred_at: datetime = instant()
    recorded_at: datetime = instant()
    account_id: int | None = Field(default=None, foreign_key="account.id")


class Dispensing(Owned, table=True):
    """Kits assigned for one visit of one subject, until they are handed over or given back."""

    subject_id: int = Field(foreign_key="subject.id", index=True)
    site_id: int = Field(foreign_key="site.id", index=True)
    visit_id: int = Field(foreign_key="subject_visit.id", index=True)
    order_id: int | None = Field(default=None, foreign_key="dispensing_order.id")
    status: DispensingStatus = one_of(DispensingStatus, "status")
    version_number: int
    assigned_at: datetime = instant()
    assigned_by_id: int = Field(foreign_key="account.id")
    ended_at: datetime | None = instant(default=None)
    reason: str | None = None


class DispensedKit(Owned, table=True):
    """One kit of one dispensing, and how far it got."""

    __tablename__ = "dispensed_kit"
    __table_args__ = (UniqueConstraint("dispensing_id", "kit_id"),)
    dispensing_id: int = Field(foreign_key="dispensing.id")
    kit_id: int = Field(foreign_key="kit.id", index=True)
    status: KitCheck = one_of(KitCheck, "status")
    checked_at: datetime | None = instant(default=None)
    replaces_kit_id: int | None = Field(default=None, foreign_key="kit.id")


class Scan(Owned, table=True):
    """One scan on a dispensing, right or wrong. Append-only."""

    dispensing_id: int = Field(foreign_key="dispensing.id", index=True)
    read: str
    accepted: bool
    refusal: str | None = None
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class KitReturn(Owned, table=True):
    """What came back in a kit, in units or as a whole, as the study counts. Append-only; the latest one counts."""

    __tablename__ = "kit_return"
    kit_id: int = Field(foreign_key="kit.id", index=True)
    subject_id: int | None = Field(default=None, foreign_key="subject.id")
    fate: KitFate | None = one_of(KitFate, "fate", nullable=True)
    units_returned: int | None = None
    units_used: int | None = None
    units_lost: int | None = None
    units_damaged: int | None = None
    on_day: date
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class StockCount(Owned, table=True):
    """A physical count of a site's stock: scanned blind, then compared."""

    __tablename__ = "stock_count"
    site_id: int = Field(foreign_key="site.id", index=True)
    matched: int
    differences: list[dict[str, Any]] = document(description="number, found or missing, reason")
    scanned: list[str] = document()
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class ItemMovement(Owned, table=True):
    """Non-serialized stock: a quantity of an item's lot arriving at or leaving a place. Append-only."""

    __tablename__ = "item_movement"
    item: str
    lot: str
    expiry: date
    custody: Custody = one_of(Custody, "custody")
    place_id: int
    act: ItemAct = one_of(ItemAct, "act")
    pile: ItemPile = one_of(ItemPile, "pile")
    quantity: int = Field(description="signed; stock is the sum")
    subject_id: int | None = Field(default=None, foreign_key="subject.id")
    shipment_id: int | None = Field(default=None, foreign_key="shipment.id")
    reason: str | None = None
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")
