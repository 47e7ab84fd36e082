"""Urgent safety: a version may go live without its gate for some days, under a signature."""

from datetime import date

from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.site_kits import need_reason
from irt.services.study_versions import require_signed
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.tables.gate import GateOverride

DAYS_MAX = 30


class OverrideGate(SQLModel):
    """The version, why it cannot wait, and the last day on which sites may open under it without a gate."""

    study_id: int
    version: int
    reason: str = Field(max_length=600)
    ends_on: date
    signing: Signing = Field(exclude=True)


class GateOverridden(SQLModel):
    """The version, until when, and the signature."""

    version: int
    ends_on: date
    signature_id: int


def override_gate(work: Work, ask: OverrideGate) -> GateOverridden:
    """Signs the override; it tells nothing of kit types, so that blinded people may answer for it too."""
    study = lock_study(work, ask.study_id)
    grant = work.actor.require(Permission.SIGN_GATE, study.id)
    reason = need_reason(ask.reason)
    require_signed(work, study.id, ask.version)
    if not 0 <= (ask.ends_on - work.at.date()).days <= DAYS_MAX:
        raise BadInput(f"An override ends today or within {DAYS_MAX} days. Nothing was signed. Choose such a day.")
    content = {"version": ask.version, "ends_on": ask.ends_on.isoformat(), "reason": reason}
    signable = Signable(Meaning.OVERRIDE_GATE, "study version", str(ask.version), content, study_id=study.id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    facts = {"version_number": ask.version, "reason": reason, "ends_on": ask.ends_on, "at": work.at}
    who = {"signature_id": signature_id, "account_id": work.actor.account_id}
    work.append(GateOverride, **study.owner, **facts, **who)
    work.audit(
        AuditDraft(
            act="gate_overridden",
            record_kind="study version",
            record=str(ask.version),
            study_id=study.id,
            new={"version": ask.version, "ends_on": ask.ends_on.isoformat(), "signature": signature_id},
            reason=reason,
        )
    )
    return GateOverridden(version=ask.version, ends_on=ask.ends_on, signature_id=signature_id)
