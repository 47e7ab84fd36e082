"""The entries of approved lists, as draws ask for them: one at a time, by stratum and position."""

from sqlalchemy import bindparam, select

from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.secret import ListEntry

_ENTRIES = table_of(ListEntry)
_ENTRY = select(_ENTRIES.c.position, _ENTRIES.c.arm).where(
    _ENTRIES.c.study_id == bindparam("study_id"),
    _ENTRIES.c.stratum == bindparam("stratum"),
    _ENTRIES.c.position == bindparam("position"),
)


def entry_at(work: Work, study_id: int, stratum: str, position: int) -> tuple[int, str] | None:
    """That position and its arm; None where the stratum's list does not reach so far."""
    row = work.row(_ENTRY, study_id=study_id, stratum=stratum, position=position)
    return None if row is None else (row["position"], row["arm"])
