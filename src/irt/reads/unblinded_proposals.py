"""Operational changes with what is proposed in full, for the people who may know kit types."""

from typing import Any

from sqlalchemy import Select, bindparam, select

from irt.study.operations import ChangeKind
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.record import Approval
from irt.tables.secret import ApprovalMatter
from irt.tables.study import OperationalChange

CHANGES, APPROVALS = table_of(OperationalChange), table_of(Approval)
_MATTERS, _ACCOUNTS = table_of(ApprovalMatter), table_of(Account)


def proposals_of(kind: ChangeKind) -> Select[Any]:
    """A study's proposals of one kind, the oldest first, each with who asked and what."""
    return (
        select(
            CHANGES,
            _MATTERS.c.content,
            APPROVALS.c.asked_by_id,
            APPROVALS.c.asked_at,
            APPROVALS.c.granted,
            _ACCOUNTS.c.printed_name,
        )
        .join(APPROVALS, APPROVALS.c.id == CHANGES.c.approval_id)
        .join(_MATTERS, _MATTERS.c.approval_id == APPROVALS.c.id)
        .join(_ACCOUNTS, _ACCOUNTS.c.id == APPROVALS.c.asked_by_id)
        .where(CHANGES.c.study_id == bindparam("study_id"), CHANGES.c.kind == kind)
        .order_by(CHANGES.c.id)
    )
