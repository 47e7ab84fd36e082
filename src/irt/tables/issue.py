"""Issues of a study: what somebody has to see to, beside deviations from the protocol. Append-only."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.states.issue import IssueKind, IssueRank
from irt.tables.columns import Owned, instant, one_of


class StudyIssue(Owned, table=True):
    """An issue as it was written down. Append-only."""

    __tablename__ = "study_issue"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: str
    kind: IssueKind = one_of(IssueKind, "kind")
    rank: IssueRank = one_of(IssueRank, "rank")
    site_id: int | None = Field(default=None, foreign_key="site.id")
    sentence: str
    due_on: date
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()


class StudyIssueStep(Owned, table=True):
    """What was done about an issue: a note, or its end. Append-only."""

    __tablename__ = "study_issue_step"
    issue_id: int = Field(foreign_key="study_issue.id", index=True)
    step: str = Field(description="noted, closed")
    words: str
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()
