"""Lifting a hold: a later line ends the block. What was recalled stays so; quarantine is decided kit by kit."""

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import NotFound, Refusal
from irt.reads.holds import IN_FORCE
from irt.services.audit_draft import AuditDraft
from irt.services.open_hold import COUNT_HOLDS
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.site_kits import need_reason
from irt.services.supply_study import lock_row
from irt.services.vendor_notices import notice_for_depots
from irt.services.work import Work
from irt.states.hold import HoldAct, HoldKind
from irt.states.records import JobStatus
from irt.states.vendor_message import NoticeCause
from irt.tables.columns import table_of
from irt.tables.hold import KitHold
from irt.tables.record import Job
from irt.tables.secret import HoldCause


class LiftHold(SQLModel):
    """The hold to end, and why."""

    study_id: int
    number: str
    reason: str
    signing: Signing = Field(exclude=True)


class HoldLifted(SQLModel):
    """The hold that is over."""

    number: str


class HoldUnderWay(Refusal):
    """Its kits are still being found."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"The kits of hold {number} are still being found and moved. Nothing was changed. Wait for the end of "
            "that job, or have it cancelled by who started it."
        )


_HOLDS, _JOBS = table_of(KitHold), table_of(Job)
_HOLD = (
    select(_HOLDS, _JOBS.c.status.label("job_status"))
    .outerjoin(_JOBS, _JOBS.c.id == _HOLDS.c.job_id)
    .where(_HOLDS.c.study_id == bindparam("study_id"), _HOLDS.c.number == bindparam("number"), IN_FORCE)
)
_KEPT = ("kind", "blinded_lot_id", "first_kit", "last_kit", "shipment_id", "site_id", "kits")


def lift_hold(work: Work, ask: LiftHold) -> HoldLifted:
    """Signs and ends a hold whose kits were all found."""
    grant = work.actor.require(Permission.DECIDE_QUALITY, ask.study_id)
    reason = need_reason(ask.reason)
    sponsor_id = lock_row(work, ask.study_id)
    hold = work.row(_HOLD, study_id=ask.study_id, number=ask.number)
    if hold is None:
        raise NotFound(f"No hold {ask.number} is in force. Nothing was changed. Check the number.")
    if hold["job_status"] in (JobStatus.QUEUED, JobStatus.RUNNING):
        raise HoldUnderWay(ask.number)
    content = {"lifted": True, "kind": hold["kind"]}
    signable = Signable(Meaning.DECIDE_QUALITY, "hold", ask.number, content, ask.study_id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    owner = {"sponsor_id": sponsor_id, "study_id": ask.study_id}
    line_id = work.record(
        KitHold,
        **owner,
        **{name: hold[name] for name in _KEPT},
        number=ask.number,
        act=HoldAct.LIFT,
        signature_id=signature_id,
        at=work.at,
        account_id=work.actor.account_id,
    )
    work.append(HoldCause, **owner, hold_id=line_id, reason=reason)
    if hold["kind"] != HoldKind.DRILL:
        notice_for_depots(work, owner, NoticeCause.HOLD_LIFTED, ask.number)
        work.run(COUNT_HOLDS, {"of_study": ask.study_id, "more": -1})
    work.audit(
        AuditDraft(
            act="hold_lifted",
            record_kind="hold",
            record=ask.number,
            study_id=ask.study_id,
            new={"kind": hold["kind"], "signature": signature_id},
            secret={"reason": reason},
        )
    )
    return HoldLifted(number=ask.number)
