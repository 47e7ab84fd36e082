"""Go-live gates as far as they tell no kit type: that there is one, how its runs ended, who signed or overrode."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.states.gate import GateVerdict
from irt.states.plan import RunStatus
from irt.tables.columns import Owned, instant, one_of


class GoLiveGate(Owned, table=True):
    """A gate that was agreed on for a study version; its content is secret. Append-only."""

    __tablename__ = "go_live_gate"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: int
    version_number: int
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()


class GateRun(Owned, table=True):
    """One run of a gate: started by whom, by which engine and release, how it ended. Fixed once it has ended."""

    __tablename__ = "gate_run"
    __table_args__ = (UniqueConstraint("gate_id", "number"),)
    gate_id: int = Field(foreign_key="go_live_gate.id")
    number: int
    engine: str
    software: str = Field(description="names and versions of what calculates")
    release: str = Field(description="of the product")
    status: RunStatus = one_of(RunStatus, "status")
    verdict: GateVerdict | None = one_of(GateVerdict, "verdict", nullable=True)
    cancel_asked: bool = False
    account_id: int = Field(foreign_key="account.id")
    job_id: int | None = Field(default=None, foreign_key="job.id")
    at: datetime = instant()
    ended_at: datetime | None = instant(default=None)


class GateSignature(Owned, table=True):
    """The signature under the record of a run that passed. Append-only."""

    __tablename__ = "gate_signature"
    run_id: int = Field(foreign_key="gate_run.id", unique=True)
    signature_id: int = Field(foreign_key="signature.id")
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()


class GateOverride(Owned, table=True):
    """A version that may go live without its gate until a day, for urgent safety; signed. Append-only."""

    __tablename__ = "gate_override"
    version_number: int
    reason: str
    ends_on: date
    signature_id: int = Field(foreign_key="signature.id")
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()
