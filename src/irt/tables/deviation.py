"""How departures from the protocol were followed to their end."""

from datetime import datetime
from typing import Any

from sqlmodel import Field

from irt.tables.columns import Owned, document, instant


class DeviationClosure(Owned, table=True):
    """Quality's word on one deviation, and where its kits were then. Append-only."""

    __tablename__ = "deviation_closure"
    deviation_id: int = Field(foreign_key="deviation.id", unique=True)
    assessment: str
    kits: dict[str, Any] = document(description="kit number -> its state when the deviation was closed")
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")
