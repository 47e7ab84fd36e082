"""Which studies are locked: their trails take nothing of the night's work any more."""

from sqlalchemy import Connection, select

from irt.audit.entry import study_chain
from irt.tables.columns import table_of
from irt.tables.record import AuditHead

_HEADS = table_of(AuditHead)
_CLOSED = select(_HEADS.c.chain).where(_HEADS.c.closed)


def locked_chains(connection: Connection) -> frozenset[str]:
    """The chains of every study that is locked now."""
    return frozenset(connection.execute(_CLOSED).scalars())


def is_locked(connection: Connection, study_id: int) -> bool:
    """Whether the study is locked now."""
    return study_chain(study_id) in locked_chains(connection)
