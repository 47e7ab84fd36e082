"""What monitors verified at their sites, and up to when."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.tables.columns import Owned, document, instant


class MonitoringVisit(Owned, table=True):
    """A visit of a monitor to a site, signed; what comes after `at` is new at the next. Append-only."""

    __tablename__ = "monitoring_visit"
    __table_args__ = (UniqueConstraint("site_id", "number"),)
    site_id: int = Field(foreign_key="site.id")
    number: int = Field(description="counts the visits of the site, from 1")
    on_day: date
    verified: str = Field(description="what was looked at and what was found")
    figures: dict[str, Any] = document(description="what stood on the page when it was signed")
    account_id: int = Field(foreign_key="account.id")
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
