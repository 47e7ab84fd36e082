"""A study's sealed allocation seed: for its holders to open, and in whose hands it is."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.tables.columns import table_of
from irt.tables.secret import AllocationKey
from irt.tables.study import StudyEnd

_KEYS, _ENDS = table_of(AllocationKey), table_of(StudyEnd)
_SEALED = select(_KEYS.c.sealed, _KEYS.c.commitment).where(
    _KEYS.c.study_id == bindparam("study_id"), _KEYS.c.purpose == "allocation"
)
_ALL = select(_KEYS.c.sealed).where(_KEYS.c.purpose == "allocation")
_STEPS = select(_ENDS.c.kind, _ENDS.c.at).where(_ENDS.c.study_id == bindparam("study_id")).order_by(_ENDS.c.id)


@dataclass(frozen=True)
class Custody(UnblindedView):
    """The published commitment, the seed as it is sealed, and when the steps of the study's end were declared."""

    commitment: str
    sealed: str = field(repr=False)
    locked_at: datetime | None
    unblinded_at: datetime | None


def sealed_seed(connection: Connection, study_id: int) -> str:
    """As it lies in the database; NotFound where there is no such study."""
    return _row(connection, study_id)[0]


def seed_custody(connection: Connection, study_id: int) -> Custody:
    """How a study's seed is kept; NotFound where there is no such study."""
    sealed, commitment = _row(connection, study_id)
    steps = {row.kind: row.at for row in connection.execute(_STEPS, {"study_id": study_id})}
    return Custody(commitment, sealed, steps.get("locked"), steps.get("unblinded"))


def sealed_seeds(connection: Connection) -> tuple[str, ...]:
    """The allocation seeds of all studies of the installation, sealed."""
    return tuple(connection.execute(_ALL).scalars())


def _row(connection: Connection, study_id: int) -> tuple[str, str]:
    found = connection.execute(_SEALED, {"study_id": study_id}).first()
    if found is None:
        raise NotFound("No such study. Check the number.")
    return str(found.sealed), str(found.commitment)
