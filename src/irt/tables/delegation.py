"""What investigators delegate to the people of their site."""

from datetime import date, datetime

from sqlmodel import Field

from irt.tables.columns import Owned, document, instant


class Delegation(Owned, table=True):
    """Tasks of one person at a site, from a day to a day, under the investigator's signature."""

    site_id: int = Field(foreign_key="site.id", index=True)
    number: int = Field(description="the line of the site's log, from 1")
    account_id: int = Field(foreign_key="account.id")
    tasks: list[str] = document()
    starts_on: date
    ends_on: date | None = Field(default=None, description="the last day")
    note: str
    delegated_by_id: int = Field(foreign_key="account.id")
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
    ended_at: datetime | None = instant(default=None)
    ended_by_id: int | None = Field(default=None, foreign_key="account.id")
    end_reason: str | None = None
