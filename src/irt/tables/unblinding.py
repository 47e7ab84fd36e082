"""Unblinding besides the emergency: practices of it, what was planned, what happened by accident.

Nothing here tells a treatment, or follows from one. What only unblinded people may know to have happened lies in
`secret`: cases of safety, looks of the unblinded pharmacist, lists that left.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.tables.columns import Owned, document, instant


class CodeBreakPractice(Owned, table=True):
    """A code break that was practised at a site, where nobody's treatment is told. Append-only."""

    __tablename__ = "code_break_practice"
    site_id: int = Field(foreign_key="site.id", index=True)
    way: str = Field(description="page, or seal: the practice seal of a pack")
    second_factor: bool
    pack_id: int | None = Field(default=None, foreign_key="outage_pack.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class CodeBreakReminder(Owned, table=True):
    """A site was asked to practise. Append-only."""

    __tablename__ = "code_break_reminder"
    site_id: int = Field(foreign_key="site.id", index=True)
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class PlannedUnblinding(Owned, table=True):
    """Who is to learn which treatments, why, and who stays blinded; another person decides. Append-only."""

    __tablename__ = "planned_unblinding"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: str
    purpose: str
    scope: dict[str, Any] = document(description="kind: study, cohort, subjects; values")
    recipients: list[dict[str, str]] = document(description="name, organisation, username where they have one")
    reason: str
    stays_blinded: str
    safeguards: str
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class PlannedUnblindingDecision(Owned, table=True):
    """A second person's word on a planned unblinding. Append-only."""

    __tablename__ = "planned_unblinding_decision"
    unblinding_id: int = Field(foreign_key="planned_unblinding.id", unique=True)
    granted: bool
    reason: str
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class AccidentalUnblinding(Owned, table=True):
    """Somebody learned, or may have learned, a subject's treatment by accident; never which. Append-only."""

    __tablename__ = "accidental_unblinding"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: str
    site_id: int = Field(foreign_key="site.id", index=True)
    subject_id: int = Field(foreign_key="subject.id", index=True)
    learner_id: int | None = Field(default=None, foreign_key="account.id", description="where they have an account")
    learner: str
    how: str
    told: str
    learned_at: datetime = instant()
    words: str
    deviation: str
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class AccidentalDecision(Owned, table=True):
    """What follows from an accident, signed. Append-only."""

    __tablename__ = "accidental_decision"
    unblinding_id: int = Field(foreign_key="accidental_unblinding.id", unique=True)
    consequence: str
    words: str
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")
