"""Approvals that sites need before they open, and what became of each. Append-only."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.study.activation import ApprovalOf
from irt.tables.columns import Owned, instant, one_of


class SiteApproval(Owned, table=True):
    """One approval as it was recorded: of a site, or of a country where none is named. Append-only."""

    __tablename__ = "site_approval"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: int
    kind: ApprovalOf = one_of(ApprovalOf, "kind")
    country: str
    site_id: int | None = Field(default=None, foreign_key="site.id")
    granted_on: date
    valid_until: date | None = Field(default=None, description="its last day; none: it does not end by itself")
    version_number: int | None = Field(
        default=None, description="the version agreed to; none: the study as it opens"
    )
    reference: str = Field(description="which document, as the file of the trial names it")
    document_hash: str = Field(description="SHA-256 of the document")
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()


class SiteApprovalStep(Owned, table=True):
    """What became of an approval: confirmed by a second person, or withdrawn. Append-only."""

    __tablename__ = "site_approval_step"
    __table_args__ = (UniqueConstraint("approval_id", "step"),)
    approval_id: int = Field(foreign_key="site_approval.id")
    step: str = Field(description="confirmed, withdrawn")
    reason: str | None = None
    signature_id: int | None = Field(default=None, foreign_key="signature.id")
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()
