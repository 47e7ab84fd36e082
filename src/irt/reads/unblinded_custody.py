"""A study's sealed allocation seed, for its holders to open."""

from sqlalchemy import Connection, bindparam, select

from irt.errors import NotFound
from irt.tables.columns import table_of
from irt.tables.secret import AllocationKey

_KEYS = table_of(AllocationKey)
_SEALED = select(_KEYS.c.sealed).where(_KEYS.c.study_id == bindparam("study_id"), _KEYS.c.purpose == "allocation")


def sealed_seed(connection: Connection, study_id: int) -> str:
    """As it lies in the database; NotFound where there is no such study."""
    found = connection.execute(_SEALED, {"study_id": study_id}).scalar()
    if found is None:
        raise NotFound("No such study. Check the number.")
    return str(found)
