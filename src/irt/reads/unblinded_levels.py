"""Proposed stock levels with their figures, for the people who may know kit types."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, Select, bindparam, select

from irt.audit.operational_change import change_hash
from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.study.operations import ChangeKind
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.record import Approval
from irt.tables.secret import ApprovalMatter
from irt.tables.study import OperationalChange


@dataclass(frozen=True)
class ProposedLevel(UnblindedView):
    """Levels that somebody proposed. `seen`: the hash that a decision is bound to."""

    change_id: int
    record: str
    kit_type: str
    minimum: int
    maximum: int
    effective_from: date
    reason: str
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    granted: bool | None
    seen: str
    trigger_days: int | None = None
    resupply_days: int | None = None


_CHANGES, _APPROVALS, _MATTERS = table_of(OperationalChange), table_of(Approval), table_of(ApprovalMatter)
_ACCOUNTS = table_of(Account)
_LEVELS = (
    select(
        _CHANGES,
        _MATTERS.c.content,
        _APPROVALS.c.asked_by_id,
        _APPROVALS.c.asked_at,
        _APPROVALS.c.granted,
        _ACCOUNTS.c.printed_name,
    )
    .join(_APPROVALS, _APPROVALS.c.id == _CHANGES.c.approval_id)
    .join(_MATTERS, _MATTERS.c.approval_id == _APPROVALS.c.id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _APPROVALS.c.asked_by_id)
    .where(_CHANGES.c.study_id == bindparam("study_id"), _CHANGES.c.kind == ChangeKind.LEVELS)
    .order_by(_CHANGES.c.id)
)


def waiting_levels(connection: Connection, study_id: int) -> tuple[ProposedLevel, ...]:
    """Levels that wait for a second person, the oldest first."""
    return tuple(_levels(connection, _LEVELS.where(_APPROVALS.c.decided_at.is_(None)), study_id))


def proposed_level(connection: Connection, study_id: int, change_id: int) -> ProposedLevel:
    """One proposal of levels; NotFound where it is none."""
    found = _levels(connection, _LEVELS.where(_CHANGES.c.id == change_id), study_id)
    if not found:
        raise NotFound("No such proposal in this study. Check its number.")
    return found[0]


def _levels(connection: Connection, statement: Select[*tuple[object, ...]], study_id: int) -> list[ProposedLevel]:
    return [_level(row) for row in connection.execute(statement, {"study_id": study_id}).mappings()]


def _level(row: RowMapping) -> ProposedLevel:
    secret = row["content"]["secret"]
    return ProposedLevel(
        change_id=row["id"],
        record=row["record"],
        **secret,
        effective_from=row["effective_from"],
        reason=row["reason"],
        asked_by_id=row["asked_by_id"],
        asked_by=row["printed_name"],
        asked_at=row["asked_at"],
        granted=row["granted"],
        seen=change_hash(row["kind"], row["record"], row["facts"], row["effective_from"], secret),
    )
