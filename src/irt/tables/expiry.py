"""Expiry dates that changed, where a later one may be put on, and every kit that got a new label."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.states.kit import Custody
from irt.tables.columns import Owned, document, instant, one_of


class ExpiryChange(Owned, table=True):
    """Another date for a blinded lot, earlier or later. Append-only; the latest one counts."""

    __tablename__ = "expiry_change"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: str
    blinded_lot_id: int = Field(foreign_key="blinded_lot.id", index=True)
    old_expiry: date
    new_expiry: date
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class ExpiryApproval(Owned, table=True):
    """A country in which kits may be labelled with the later date. Append-only."""

    __tablename__ = "expiry_approval"
    __table_args__ = (UniqueConstraint("change_id", "country"),)
    change_id: int = Field(foreign_key="expiry_change.id")
    country: str
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()


class Relabelling(Owned, table=True):
    """Labels counted and put on at one place by one person, until another person has checked them. Append-only.

    For a change of date, or, just in time, for the country of a shipment that leaves its depot.
    """

    change_id: int | None = Field(default=None, foreign_key="expiry_change.id")
    shipment_id: int | None = Field(default=None, foreign_key="shipment.id", index=True)
    country: str | None = Field(default=None, description="whose label was put on just in time")
    masters: list[str] = document(default=[], description="the approved texts that were printed")
    number: str
    custody: Custody = one_of(Custody, "custody")
    place_id: int
    labels_issued: int
    labels_used: int
    labels_spoiled: int
    labels_destroyed: int
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class RelabelledKit(Owned, table=True):
    """One kit that got the new label in one relabelling. Append-only."""

    __tablename__ = "relabelled_kit"
    __table_args__ = (UniqueConstraint("relabelling_id", "kit_id"),)
    relabelling_id: int = Field(foreign_key="relabelling.id")
    kit_id: int = Field(foreign_key="kit.id", index=True)


class RelabelCheck(Owned, table=True):
    """The second person's signature: from it on the kits have the new date or country. Append-only."""

    __tablename__ = "relabel_check"
    relabelling_id: int = Field(foreign_key="relabelling.id", unique=True)
    passed: bool = Field(default=True, description="no: the labels were wrong and came off again")
    reason: str | None = None
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")
