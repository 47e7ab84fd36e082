"""The lock of a study: every step that was asked for and decided. Append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.states.study_lock import LockStep
from irt.tables.columns import Owned, document, instant, one_of


class StudyLockStep(Owned, table=True):
    """One step; a decision names the step that asked for it. Append-only."""

    __tablename__ = "study_lock_step"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: int
    step: LockStep = one_of(LockStep, "step")
    reason: str
    conditions: dict[str, Any] = document(description="condition -> how much of it was open when this was asked")
    agreed: dict[str, str] = document(description="condition -> why it may stay open")
    content_hash: str = Field(description="SHA-256 of what was asked for, which the second person signs")
    signature_id: int | None = Field(default=None, foreign_key="signature.id")
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()
