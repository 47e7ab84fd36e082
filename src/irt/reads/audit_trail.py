"""Reading the audit trail: whether every chain still holds, entry by entry."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, and_, func, select, union

from irt.audit.chain import GENESIS, Fault, first_fault
from irt.audit.entry import content_of, secret_content_of
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry, AuditHead
from irt.tables.secret import SecretAuditEntry, SecretAuditHead

_ENTRIES, _HEADS = table_of(AuditEntry), table_of(AuditHead)
_SECRET_ENTRIES, _SECRET_HEADS = table_of(SecretAuditEntry), table_of(SecretAuditHead)
_BATCH_ENTRIES = 1000

Tell = Callable[[int, int], None]
"""Is told, a batch at a time, how many entries were walked and how many there are in all."""


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """What was found on the entries walked; `fault` is the first bad one, None where the chain holds."""

    chain: str
    secret: bool
    entries: int
    fault: Fault | None


@dataclass(slots=True)
class _Walk:
    """How far along a chain the walk is: memory stays the same however long the chain."""

    connection: Connection
    chain: str
    secret: bool
    tell: Callable[[int], None]
    entries: int = 0
    last_sequence: int = 0
    last_hash: str = GENESIS
    astray: Fault | None = field(default=None)

    def __iter__(self) -> Iterator[tuple[int, str, str, dict[str, Any]]]:
        content = secret_content_of if self.secret else content_of
        for row in _rows(self.connection, self.chain, self.tell, secret=self.secret):
            self.entries += 1
            self.last_sequence, self.last_hash = row["sequence"], row["hash"]
            if self.secret and self.astray is None:
                self.astray = _astray(row)
            yield row["sequence"], row["previous_hash"], row["hash"], content(row)


def whole_at_once(connection: Connection) -> None:
    """Makes every question of a transaction see the same moment; the first thing said in it.

    Otherwise entries written during a long walk would look as if the chain had lost its end.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def verify_chains(
    connection: Connection, chains: Iterable[str] | None = None, tell: Tell = lambda walked, of: None
) -> list[ChainVerdict]:
    """Rehashes the blinded and the secret chain of each name, of all names where none is given.

    A name with entries or a head in either chain gets its verdicts, the blinded one first. What was altered is
    named (P11-01).
    """
    names = sorted(_known_chains(connection) if chains is None else set(chains))
    of = _length(connection, names)
    return [
        _verdict(connection, chain, lambda walked: tell(walked, of), secret=secret)
        for chain in names
        for secret in (False, True)
    ]


def _length(connection: Connection, chains: Iterable[str]) -> int:
    """How many entries the heads say there are."""
    wanted = list(chains)
    counts = [
        connection.execute(select(func.sum(heads.c.sequence)).where(heads.c.chain.in_(wanted))).scalar()
        for heads in (_HEADS, _SECRET_HEADS)
    ]
    return sum(int(count or 0) for count in counts)


def _known_chains(connection: Connection) -> set[str]:
    tables = (_ENTRIES, _HEADS, _SECRET_ENTRIES, _SECRET_HEADS)
    return {str(name) for (name,) in connection.execute(union(*(select(table.c.chain) for table in tables)))}


def _verdict(connection: Connection, chain: str, tell: Callable[[int], None], *, secret: bool) -> ChainVerdict:
    walk = _Walk(connection, chain, secret, tell)
    found = [first_fault(walk), walk.astray]
    if found == [None, None]:
        found = [_head_fault(walk)]
    faults = [fault for fault in found if fault is not None]
    return ChainVerdict(chain, secret, walk.entries, min(faults, key=lambda fault: fault.sequence, default=None))


def _rows(connection: Connection, chain: str, tell: Callable[[int], None], *, secret: bool) -> Iterator[RowMapping]:
    """The entries in order, a batch at a time."""
    statement, entries = (_secret_entries(), _SECRET_ENTRIES) if secret else (select(_ENTRIES), _ENTRIES)
    after = None
    while True:
        batch = statement.where(entries.c.chain == chain).order_by(entries.c.sequence).limit(_BATCH_ENTRIES)
        rows = (
            connection.execute(batch if after is None else batch.where(entries.c.sequence > after)).mappings().all()
        )
        yield from rows
        tell(len(rows))
        if len(rows) < _BATCH_ENTRIES:
            return
        after = rows[-1]["sequence"]


def _secret_entries() -> Select[Any]:
    """Secret entries, each beside the act of the blinded entry it points to."""
    pointed_to = and_(
        _ENTRIES.c.chain == _SECRET_ENTRIES.c.chain, _ENTRIES.c.sequence == _SECRET_ENTRIES.c.blinded_sequence
    )
    return select(
        _SECRET_ENTRIES, _ENTRIES.c.act.label("blinded_act"), _ENTRIES.c.at.label("blinded_at")
    ).outerjoin_from(_SECRET_ENTRIES, _ENTRIES, pointed_to)


def _astray(row: RowMapping) -> Fault | None:
    if row["blinded_act"] is None:
        return Fault(row["sequence"], f"it points to blinded entry {row['blinded_sequence']}, which is missing")
    if (row["blinded_act"], row["blinded_at"]) != (row["act"], row["at"]):
        return Fault(row["sequence"], f"blinded entry {row['blinded_sequence']} tells of another act")
    return None


def _head_fault(walk: _Walk) -> Fault | None:
    """Entries taken off the end leave a chain that holds; only the head tells."""
    heads: Table = _SECRET_HEADS if walk.secret else _HEADS
    head = walk.connection.execute(select(heads).where(heads.c.chain == walk.chain)).mappings().first()
    if head is None:
        return Fault(walk.last_sequence, "the chain has lost its head") if walk.entries else None
    if head["sequence"] > walk.last_sequence:
        return Fault(walk.last_sequence + 1, f"it is missing: the head says there are {head['sequence']} entries")
    if (head["sequence"], head["hash"]) != (walk.last_sequence, walk.last_hash):
        return Fault(walk.last_sequence, "the head does not match the last entry")
    return None
