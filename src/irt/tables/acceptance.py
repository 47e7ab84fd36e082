"""Acceptance of a version: its scripts as they were carried out, and the signature under each. Append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.tables.columns import Owned, document, instant


class UatRun(Owned, table=True):
    """Acceptance scripts as they were carried out for one version, with what every step answered. Append-only."""

    __tablename__ = "uat_run"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: int
    version_number: int
    version_hash: str = Field(description="salted digest of the version")
    scripts_hash: str
    scripts: list[dict[str, Any]] = document(description="scripts with steps, what was expected, what was answered")
    release: str = Field(description="of the product")
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()


class UatSignature(Owned, table=True):
    """The signature under one script of a run, with what a person saw. Append-only."""

    __tablename__ = "uat_signature"
    __table_args__ = (UniqueConstraint("run_id", "script"),)
    run_id: int = Field(foreign_key="uat_run.id")
    script: str
    passed: bool
    evidence: str
    signature_id: int = Field(foreign_key="signature.id")
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()
