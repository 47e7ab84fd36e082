"""A study's chains and signatures as lines of JSON: what a hash covers stands in a line just as it was hashed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from irt.audit.chain import GENESIS, canonical
from irt.audit.entry import content_of, secret_content_of, study_chain
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry, Signature
from irt.tables.secret import SecretAuditEntry

_ENTRIES, _SECRET_ENTRIES, _SIGNATURES = table_of(AuditEntry), table_of(SecretAuditEntry), table_of(Signature)
_BATCH_ENTRIES = 1000
_SIGNED = tuple(column.name for column in _SIGNATURES.columns if column.name not in ("sponsor_id", "study_id"))


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One entry as a line, with its number and hash."""

    sequence: int
    hash: str
    text: str


def blinded_lines(connection: Connection, study_id: int) -> Iterator[TrailLine]:
    """The study's first chain, in order; a batch in memory at a time."""
    return _lines(connection, _ENTRIES, study_chain(study_id), content_of)


def secret_lines(connection: Connection, study_id: int) -> Iterator[TrailLine]:
    """The study's second chain, which tells treatments."""
    return _lines(connection, _SECRET_ENTRIES, study_chain(study_id), secret_content_of)


def signature_lines(connection: Connection, study_id: int, *, secret: bool) -> Iterator[str]:
    """Every signature of the study, as it is stored.

    The hash of what was signed goes along with the second chain only: of a kit list it could be guessed.
    """
    names = [name for name in _SIGNED if secret or name != "record_hash"]
    for row in connection.execute(
        select(_SIGNATURES).where(_SIGNATURES.c.study_id == study_id).order_by(_SIGNATURES.c.id)
    ).mappings():
        yield canonical({name: row[name] for name in names}) + "\n"


def _lines(
    connection: Connection, entries: Table, chain: str, covered: Callable[[Mapping[Any, Any]], dict[str, Any]]
) -> Iterator[TrailLine]:
    after = 0
    while True:
        batch = select(entries).where(entries.c.chain == chain, entries.c.sequence > after)
        rows = connection.execute(batch.order_by(entries.c.sequence).limit(_BATCH_ENTRIES)).mappings().all()
        for row in rows:
            link = f'"previous_hash":"{row["previous_hash"]}","hash":"{row["hash"]}"'
            yield TrailLine(row["sequence"], row["hash"], f'{{{link},"content":{canonical(covered(row))}}}\n')
        if len(rows) < _BATCH_ENTRIES:
            return
        after = rows[-1]["sequence"]


EMPTY = TrailLine(0, GENESIS, "")
"""Where a chain without entries ends."""
