"""A change of operational data before its second person: put forward with a reason, decided with a signature."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.operational_change import change_hash
from irt.blinding.two_persons import ApprovalKind
from irt.errors import BadInput, NotFound
from irt.services.apply_change import require_may_decide
from irt.services.approvals import AskApproval, DecideApproval, ask_approval, decide_approval
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signing
from irt.services.site_kits import need_reason
from irt.services.supply_study import SupplySite, SupplyStudy
from irt.services.work import Work
from irt.study.operations import ChangeKind
from irt.tables.columns import table_of
from irt.tables.record import Approval
from irt.tables.study import OperationalChange


class ChangeProposed(SQLModel):
    """The change, waiting for another person; `seen` is the hash of what was put forward.

    It is empty where the change names a kit type: such a hash would give the figures away to a guesser.
    """

    study_id: int
    change_id: int
    record: str
    seen: str


class DecideChange(SQLModel):
    """The decision on one change, by the hash of what the deciding person saw; a refusal says why."""

    study_id: int
    change_id: int
    granted: bool
    seen: str = Field(min_length=64, max_length=64)
    reason: str | None = None
    signing: Signing


class ChangeDecided(SQLModel):
    """The decision on record."""

    study_id: int
    change_id: int
    record: str
    granted: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is put forward: the facts as they shall be, and as they stood. `secret` is what names a kit type."""

    kind: ChangeKind
    record: str
    facts: dict[str, Any]
    before: dict[str, Any] | None
    effective_from: date
    site: SupplySite | None = None
    secret: dict[str, Any] | None = None

    @property
    def hash(self) -> str:
        """The hash that the decision is bound to."""
        return change_hash(self.kind, self.record, self.facts, self.effective_from, self.secret)


def put_forward(work: Work, study: SupplyStudy, proposal: Proposal, reason: str) -> ChangeProposed:
    """Keeps a proposal and asks for its approval; BadInput where it would change nothing, or the past."""
    why = need_reason(reason)
    if proposal.effective_from < work.at.date():
        raise BadInput(
            "A change cannot hold from a day that has gone. Nothing was proposed. Choose today or later."
        )
    if proposal.secret is None and proposal.facts == proposal.before:
        raise BadInput("This is as it stands already. Nothing was proposed.")
    wish = AskApproval(
        kind=ApprovalKind.OPERATIONAL_CHANGE,
        record=proposal.record,
        record_hash=proposal.hash,
        study_id=study.id,
        content={"facts": proposal.facts, "secret": proposal.secret},
    )
    change_id = work.record(
        OperationalChange,
        **study.owner,
        kind=proposal.kind,
        record=proposal.record,
        site_id=proposal.site.id if proposal.site else None,
        facts=proposal.facts,
        before=proposal.before,
        effective_from=proposal.effective_from,
        reason=why,
        approval_id=ask_approval(work, wish).approval_id,
    )
    _audit(work, study, proposal, change_id, why)
    seen = "" if proposal.secret else proposal.hash
    return ChangeProposed(study_id=study.id, change_id=change_id, record=proposal.record, seen=seen)


def _audit(work: Work, study: SupplyStudy, proposal: Proposal, change_id: int, reason: str) -> None:
    told = {"change": change_id, "effective_from": proposal.effective_from.isoformat(), **proposal.facts}
    work.audit(
        AuditDraft(
            act="change_proposed",
            record_kind="operational_change",
            record=proposal.record,
            study_id=study.id,
            site_id=proposal.site.id if proposal.site else None,
            zone=proposal.site.zone if proposal.site else "UTC",
            old=proposal.before,
            new=told,
            reason=reason,
            secret=proposal.secret,
        )
    )


_CHANGES, _APPROVALS = table_of(OperationalChange), table_of(Approval)
_CHANGE = (
    select(_CHANGES.c.kind, _CHANGES.c.approval_id, _CHANGES.c.record)
    .join(_APPROVALS, _APPROVALS.c.id == _CHANGES.c.approval_id)
    .where(_CHANGES.c.study_id == bindparam("study_id"), _CHANGES.c.id == bindparam("change_id"))
)


def decide_change(work: Work, ask: DecideChange) -> ChangeDecided:
    """Approves a change, which then holds from its day on, or refuses it; signed, by another person."""
    change = work.row(_CHANGE, study_id=ask.study_id, change_id=ask.change_id)
    if change is None:
        raise NotFound("No such change in this study. Check its number.")
    require_may_decide(work, ask.study_id, ChangeKind(change["kind"]))
    decision = DecideApproval(
        approval_id=change["approval_id"],
        granted=ask.granted,
        record_hash=ask.seen,
        reason=ask.reason,
        signing=ask.signing,
    )
    decide_approval(work, decision)
    return ChangeDecided(
        study_id=ask.study_id, change_id=ask.change_id, record=change["record"], granted=ask.granted
    )
