"""Going live: signatures under its checklist, and tests of restoring a back-up. Append-only."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.tables.columns import Owned, Row, document, instant


class ChecklistSignature(Owned, table=True):
    """A signature under the checklist of a version, with what each line told then. Append-only."""

    __tablename__ = "checklist_signature"
    __table_args__ = (UniqueConstraint("study_id", "version_number", "content_hash", "account_id"),)
    version_number: int
    content_hash: str = Field(description="SHA-256 of the lines as they were shown")
    lines: dict[str, str] = document(description="line -> SHA-256 of what it told")
    role: str = Field(description="in which the person signed")
    signature_id: int = Field(foreign_key="signature.id")
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()


class RestoreTest(Row, table=True):
    """A back-up that was restored on trial, and whether the trail came back whole. Append-only."""

    __tablename__ = "restore_test"
    number: int = Field(unique=True)
    tested_on: date
    trail_before: str = Field(
        description="SHA-256 over the last hashes of all blinded chains when it was backed up"
    )
    trail_after: str = Field(description="the same of the restored copy")
    fault: str = Field(description="what else was wrong with the copy; empty: nothing")
    passed: bool = Field(description="the two ends are the same, and there is no fault")
    words: str = Field(description="what was restored, and where to")
    document_hash: str = Field(description="SHA-256 of the report")
    signature_id: int = Field(foreign_key="signature.id")
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()
