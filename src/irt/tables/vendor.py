"""Messages of depots and carriers: each as it came or left, kept whatever became of it."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field

from irt.states.vendor_message import Direction, MessageStatus
from irt.tables.columns import Owned, instant, one_of

_TAKEN = text("status <> 'refused'")


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
