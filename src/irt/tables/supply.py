"""How supply is steered while a study runs. Nothing here tells a treatment."""

from datetime import date, datetime

from sqlmodel import Field

from irt.tables.columns import Owned, instant


class SupplyStop(Owned, table=True):
    """From which day nothing more is sent to a site or a country; a later row replaces it. Append-only.

    Without a day, supply goes on.
    """

    __tablename__ = "supply_stop"
    country: str | None = None
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    stops_on: date | None = None
    change_id: int = Field(foreign_key="operational_change.id")


class ExceptionTaken(Owned, table=True):
    """Who looks after something that went wrong in supply, since when; a later row replaces it. Append-only."""

    __tablename__ = "exception_taken"
    kind: str
    record: str = Field(description="a shipment, a site, a lot: what the exception is about")
    account_id: int = Field(foreign_key="account.id")
    note: str = ""
    at: datetime = instant()


class ExceptionNotice(Owned, table=True):
    """That people were written to of a matter at one stage: it opened, is overdue, was escalated. Append-only."""

    __tablename__ = "exception_notice"
    kind: str
    record: str
    stage: str
    deadline: datetime = instant()
    at: datetime = instant()
