"""Issues of a study: written down, noted on, closed. Deviations from the protocol are another log."""

from datetime import date

from sqlalchemy import RowMapping, bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.supply_study import lock_row, site_numbered
from irt.services.work import Work
from irt.states.issue import IssueKind, IssueRank
from irt.tables.columns import table_of
from irt.tables.issue import StudyIssue, StudyIssueStep

NOTED, CLOSED = "noted", "closed"
WORDS_MAX = 1000


class OpenIssue(SQLModel):
    """What somebody has to see to, by when; at a site where one is named."""

    study_id: int
    kind: IssueKind
    rank: IssueRank
    site: str | None = Field(default=None, max_length=40)
    sentence: str = Field(min_length=1, max_length=WORDS_MAX)
    due_on: date


class NoteIssue(SQLModel):
    """What was done about an issue; `close`: and that it has ended with it."""

    study_id: int
    number: str
    words: str = Field(min_length=1, max_length=WORDS_MAX)
    close: bool = False


class IssueNoted(SQLModel):
    """The issue, and whether it is closed."""

    number: str
    closed: bool


class IssueClosed(Refusal):
    """An issue that has ended takes no more notes."""


_ISSUES, _STEPS = table_of(StudyIssue), table_of(StudyIssueStep)
_COUNT = select(func.count().label("n")).where(_ISSUES.c.study_id == bindparam("study_id"))
_ONE = select(_ISSUES).where(_ISSUES.c.study_id == bindparam("study_id"), _ISSUES.c.number == bindparam("number"))
_ENDED = select(_STEPS.c.id).where(_STEPS.c.issue_id == bindparam("issue_id"), _STEPS.c.step == CLOSED)


def open_issue(work: Work, ask: OpenIssue) -> IssueNoted:
    """Gives the issue its number in the study."""
    site = None if ask.site is None else site_numbered(work, ask.study_id, ask.site)
    site_id = None if site is None else site.id
    work.actor.require(Permission.RECORD_ISSUE, ask.study_id, site_id)
    sponsor_id = lock_row(work, ask.study_id)
    sentence = _said(ask.sentence)
    number = f"I-{int(work.one('study', _COUNT, study_id=ask.study_id)['n']) + 1:04d}"
    work.append(
        StudyIssue,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        number=number,
        kind=ask.kind,
        rank=ask.rank,
        site_id=site_id,
        sentence=sentence,
        due_on=ask.due_on,
        account_id=work.actor.account_id,
        at=work.at,
    )
    new = {"kind": ask.kind, "rank": ask.rank, "sentence": sentence, "due_on": ask.due_on.isoformat()}
    work.audit(AuditDraft("issue_opened", "issue", number, study_id=ask.study_id, site_id=site_id, new=new))
    return IssueNoted(number=number, closed=False)


def note_issue(work: Work, ask: NoteIssue) -> IssueNoted:
    """Adds what was done; closed, the issue takes no more."""
    sponsor_id = lock_row(work, ask.study_id)
    row: RowMapping = work.one("issue", _ONE, study_id=ask.study_id, number=ask.number)
    work.actor.require(Permission.RECORD_ISSUE, ask.study_id, row["site_id"])
    if work.row(_ENDED, issue_id=row["id"]):
        raise IssueClosed(f"Issue {ask.number} is closed. Nothing was changed. Open another one.")
    words = _said(ask.words)
    work.append(
        StudyIssueStep,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        issue_id=row["id"],
        step=CLOSED if ask.close else NOTED,
        words=words,
        account_id=work.actor.account_id,
        at=work.at,
    )
    act = "issue_closed" if ask.close else "issue_noted"
    work.audit(
        AuditDraft(act, "issue", ask.number, study_id=ask.study_id, site_id=row["site_id"], new={"words": words})
    )
    return IssueNoted(number=ask.number, closed=ask.close)


def _said(words: str) -> str:
    said = words.strip()
    if not said:
        raise BadInput("Say what it is about. Nothing was booked.")
    return said
