"""Messages of depots and carriers, kept whatever became of them; and where a depot's stock differs from ours."""

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from irt.states.stock_difference import DifferenceKind, DifferenceStatus
from irt.states.tracking import TrackStatus
from irt.states.vendor_message import Direction, MessageStatus, NoticeCause
from irt.study.operations import CodeOf
from irt.tables.columns import Owned, document, instant, one_of

_TAKEN = text("status <> 'refused'")


class VendorCode(Owned, table=True):
    """What a depot calls a site, a depot or a product in its own system, from a day on; changed by a new row."""

    __tablename__ = "vendor_code"
    depot_id: int = Field(foreign_key="depot.id", index=True)
    code_of: CodeOf = one_of(CodeOf, "code_of")
    record: str = Field(description="the site's number, the depot's or the product's code")
    code: str
    effective_from: date
    change_id: int = Field(foreign_key="operational_change.id")


class VendorInterface(Owned, table=True):
    """From when on a depot's system is expected to be heard of, and how often; a later row counts. Append-only."""

    __tablename__ = "vendor_interface"
    depot_id: int = Field(foreign_key="depot.id", index=True)
    silence_hours: int = Field(description="silent longer than this, somebody is told")
    gap_minutes: int = Field(description="numbers missing longer than this, somebody is told")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class InterfaceSignature(Owned, table=True):
    """One side's signature under the test of a depot's interface, with what was shown. Append-only."""

    __tablename__ = "interface_signature"
    depot_id: int = Field(foreign_key="depot.id", index=True)
    side: str = Field(description="vendor, supply")
    digest: str
    shown: dict[str, str] = document(description="case -> digest of the message that shows it")
    signature_id: int = Field(foreign_key="signature.id")
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()


class InterfaceOpening(Owned, table=True):
    """A depot's system may send messages in this production study: both sides signed its test. Append-only."""

    __tablename__ = "interface_opening"
    depot_id: int = Field(foreign_key="depot.id", index=True)
    digest: str
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()


class WebhookKey(Owned, table=True):
    """A key that pushed messages are signed with, sealed; valid until another has replaced it."""

    __tablename__ = "webhook_key"
    depot_id: int = Field(foreign_key="depot.id", index=True)
    sealed: str
    valid_from: datetime = instant()
    valid_until: datetime | None = instant(default=None)
    account_id: int = Field(foreign_key="account.id")


class CarrierEvent(Owned, table=True):
    """What a carrier told of a parcel, and what was booked for it. Append-only."""

    __tablename__ = "carrier_event"
    __table_args__ = (UniqueConstraint("shipment_id", "status", "occurred_at"),)
    shipment_id: int = Field(foreign_key="shipment.id")
    carrier: str
    status: TrackStatus = one_of(TrackStatus, "status")
    place: str = ""
    detail: str = ""
    booked: str = Field(default="", description="the shipment's steps, if any")
    occurred_at: datetime = instant()
    recorded_at: datetime = instant()
    account_id: int | None = Field(default=None, foreign_key="account.id")


class VendorNotice(Owned, table=True):
    """Something changed that depots with such kits are to be told of. Append-only."""

    __tablename__ = "vendor_notice"
    cause: NoticeCause = one_of(NoticeCause, "cause")
    record: str = Field(description="the hold, the lot, the relabelling")
    kits: list[int] | None = document(default=None, description="ids; none where the record says which")
    at: datetime = instant()


class VendorMessage(Owned, table=True):
    """One message with its bytes. Nothing but its outcome is ever changed."""

    __tablename__ = "vendor_message"
    __table_args__ = (
        # A name counts once; what was refused may be sent again under the same name.
        Index(
            "vendor_message_taken",
            *("study_id", "direction", "depot_id", "message_id"),
            unique=True,
            postgresql_where=_TAKEN,
            sqlite_where=_TAKEN,
        ),
        Index("vendor_message_stage", "study_id", "direction", "status"),
        Index("vendor_message_shipment", "study_id", "shipment"),
    )
    direction: Direction = one_of(Direction, "direction")
    status: MessageStatus = one_of(MessageStatus, "status")
    depot_id: int | None = Field(
        default=None, foreign_key="depot.id", description="none where nobody knows the sender"
    )
    message_id: str | None = None
    kind: str | None = None
    sequence: int | None = None
    missing: int = Field(default=0, description="numbers before it that never came")
    shipment: str | None = None
    notice_id: int | None = Field(default=None, foreign_key="vendor_notice.id", index=True)
    spelling: str = Field(description="json, csv, xml")
    digest: str = Field(description="SHA-256 of the bytes")
    body: bytes = Field(sa_type=LargeBinary)
    refusal: str | None = None
    sentence: str | None = None
    account_id: int | None = Field(default=None, foreign_key="account.id")
    at: datetime = instant()
    attempts: int = Field(default=0, description="tries to push it")
    due_at: datetime | None = instant(default=None, description="not pushed again before")
    settled_at: datetime | None = instant(default=None)


class StockDifference(Owned, table=True):
    """A difference between a depot's own stock and the ledger, as its message told it, until it is settled."""

    __tablename__ = "stock_difference"
    __table_args__ = (Index("stock_difference_stage", "study_id", "depot_id", "status"),)
    depot_id: int = Field(foreign_key="depot.id")
    kind: DifferenceKind = one_of(DifferenceKind, "kind")
    status: DifferenceStatus = one_of(DifferenceStatus, "status")
    record: str = Field(description="a kit's number; where the depot counts, a lot and how its kits lie")
    here: str = Field(description="what the ledger said")
    there: str = Field(description="what the depot said")
    message_id: int = Field(foreign_key="vendor_message.id", description="which showed it first")
    last_message_id: int = Field(foreign_key="vendor_message.id", description="which showed it last")
    opened_at: datetime = instant()
    owner_id: int | None = Field(default=None, foreign_key="account.id")
    note: str | None = None
    act: str | None = Field(default=None, description="what was booked to correct the ledger")
    settled_at: datetime | None = instant(default=None)
    settled_by_id: int | None = Field(default=None, foreign_key="account.id")
