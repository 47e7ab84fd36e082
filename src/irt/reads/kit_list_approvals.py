"""The approvals of kit lists: which one waits for a second person, and which one was granted."""

from sqlalchemy import Connection, bindparam, select

from irt.blinding.two_persons import ApprovalKind
from irt.tables.columns import table_of
from irt.tables.record import Approval

_APPROVALS = table_of(Approval)
_NEWEST = (
    select(_APPROVALS.c.id)
    .where(
        _APPROVALS.c.study_id == bindparam("study_id"),
        _APPROVALS.c.kind == ApprovalKind.KIT_LIST,
        _APPROVALS.c.record == bindparam("record"),
    )
    .order_by(_APPROVALS.c.id.desc())
    .limit(1)
)
_WAITING = _NEWEST.where(_APPROVALS.c.decided_at.is_(None))
_GRANTED = _NEWEST.where(_APPROVALS.c.granted)


def waiting_approval(connection: Connection, study_id: int, record: str) -> int | None:
    """The newest approval of that list that nobody has decided."""
    return connection.execute(_WAITING, {"study_id": study_id, "record": record}).scalar()


def granted_approval(connection: Connection, study_id: int, record: str) -> int | None:
    """The newest approval of that list that was granted."""
    return connection.execute(_GRANTED, {"study_id": study_id, "record": record}).scalar()
