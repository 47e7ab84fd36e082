"""Enrolment as it was planned and as it was foreseen: counts of subjects; nothing here tells a treatment."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.tables.columns import Owned, document, instant


class EnrolmentForecast(Owned, table=True):
    """One forecast: what was asked, from what was known on which day, and what came out. Fixed once finished."""

    __tablename__ = "enrolment_forecast"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: int
    asked: dict[str, Any] = document()
    known_on: date | None = Field(default=None, description="the day on which it was worked out")
    result: dict[str, Any] | None = document(default=None)
    account_id: int = Field(foreign_key="account.id")
    job_id: int | None = Field(default=None, foreign_key="job.id")
    at: datetime = instant()
    finished_at: datetime | None = instant(default=None)


class EnrolmentPlanSet(Owned, table=True):
    """One plan of enrolment; the newest holds, those before it show what was planned first. Append-only."""

    __tablename__ = "enrolment_plan"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: int
    subjects: int
    sites: int
    days: dict[str, Any] = document(description="milestone -> its planned day")
    reason: str
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()
