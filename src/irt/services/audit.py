"""Writing the audit trail: entries of one transaction are chained and stored together, last thing before commit."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, text, update

from irt.audit.chain import GENESIS, link
from irt.audit.entry import content_of, secret_content_of
from irt.errors import About, IntegrityFault, Refusal
from irt.release import release
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work
from irt.states.study_lock import still_possible
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry, AuditHead
from irt.tables.secret import SecretAuditEntry, SecretAuditHead

_ENTRIES, _HEADS = table_of(AuditEntry), table_of(AuditHead)
_SECRET_ENTRIES, _SECRET_HEADS = table_of(SecretAuditEntry), table_of(SecretAuditHead)
_APPEND, _APPEND_SECRET = insert(_ENTRIES).inline(), insert(_SECRET_ENTRIES).inline()
_OF_CHAIN = _HEADS.c.chain == bindparam("chain")
_FIND = select(_HEADS.c.sequence, _HEADS.c.hash, _HEADS.c.closed).where(_OF_CHAIN).with_for_update()
_FIND_BOTH = (
    select(
        _HEADS.c.sequence,
        _HEADS.c.hash,
        _HEADS.c.closed,
        _SECRET_HEADS.c.sequence.label("secret_sequence"),
        _SECRET_HEADS.c.hash.label("secret_hash"),
    )
    .join(_SECRET_HEADS, _SECRET_HEADS.c.chain == _HEADS.c.chain)
    .where(_OF_CHAIN)
    # Both rows are locked, so that both are read again after a wait for somebody else's entries.
    .with_for_update()
)
_START = {
    _HEADS.name: text(
        "INSERT INTO audit_head (chain, sequence, hash, closed) VALUES (:chain, :sequence, :hash, FALSE)"
        " ON CONFLICT (chain) DO NOTHING"
    ),
    _SECRET_HEADS.name: text(
        "INSERT INTO secret_audit_head (chain, sequence, hash) VALUES (:chain, :sequence, :hash)"
        " ON CONFLICT (chain) DO NOTHING"
    ),
}
_ADVANCE = {
    heads.name: update(heads)
    .where(heads.c.chain == bindparam("of_chain"))
    .values(sequence=bindparam("to_sequence"), hash=bindparam("to_hash"))
    for heads in (_HEADS, _SECRET_HEADS)
}


class StudyLocked(Refusal):
    """The study is locked: nothing about its subjects and kits changes any more."""

    def __init__(self) -> None:
        super().__init__(
            "This study is locked. Nothing was booked. A code can be broken as ever; a correction needs the lock "
            "lifted by two people, who name it."
        )


@dataclass(frozen=True, slots=True)
class _Heads:
    """Where the blinded and the secret chain end: number and hash of their last entries."""

    sequence: int
    hash: str
    closed: bool = False
    secret_sequence: int = 0
    secret_hash: str = GENESIS


def write_audit(work: Work) -> None:
    """Chains and stores the drafts (P11-05). The heads are the last locks of every transaction."""
    for chain in sorted({draft.chain for draft in work.drafts}):
        drafts = [draft for draft in work.drafts if draft.chain == chain]
        heads = _heads(work, chain, secret=any(draft.secret is not None for draft in drafts))
        if heads.closed:
            _refuse_locked(drafts)
        _append_blinded(work, chain, heads, drafts)
        first = heads.sequence + 1
        _append_secret(work, chain, heads, [(first + i, d) for i, d in enumerate(drafts) if d.secret is not None])
    work.drafts.clear()


def _refuse_locked(drafts: list[AuditDraft]) -> None:
    """StudyLocked where one of them is no act that a locked study takes: the chain itself is what is closed."""
    for draft in drafts:
        if not still_possible(draft.act) and draft.study_id is not None:
            about = About(draft.study_id, draft.site_id, draft.zone, draft.act, draft.record_kind, draft.record)
            raise StudyLocked().concerning(about)


def _append_blinded(work: Work, chain: str, heads: _Heads, drafts: list[AuditDraft]) -> None:
    sequence, previous, rows, running = heads.sequence, heads.hash, [], release()
    for draft in drafts:
        sequence += 1
        row = {
            "chain": chain,
            "sequence": sequence,
            "at": work.at,
            "zone": draft.zone,
            "account_id": work.actor.account_id,
            "person": work.actor.name,
            "act": draft.act,
            "record_kind": draft.record_kind,
            "record": draft.record,
            "site_id": draft.site_id,
            "old": draft.old,
            "new": draft.new,
            "reason": draft.reason,
            "release": running,
            "previous_hash": previous,
        }
        previous = row["hash"] = link(content_of(row), previous)
        rows.append(row)
    work.run(_APPEND, rows)
    work.run(_ADVANCE[_HEADS.name], {"of_chain": chain, "to_sequence": sequence, "to_hash": previous})


def _append_secret(work: Work, chain: str, heads: _Heads, drafts: list[tuple[int, AuditDraft]]) -> None:
    if not drafts:
        return
    sequence, previous = heads.secret_sequence, heads.secret_hash
    rows = []
    for blinded_sequence, draft in drafts:
        sequence += 1
        row: dict[str, Any] = {
            "chain": chain,
            "sequence": sequence,
            "blinded_sequence": blinded_sequence,
            "at": work.at,
            "act": draft.act,
            "body": draft.secret,
            "previous_hash": previous,
        }
        previous = row["hash"] = link(secret_content_of(row), previous)
        rows.append(row)
    work.run(_APPEND_SECRET, rows)
    work.run(_ADVANCE[_SECRET_HEADS.name], {"of_chain": chain, "to_sequence": sequence, "to_hash": previous})


def _heads(work: Work, chain: str, *, secret: bool) -> _Heads:
    """The ends of a chain, the secret one where it is needed; both begin where there is none yet."""
    found = _found(work, chain, secret=secret)
    if found is None:
        # Two first entries of a chain may arrive together: the second waits here, then finds the first one's heads.
        for heads in (_HEADS, _SECRET_HEADS):
            work.run(_START[heads.name], {"chain": chain, "sequence": 0, "hash": GENESIS})
        found = _found(work, chain, secret=secret)
    if found is None:
        raise IntegrityFault(f"The audit chain {chain} has no head.")
    return found


def _found(work: Work, chain: str, *, secret: bool) -> _Heads | None:
    row = work.row(_FIND_BOTH if secret else _FIND, chain=chain)
    return None if row is None else _Heads(**row)
