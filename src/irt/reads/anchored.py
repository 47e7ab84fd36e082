"""Whether the chains still hold what was anchored: each anchored hash is looked up in the trail of today."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from irt.audit.anchor import AnchoredHead, SignedAnchor
from irt.audit.chain import GENESIS
from irt.audit.entry import INSTALLATION
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry, AuditHead
from irt.tables.secret import SecretAuditEntry, SecretAuditHead

_HEADS, _SECRET_HEADS = table_of(AuditHead), table_of(SecretAuditHead)
_ENTRIES, _SECRET_ENTRIES = table_of(AuditEntry), table_of(SecretAuditEntry)
_NOTED = select(_ENTRIES.c.new).where(_ENTRIES.c.chain == INSTALLATION, _ENTRIES.c.act == "heads_anchored")


@dataclass(frozen=True, slots=True)
class AnchorsVerdict:
    """How many anchors were examined, the newest one's moment, and the first fault; empty where all hold."""

    anchors: int
    last_at: str
    fault: str


def heads_of(connection: Connection) -> tuple[AnchoredHead, ...]:
    """The ends of all chains, blinded and secret."""
    return tuple(
        AnchoredHead(row.chain, secret, row.sequence, row.hash)
        for heads, secret in ((_HEADS, False), (_SECRET_HEADS, True))
        for row in connection.execute(select(heads.c.chain, heads.c.sequence, heads.c.hash))
    )


def verify_anchors(connection: Connection, anchors: Sequence[SignedAnchor], public_key: bytes) -> AnchorsVerdict:
    """Every anchor's signature, its link to the one before, and its heads; and that no noted anchor is missing."""
    last_at = anchors[-1].anchor.at if anchors else ""
    return AnchorsVerdict(len(anchors), last_at, next(_faults(connection, anchors, public_key), ""))


def _faults(connection: Connection, anchors: Sequence[SignedAnchor], public_key: bytes) -> Iterator[str]:
    number, previous = 1, GENESIS
    held: set[AnchoredHead] = set()
    for signed in anchors:
        anchor = signed.anchor
        if not signed.is_signed_by(public_key):
            yield f"anchor {anchor.number} was not signed by this installation"
        if (anchor.number, anchor.previous) != (number, previous):
            yield f"anchor {number} is missing, or anchor {anchor.number} does not follow it"
        # A chain at rest has the same head day after day: it is looked up once.
        for head in (head for head in anchor.heads if head not in held):
            if not _holds(connection, head):
                chain = f"the {'secret' if head.secret else 'blinded'} chain {head.chain}"
                entry = f"entry {head.sequence} of {chain}"
                yield f"anchor {anchor.number} of {anchor.day}: {entry} is another one today"
            held.add(head)
        number, previous = anchor.number + 1, anchor.hash
    known = {signed.anchor.hash for signed in anchors}
    for (noted,) in connection.execute(_NOTED.order_by(_ENTRIES.c.sequence)):
        if noted["sha256"] not in known:
            yield f"anchor {noted['number']} is in the trail, and its file is missing"


def hash_at(connection: Connection, head: AnchoredHead) -> str | None:
    """What the trail of today has at the place where a chain ended; None where it has no such entry."""
    entries = _SECRET_ENTRIES if head.secret else _ENTRIES
    return connection.execute(
        select(entries.c.hash).where(entries.c.chain == head.chain, entries.c.sequence == head.sequence)
    ).scalar()


def _holds(connection: Connection, head: AnchoredHead) -> bool:
    found = hash_at(connection, head)
    return head == AnchoredHead(head.chain, head.secret, 0, GENESIS) if found is None else found == head.hash
