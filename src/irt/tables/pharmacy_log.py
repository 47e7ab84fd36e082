"""How a site wants its accountability log; the newest layout counts."""

from datetime import datetime

from sqlmodel import Field

from irt.tables.columns import Owned, document, instant


class LogLayout(Owned, table=True):
    """Columns in order, each with its heading. Append-only."""

    __tablename__ = "log_layout"
    site_id: int = Field(foreign_key="site.id", index=True)
    columns: list[list[str]] = document(description="field and heading")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")
