"""Approvals as anybody may know them: what is asked for, by whom, and what was decided; never what it holds."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.two_persons import WHO, ApprovalKind
from irt.blinding.views import BlindedView
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.record import Approval
from irt.tables.study import Study

SHOWN = 50


@dataclass(frozen=True)
class ApprovalLine(BlindedView):
    """One approval; `granted` None: nobody has decided."""

    approval_id: int
    study_id: int
    study: str
    kind: ApprovalKind
    record: str
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    granted: bool | None
    decided_by: str
    decided_at: datetime | None
    reason: str


_APPROVALS, _STUDIES = table_of(Approval), table_of(Study)
_ASKERS, _DECIDERS = table_of(Account).alias("asker"), table_of(Account).alias("decider")
_ALL = (
    select(
        _APPROVALS,
        (_STUDIES.c.protocol + " (" + _STUDIES.c.mode + ")").label("study"),
        _ASKERS.c.printed_name.label("asked_by"),
        _DECIDERS.c.printed_name.label("decided_by"),
    )
    .join(_STUDIES, _STUDIES.c.id == _APPROVALS.c.study_id)
    .join(_ASKERS, _ASKERS.c.id == _APPROVALS.c.asked_by_id)
    .outerjoin(_DECIDERS, _DECIDERS.c.id == _APPROVALS.c.decided_by_id)
    .order_by(_APPROVALS.c.id.desc())
)
_WAITING = _ALL.where(_APPROVALS.c.decided_at.is_(None))
_OF_KIND = _ALL.where(_APPROVALS.c.study_id == bindparam("study_id"), _APPROVALS.c.kind == bindparam("kind"))


def approvals_waiting(connection: Connection, actor: Actor) -> tuple[ApprovalLine, ...]:
    """Approvals that nobody has decided and that the person's role may ask for or decide, newest first."""
    lines = (_line(row) for row in connection.execute(_WAITING).mappings())
    return tuple(line for line in lines if _concerns(actor, line))[:SHOWN]


def approvals_of_kind(connection: Connection, study_id: int, kind: ApprovalKind) -> tuple[ApprovalLine, ...]:
    """The newest approvals of one kind in a study, decided ones too."""
    rows = connection.execute(_OF_KIND.limit(SHOWN), {"study_id": study_id, "kind": kind}).mappings()
    return tuple(_line(row) for row in rows)


def may_decide(actor: Actor, line: ApprovalLine) -> bool:
    """Whether the person's role may decide, and they did not ask themselves."""
    decides = WHO[line.kind][1]
    return actor.grant_for(decides, line.study_id, None) is not None and line.asked_by_id != actor.account_id


def _concerns(actor: Actor, line: ApprovalLine) -> bool:
    return any(actor.grant_for(permission, line.study_id, None) is not None for permission in WHO[line.kind])


def _line(row: RowMapping) -> ApprovalLine:

    return ApprovalLine(
        approval_id=row["id"],
        study_id=row["study_id"],
        study=row["study"],
        kind=ApprovalKind(row["kind"]),
        record=row["record"],
        asked_by_id=row["asked_by_id"],
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        granted=row["granted"],
        decided_by=row["decided_by"] or "",
        decided_at=row["decided_at"],
        reason=row["reason"] or "",
    )
