"""Issues of a study with what was done about each: open ones first, then those closed last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_activation import sites_reached
from irt.states.issue import IssueKind, IssueRank
from irt.tables.columns import table_of
from irt.tables.issue import StudyIssue, StudyIssueStep
from irt.tables.people import Account
from irt.tables.study import Site


@dataclass(frozen=True)
class IssueNote(BlindedView):
    """What somebody did about an issue."""

    words: str
    person: str
    at: datetime


@dataclass(frozen=True)
class IssueLine(BlindedView):
    """One issue; `closed_at` is empty while it is open."""

    number: str
    kind: IssueKind
    rank: IssueRank
    site: str
    sentence: str
    due_on: date
    opened_by: str
    opened_at: datetime
    notes: tuple[IssueNote, ...]
    closed_at: datetime | None

    def late(self, today: date) -> bool:
        """Whether it is open after its day."""
        return self.closed_at is None and self.due_on < today


_ISSUES, _STEPS, _SITES, _ACCOUNTS = (
    table_of(StudyIssue),
    table_of(StudyIssueStep),
    table_of(Site),
    table_of(Account),
)
_ALL = (
    select(_ISSUES, _SITES.c.number.label("site"), _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _ISSUES.c.account_id)
    .outerjoin(_SITES, _SITES.c.id == _ISSUES.c.site_id)
    .where(_ISSUES.c.study_id == bindparam("study_id"))
    .order_by(_ISSUES.c.id.desc())
)
_ALL_STEPS = (
    select(_STEPS, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _STEPS.c.account_id)
    .where(_STEPS.c.study_id == bindparam("study_id"))
    .order_by(_STEPS.c.id)
)


def issues_of(connection: Connection, actor: Actor, study_id: int) -> tuple[IssueLine, ...]:
    """Issues of the whole study, or for whoever works at some sites, those of these sites."""
    actor.require(Permission.VIEW_STUDY_LIFE, study_id)
    reached = sites_reached(actor, Permission.VIEW_STUDY_LIFE, study_id)
    steps: dict[int, list[RowMapping]] = {}
    for row in connection.execute(_ALL_STEPS, {"study_id": study_id}).mappings():
        steps.setdefault(row["issue_id"], []).append(row)
    rows = connection.execute(_ALL, {"study_id": study_id}).mappings()
    lines = [_line(row, steps.get(row["id"], [])) for row in rows if reached is None or row["site_id"] in reached]
    return tuple(sorted(lines, key=lambda one: one.closed_at is not None))


def _line(row: RowMapping, steps: Sequence[RowMapping]) -> IssueLine:
    return IssueLine(
        number=row["number"],
        kind=IssueKind(row["kind"]),
        rank=IssueRank(row["rank"]),
        site=row["site"] or "",
        sentence=row["sentence"],
        due_on=row["due_on"],
        opened_by=row["printed_name"],
        opened_at=row["at"],
        notes=tuple(IssueNote(step["words"], step["printed_name"], step["at"]) for step in steps),
        closed_at=next((step["at"] for step in steps if step["step"] == "closed"), None),
    )
