"""An excursion that no kit waits for is closed with a reason: there is nothing left to decide."""

from sqlalchemy import bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.reads.blinded_quality import kits_of_excursion
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.site_kits import need_reason
from irt.services.work import Work
from irt.states.records import EXCURSION, ExcursionEvent, ExcursionStatus
from irt.states.table import next_status
from irt.tables.columns import table_of
from irt.tables.shipment import Excursion


class CloseExcursion(SQLModel):
    """The excursion, and why nothing has to be decided."""

    study_id: int
    number: str
    reason: str
    signing: Signing = Field(exclude=True)


class ExcursionClosed(SQLModel):
    """The excursion and how it stands."""

    number: str
    status: ExcursionStatus


class KitsStillWait(Refusal):
    """Kits wait for a decision on the excursion."""


_EXCURSIONS = table_of(Excursion)
_ONE = (
    select(_EXCURSIONS.c.id, _EXCURSIONS.c.status, _EXCURSIONS.c.decision, _EXCURSIONS.c.site_id)
    .where(_EXCURSIONS.c.study_id == bindparam("study_id"), _EXCURSIONS.c.number == bindparam("number"))
    .with_for_update(key_share=True)
)


def close_excursion(work: Work, ask: CloseExcursion) -> ExcursionClosed:
    """Signs and closes; KitsStillWait where a kit of it is in quarantine."""
    grant = work.actor.require(Permission.DECIDE_QUALITY, ask.study_id)
    reason = need_reason(ask.reason)
    found = work.one("excursion", _ONE, study_id=ask.study_id, number=ask.number)
    status = next_status(EXCURSION, ExcursionStatus(found["status"]), ExcursionEvent.CLOSE)
    if kits := kits_of_excursion(work.connection, ask.study_id, ask.number):
        raise KitsStillWait(
            f"Kit {kits[0].number} waits for a decision on excursion {ask.number}. Nothing was closed. "
            "Decide on its kits first."
        )
    content = {"status": found["status"], "reason": reason}
    signable = Signable(Meaning.DECIDE_QUALITY, "excursion", ask.number, content, ask.study_id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    decision = found["decision"] or reason
    work.run(update(_EXCURSIONS).where(_EXCURSIONS.c.id == found["id"]).values(status=status, decision=decision))
    work.audit(
        AuditDraft(
            act="excursion_closed",
            record_kind="excursion",
            record=ask.number,
            study_id=ask.study_id,
            site_id=found["site_id"],
            old={"status": found["status"]},
            new={"status": status, "signature": signature_id},
            reason=reason,
        )
    )
    return ExcursionClosed(number=ask.number, status=status)
