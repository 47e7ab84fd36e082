"""Notices by e-mail: who approved or withdrew which wording of which kind."""

from datetime import datetime

from sqlmodel import Field

from irt.tables.columns import Owned, instant


class NoticeApproval(Owned, table=True):
    """A person's word that a wording may be sent, or may not any more; the last one holds. Append-only."""

    __tablename__ = "notice_approval"
    kind: str
    wording_sha256: str = Field(description="of the words for every kind of reader")
    granted: bool
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()
