"""The two-person rule: one asks, another decides on exactly what was asked, and signs the decision."""

import hashlib
from typing import Any

from sqlalchemy import RowMapping, bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.actor import Grant
from irt.blinding.two_persons import (
    WHO,
    AlreadyDecided,
    ApprovalKind,
    refuse_changed,
    refuse_same_person,
)
from irt.errors import BadInput
from irt.services.apply_change import apply_change
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.record import Approval
from irt.tables.secret import ApprovalMatter
from irt.tables.study import Study


class AskApproval(SQLModel):
    """What is to be decided, by the hash of what the asking person saw."""

    kind: ApprovalKind
    record: str
    record_hash: str = Field(min_length=64, max_length=64)
    study_id: int
    content: dict[str, Any] | None = Field(default=None, description="all of it, for those who may read it")


class ApprovalAsked(SQLModel):
    """The approval, waiting for another person."""

    approval_id: int


class DecideApproval(SQLModel):
    """The decision, by the hash of what the deciding person saw; a refusal says why."""

    approval_id: int
    granted: bool
    record_hash: str
    reason: str | None = None
    signing: Signing


class ApprovalDecided(SQLModel):
    """The decision on record."""

    approval_id: int
    granted: bool
    signature_id: int


_APPROVALS, _STUDIES, _MATTERS = table_of(Approval), table_of(Study), table_of(ApprovalMatter)
_SPONSOR = select(_STUDIES.c.sponsor_id).where(_STUDIES.c.id == bindparam("study_id"))
_LOCK = (
    select(_APPROVALS, _MATTERS.c.salt)
    .join(_MATTERS, _MATTERS.c.approval_id == _APPROVALS.c.id)
    .where(_APPROVALS.c.id == bindparam("approval_id"))
    .with_for_update(key_share=True, of=_APPROVALS)
)
_SALT_BYTES = 32


def ask_approval(work: Work, ask: AskApproval) -> ApprovalAsked:
    """Puts a record before a second person."""
    asks, _ = WHO[ask.kind]
    work.actor.require(asks, ask.study_id)
    study = work.one("study", _SPONSOR, study_id=ask.study_id)
    salt = work.store.entropy(_SALT_BYTES)
    approval_id = work.record(
        Approval,
        sponsor_id=study["sponsor_id"],
        study_id=ask.study_id,
        kind=ask.kind,
        record=ask.record,
        record_hash=salted(ask.record_hash, salt),
        asked_by_id=work.actor.account_id,
        asked_at=work.at,
    )
    work.append(ApprovalMatter, approval_id=approval_id, salt=salt.hex(), content=ask.content)
    work.audit(_entry("approval_asked", ask.study_id, ask.kind, ask.record, {"approval": approval_id}, None))
    return ApprovalAsked(approval_id=approval_id)


def decide_approval(work: Work, ask: DecideApproval) -> ApprovalDecided:
    """Grants or refuses, once, by somebody else than the one who asked."""
    approval = work.one("approval", _LOCK, approval_id=ask.approval_id)
    kind = ApprovalKind(approval["kind"])
    grant = work.actor.require(WHO[kind][1], approval["study_id"])
    refuse_same_person(approval["asked_by_id"], work.actor.account_id)
    refuse_changed(approval["record_hash"], salted(ask.record_hash, bytes.fromhex(approval["salt"])))
    if approval["decided_at"] is not None:
        raise AlreadyDecided("This was decided before. Nothing was changed. Reload the page to see by whom.")
    if not ask.granted and not ask.reason:
        raise BadInput("A refusal needs a reason. Nothing was decided. Say why, so that it can be put right.")
    signature_id = _sign(work, ask, approval, grant)
    work.run(
        update(_APPROVALS)
        .where(_APPROVALS.c.id == ask.approval_id)
        .values(
            decided_by_id=work.actor.account_id,
            decided_at=work.at,
            granted=ask.granted,
            reason=ask.reason,
            signature_id=signature_id,
        )
    )
    if ask.granted and kind is ApprovalKind.OPERATIONAL_CHANGE:
        apply_change(work, ask.approval_id)
    new = {"approval": ask.approval_id, "granted": ask.granted}
    work.audit(_entry("approval_decided", approval["study_id"], kind, approval["record"], new, ask.reason))
    return ApprovalDecided(approval_id=ask.approval_id, granted=ask.granted, signature_id=signature_id)


def salted(record_hash: str, salt: bytes) -> str:
    """The hash as it is stored: without the secret salt, a guess at the record cannot be tried out."""
    return hashlib.sha256(len(salt).to_bytes(4, "big") + salt + record_hash.encode()).hexdigest()


def _sign(work: Work, ask: DecideApproval, approval: RowMapping, grant: Grant) -> int:
    signable = Signable(
        Meaning.APPROVE if ask.granted else Meaning.REJECT,
        approval["kind"],
        approval["record"],
        {"record_hash": approval["record_hash"], "granted": ask.granted, "reason": ask.reason},
        study_id=approval["study_id"],
    )
    return sign_record(work, ask.signing, signable, grant)


def _entry(
    act: str, study_id: int, kind: ApprovalKind, record: str, new: dict[str, Any], reason: str | None
) -> AuditDraft:
    return AuditDraft(act=act, record_kind=kind, record=record, study_id=study_id, new=new, reason=reason)
