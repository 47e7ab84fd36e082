"""What a study published of its seeds before the first draw: a hash of each, by purpose."""

from sqlalchemy import Connection, bindparam, select

from irt.tables.columns import table_of
from irt.tables.secret import AllocationKey

_KEYS = table_of(AllocationKey)
_OF_STUDY = (
    select(_KEYS.c.purpose, _KEYS.c.commitment)
    .where(_KEYS.c.study_id == bindparam("study_id"))
    .order_by(_KEYS.c.purpose)
)


def commitments_of(connection: Connection, study_id: int) -> dict[str, str]:
    """SHA-256 of each seed, by purpose. The seeds themselves stay sealed."""
    return {row.purpose: row.commitment for row in connection.execute(_OF_STUDY, {"study_id": study_id})}
