"""Why steps of lots were refused or withdrawn: for those who sign them, who are unblinded."""

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, select

from irt.tables.columns import table_of
from irt.tables.secret import ReleaseReason

_REASONS = table_of(ReleaseReason)
_ALL = select(_REASONS.c.step_id, _REASONS.c.reason).where(_REASONS.c.study_id == bindparam("study_id"))


def release_reasons(connection: Connection, study_id: int) -> Mapping[int, str]:
    """The reason by the number of the written step."""
    return {row.step_id: row.reason for row in connection.execute(_ALL, {"study_id": study_id})}
