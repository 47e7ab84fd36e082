"""Tests of restoring a back-up: the trail's ends are the same before and after, or the copy is not whole."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from irt.audit.anchor import AnchoredHead
from irt.audit.chain import canonical
from irt.blinding.views import BlindedView
from irt.reads.anchored import hash_at, heads_of
from irt.reads.audit_trail import verify_chains
from irt.tables.columns import table_of
from irt.tables.go_live import RestoreTest
from irt.tables.people import Account


@dataclass(frozen=True)
class RestoreTested(BlindedView):
    """One test as it was recorded."""

    number: int
    tested_on: date
    trail_before: str
    trail_after: str
    fault: str
    passed: bool
    words: str
    document_hash: str
    person: str
    at: datetime


_TESTS, _ACCOUNTS = table_of(RestoreTest), table_of(Account)
_ALL = (
    select(_TESTS, _ACCOUNTS.c.printed_name.label("person"))
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _TESTS.c.account_id)
    .order_by(_TESTS.c.tested_on.desc(), _TESTS.c.number.desc())
)
_NAMES = tuple(RestoreTested.__dataclass_fields__)


def restore_tests(connection: Connection) -> tuple[RestoreTested, ...]:
    """Every test of the installation, the newest first."""
    rows = connection.execute(_ALL).mappings()
    return tuple(RestoreTested(**{name: row[name] for name in _NAMES}) for row in rows)


@dataclass(frozen=True, slots=True)
class CopyCompared:
    """Ends of a copy's chains as the live trail has them, and as the copy has them; `fault`: what else is wrong."""

    trail_before: str
    trail_after: str
    fault: str


def trail_ends(connection: Connection) -> str:
    """SHA-256 over the last hashes of all blinded chains: what a copy made at this moment comes to."""
    return _digest(head for head in heads_of(connection) if not head.secret)


def copy_compared(live: Connection, copy: Connection) -> CopyCompared:
    """Holds a restored copy against the live trail, which has gone on since: each end must be an entry there.

    Every chain of the copy is hashed again, the secret ones too. Those are not in the digests, which all read.
    """
    ends = heads_of(copy)
    blinded = [end for end in ends if not end.secret]
    before = _digest(AnchoredHead(end.chain, False, end.sequence, hash_at(live, end) or "") for end in blinded)
    return CopyCompared(before, _digest(blinded), next(_faults(live, copy, ends), ""))


def _faults(live: Connection, copy: Connection, ends: Iterable[AnchoredHead]) -> Iterator[str]:
    if not ends:
        yield "the copy has no audit trail"
    for end in ends:
        if end.secret and end.sequence and hash_at(live, end) != end.hash:
            yield f"the secret chain {end.chain} of the copy is another one"
    for verdict in verify_chains(copy):
        if verdict.fault is not None:
            yield f"the copy's chain {verdict.chain} is broken at entry {verdict.fault.sequence}"


def _digest(ends: Iterable[AnchoredHead]) -> str:
    told = sorted([end.chain, end.sequence, end.hash] for end in ends)
    return hashlib.sha256(canonical({"ends": told}).encode()).hexdigest()
