"""Writing the audit trail: entries of one transaction are chained and stored together, last thing before commit."""

from typing import Any

from sqlalchemy import bindparam, insert, select, text, update

from irt.audit.chain import GENESIS, link
from irt.audit.entry import content_of, secret_content_of
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry, AuditHead
from irt.tables.secret import SecretAuditEntry, SecretAuditHead

_ENTRIES, _HEADS = table_of(AuditEntry), table_of(AuditHead)
_SECRET_ENTRIES, _SECRET_HEADS = table_of(SecretAuditEntry), table_of(SecretAuditHead)
_APPEND, _APPEND_SECRET = insert(_ENTRIES), insert(_SECRET_ENTRIES)
_FIND = {
    heads.name: select(heads.c.sequence, heads.c.hash).where(heads.c.chain == bindparam("chain")).with_for_update()
    for heads in (_HEADS, _SECRET_HEADS)
}
_START = {
    heads.name: text(
        f"INSERT INTO {heads.name} (chain, sequence, hash) VALUES (:chain, :sequence, :hash)"  # noqa: S608 - our own names
        " ON CONFLICT (chain) DO NOTHING"
    )
    for heads in (_HEADS, _SECRET_HEADS)
}
_ADVANCE = {
    heads.name: update(heads)
    .where(heads.c.chain == bindparam("of_chain"))
    .values(sequence=bindparam("to_sequence"), hash=bindparam("to_hash"))
    for heads in (_HEADS, _SECRET_HEADS)
}


def write_audit(work: Work) -> None:
    """Chains and stores the drafts. The heads are the last locks of every transaction, blinded before secret."""
    for chain in sorted({draft.chain for draft in work.drafts}):
        drafts = [draft for draft in work.drafts if draft.chain == chain]
        first = _append_blinded(work, chain, drafts)
        _append_secret(work, chain, [(first + i, d) for i, d in enumerate(drafts) if d.secret is not None])
    work.drafts.clear()


def _append_blinded(work: Work, chain: str, drafts: list[AuditDraft]) -> int:
    sequence, previous = _head(work, _HEADS, chain)
    first, rows = sequence + 1, []
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
            "previous_hash": previous,
        }
        previous = row["hash"] = link(content_of(row), previous)
        rows.append(row)
    work.run(_APPEND, rows)
    work.run(_ADVANCE[_HEADS.name], {"of_chain": chain, "to_sequence": sequence, "to_hash": previous})
    return first


def _append_secret(work: Work, chain: str, drafts: list[tuple[int, AuditDraft]]) -> None:
    if not drafts:
        return
    sequence, previous = _head(work, _SECRET_HEADS, chain)
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


def _head(work: Work, heads: Any, chain: str) -> tuple[int, str]:
    found = work.row(_FIND[heads.name], chain=chain)
    if found is None:
        # Two first entries of a chain may arrive together: the second waits here, then finds the first one's head.
        work.run(_START[heads.name], {"chain": chain, "sequence": 0, "hash": GENESIS})
        found = work.one("audit chain", _FIND[heads.name], chain=chain)
    return int(found["sequence"]), str(found["hash"])
