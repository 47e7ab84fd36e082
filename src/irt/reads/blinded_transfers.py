"""Study data that left: who took which export when, and the hashes of what blinded people may have."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from irt.audit.entry import study_chain
from irt.blinding.views import BlindedView
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry

SHOWN_MAX = 100
_ACTS = ("data_exported", "unblinded_data_exported")


@dataclass(frozen=True)
class Transfer(BlindedView):
    """One taking; of an unblinded edition it is told for whom, and no file."""

    what: str
    unblinded: bool
    person: str
    at: datetime
    recipient: str
    files: tuple[tuple[str, int, str], ...]
    """Name, records and SHA-256."""


_ENTRIES = table_of(AuditEntry)
_TAKEN = (
    select(_ENTRIES.c.act, _ENTRIES.c.person, _ENTRIES.c.at, _ENTRIES.c.new)
    .where(_ENTRIES.c.chain == bindparam("chain"), _ENTRIES.c.act.in_(_ACTS))
    .order_by(_ENTRIES.c.sequence.desc())
    .limit(SHOWN_MAX)
)


def transfers_of(connection: Connection, study_id: int) -> tuple[Transfer, ...]:
    """The newest hundred of a study."""
    rows = connection.execute(_TAKEN, {"chain": study_chain(study_id)})
    return tuple(
        Transfer(
            what=row.new["what"],
            unblinded=row.act == _ACTS[1],
            person=row.person,
            at=row.at,
            recipient=row.new.get("recipient", ""),
            files=_files(row.new),
        )
        for row in rows
    )


def _files(new: Mapping[str, Any]) -> tuple[tuple[str, int, str], ...]:
    return tuple((name, told["rows"], told["sha256"]) for name, told in sorted(new.get("files", {}).items()))
