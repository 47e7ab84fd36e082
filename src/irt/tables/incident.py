"""The log of incidents and serious breaches: what was noted, and every step under it."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.states.incident import IncidentEvent
from irt.tables.columns import Owned, document, instant, one_of


class Incident(Owned, table=True):
    """Something that went wrong, as it became known. Its status is a fold over its steps. Append-only."""

    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: str
    what: str
    happened_at: datetime | None = instant(default=None, description="empty where nobody knows")
    known_at: datetime = instant(description="when the sponsor's side became aware: the clock starts here")
    subjects: list[str] = document()
    sites: list[str] = document()
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class IncidentStep(Owned, table=True):
    """An assessment, an action, a report or the end of an incident. Append-only."""

    __tablename__ = "incident_step"
    incident_id: int = Field(foreign_key="incident.id", index=True)
    event: IncidentEvent = one_of(IncidentEvent, "event")
    said: str
    signature_id: int | None = Field(default=None, foreign_key="signature.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")
