"""Records about records: audit trail, signatures, approvals, commands, jobs, outbox, messages."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from irt.states.records import JobStatus
from irt.tables.columns import Row, document, instant, one_of


class AuditEntry(Row, table=True):
    """One line of the blinded audit trail, chained per study by hash. Append-only.

    `chain` is 'study:7' or 'installation'. Nothing in an entry depends on a treatment.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("chain", "sequence"),
        Index("audit_record", "chain", "record_kind", "record"),
    )
    chain: str
    sequence: int
    at: datetime = instant()
    zone: str
    account_id: int | None = Field(default=None, foreign_key="account.id")
    person: str = Field(description="printed name and role, as it was then")
    act: str
    record_kind: str
    record: str
    site_id: int | None = Field(default=None, foreign_key="site.id")
    old: dict[str, Any] | None = document(default=None)
    new: dict[str, Any] | None = document(default=None)
    reason: str | None = None
    release: str = Field(description="the software that wrote it: version and hash of its source")
    previous_hash: str
    hash: str


class AuditHead(Row, table=True):
    """The last entry of a chain; its row lock puts entries in one order."""

    __tablename__ = "audit_head"
    chain: str = Field(unique=True)
    sequence: int
    hash: str
    closed: bool = Field(default=False, description="the study is locked: only what is still possible is taken")


class Signature(Row, table=True):
    """An electronic signature, bound to the signed record's hash (P11-13, P11-15). Append-only."""

    sponsor_id: int | None = Field(default=None, foreign_key="sponsor.id")
    study_id: int | None = Field(default=None, foreign_key="study.id")
    account_id: int = Field(foreign_key="account.id")
    printed_name: str
    role: str
    meaning: str
    record_kind: str
    record: str
    record_hash: str
    components: str = Field(description="password, password+code, or password+passkey")
    at: datetime = instant()


class Approval(Row, table=True):
    """A step that needs two people: asked by one, decided by another (never the same)."""

    sponsor_id: int | None = Field(default=None, foreign_key="sponsor.id")
    study_id: int | None = Field(default=None, foreign_key="study.id")
    kind: str
    record: str
    record_hash: str = Field(description="salted: a bare hash would give a short kit list away")
    asked_by_id: int = Field(foreign_key="account.id")
    asked_at: datetime = instant()
    decided_by_id: int | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = instant(default=None)
    granted: bool | None = None
    reason: str | None = None
    signature_id: int | None = Field(default=None, foreign_key="signature.id")


class Command(Row, table=True):
    """A command once carried out: its key, what was asked, what was answered. A second press reads this."""

    __table_args__ = (UniqueConstraint("account_id", "key"),)
    account_id: int = Field(foreign_key="account.id")
    key: str
    name: str
    asked_hash: str
    answer: dict[str, Any] = document()
    at: datetime = instant()


class Job(Row, table=True):
    """A durable job with its progress."""

    kind: str
    study_id: int | None = Field(default=None, foreign_key="study.id")
    asked: dict[str, Any] = document()
    status: JobStatus = one_of(JobStatus, "status", index=True)
    done_steps: int = 0
    all_steps: int | None = None
    words: str = ""
    cancel_asked: bool = False
    result: dict[str, Any] | None = document(default=None)
    attempts: int = 0
    leased_until: datetime | None = instant(default=None)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    created_at: datetime = instant()
    ended_at: datetime | None = instant(default=None)


class Outbox(Row, table=True):
    """A message for the world outside, written with the change it tells of and sent after commit."""

    study_id: int | None = Field(default=None, foreign_key="study.id")
    kind: str
    audience: str
    body: dict[str, Any] = document()
    created_at: datetime = instant()
    sent_at: datetime | None = instant(default=None, index=True)
    attempts: int = 0
    due_at: datetime = instant(description="not tried before")
    held_because: str | None = Field(default=None, description="why it may not leave yet")


class Message(Row, table=True):
    """A message on people's pages, by site and audience."""

    sponsor_id: int = Field(foreign_key="sponsor.id")
    study_id: int = Field(foreign_key="study.id", index=True)
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    audience: str
    sentence: str
    at: datetime = instant()
