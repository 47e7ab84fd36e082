"""Planned unblindings as everybody may know them: whose treatments, for what, to whom, and who stays blinded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.views import BlindedView
from irt.reads.locked import is_locked
from irt.states.study_lock import LockStep
from irt.states.table import words
from irt.tables.columns import table_of
from irt.tables.lock import StudyLockStep
from irt.tables.people import Account
from irt.tables.study import StudyEnd
from irt.tables.unblinding import PlannedUnblinding, PlannedUnblindingDecision


@dataclass(frozen=True)
class PlanLine(BlindedView):
    """One plan; `granted` is None while it waits."""

    number: str
    purpose: str
    scope: str
    recipients: tuple[str, ...]
    reason: str
    stays_blinded: str
    safeguards: str
    at: datetime
    person: str
    account_id: int
    granted: bool | None
    decided_at: datetime | None
    decided_by: str
    decision: str

    @property
    def state(self) -> str:
        """As people read it."""
        return {None: "waits", True: "granted", False: "refused"}[self.granted]


_PLANS, _DECISIONS, _ENDS = table_of(PlannedUnblinding), table_of(PlannedUnblindingDecision), table_of(StudyEnd)
_LOCKS = table_of(StudyLockStep)
_ASKERS, _DECIDERS = table_of(Account), table_of(Account).alias("decider")
_EVERY = (
    select(
        _PLANS,
        _ASKERS.c.printed_name,
        _DECISIONS.c.granted,
        _DECISIONS.c.at.label("decided_at"),
        _DECISIONS.c.reason.label("decision"),
        _DECIDERS.c.printed_name.label("decided_by"),
    )
    .join(_ASKERS, _ASKERS.c.id == _PLANS.c.account_id)
    .outerjoin(_DECISIONS, _DECISIONS.c.unblinding_id == _PLANS.c.id)
    .outerjoin(_DECIDERS, _DECIDERS.c.id == _DECISIONS.c.account_id)
    .where(_PLANS.c.study_id == bindparam("study_id"))
    .order_by(_PLANS.c.id.desc())
)
_LOCKED = select(_ENDS.c.at).where(_ENDS.c.study_id == bindparam("study_id"), _ENDS.c.kind == "locked")
_SET = select(func.max(_LOCKS.c.at)).where(
    _LOCKS.c.study_id == bindparam("study_id"), _LOCKS.c.step == LockStep.SET
)


def locked_at(connection: Connection, study_id: int) -> datetime | None:
    """When the database of the study was locked, or declared so, if it is."""
    asked = {"study_id": study_id}
    if is_locked(connection, study_id):
        since: datetime = connection.execute(_SET, asked).scalar_one()
        return since
    found: datetime | None = connection.execute(_LOCKED, asked).scalar()
    return found


def planned_unblindings(connection: Connection, study_id: int) -> tuple[PlanLine, ...]:
    """Every plan of a study, newest first."""
    return tuple(
        PlanLine(
            number=row["number"],
            purpose=words(row["purpose"]),
            scope=scope_words(row["scope"]),
            recipients=tuple(f"{one['name']}, {one['organisation']}" for one in row["recipients"]),
            reason=row["reason"],
            stays_blinded=row["stays_blinded"],
            safeguards=row["safeguards"],
            at=row["at"],
            person=row["printed_name"],
            account_id=row["account_id"],
            granted=row["granted"],
            decided_at=row["decided_at"],
            decided_by=row["decided_by"] or "",
            decision=row["decision"] or "",
        )
        for row in connection.execute(_EVERY, {"study_id": study_id}).mappings()
    )


def scope_words(scope: Mapping[str, Any]) -> str:
    """A scope as people read it."""
    return "whole study" if scope["kind"] == "study" else f"{scope['kind']} {', '.join(scope['values'])}"
