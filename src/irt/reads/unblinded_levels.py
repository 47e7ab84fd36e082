"""Proposed stock levels with their figures, for the people who may know kit types."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, Select

from irt.audit.operational_change import change_hash
from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.reads.unblinded_proposals import APPROVALS, CHANGES, proposals_of
from irt.study.operations import ChangeKind


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


_LEVELS = proposals_of(ChangeKind.LEVELS)


def waiting_levels(connection: Connection, study_id: int) -> tuple[ProposedLevel, ...]:
    """Levels that wait for a second person, the oldest first."""
    return tuple(_levels(connection, _LEVELS.where(APPROVALS.c.decided_at.is_(None)), study_id))


def proposed_level(connection: Connection, study_id: int, change_id: int) -> ProposedLevel:
    """One proposal of levels; NotFound where it is none."""
    found = _levels(connection, _LEVELS.where(CHANGES.c.id == change_id), study_id)
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
