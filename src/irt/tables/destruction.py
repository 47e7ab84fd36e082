"""Certificates of destruction, with the very paper as it was handed in."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.tables.columns import Owned, instant


class Certificate(Owned, table=True):
    """One paper that says that kits were destroyed, and which; its hash proves that it is the one. Append-only."""

    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: str = Field(description="as the destroyer numbered it")
    destroyer: str
    on_day: date
    file_name: str
    sha256: str
    paper: bytes
    kits: int
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")
