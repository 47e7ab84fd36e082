"""Who a person is to a provider of single sign-on."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.tables.columns import Row, instant


class AccountIdentity(Row, table=True):
    """A subject of a provider that opens an account here. Append-only: it never comes to open another one."""

    __tablename__ = "account_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    issuer: str
    subject: str
    account_id: int = Field(foreign_key="account.id", index=True)
    linked_at: datetime = instant()
