"""The supply manager's signature under a plan: its consignments may become shipments on their days."""

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.plans import PLAN, approved_now, require_may_plan
from irt.services.ship_plan import LeftBehind, ship_approved
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.plan import PlanApproval
from irt.tables.secret import PlanContent


class ApprovePlan(SQLModel):
    """The plan, the hash that was on the page, and what was typed to sign."""

    study_id: int
    plan: int
    hash: str
    signing: Signing = Field(exclude=True)


class PlanApproved(SQLModel):
    """The plan, its signature, and what of it leaves today and tomorrow, or is left behind."""

    plan: int
    signature_id: int
    shipments: list[str]
    kits: int
    left: list[LeftBehind]


class AlreadyApproved(Refusal):
    """A plan is approved once."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Plan {number} is approved already. Nothing was signed twice.")


class AnotherPlan(Refusal):
    """What was on the page is not this plan."""

    def __init__(self, number: int) -> None:
        super().__init__(f"This is not the content of plan {number}. Nothing was signed. Read the plan again.")


class PlanSuperseded(Refusal):
    """A newer plan is approved; an older one would send what that one already sends."""

    def __init__(self, number: int, newer: int) -> None:
        super().__init__(f"Plan {newer} is newer than plan {number} and approved. Nothing was signed.")


_CONTENTS = table_of(PlanContent)
_CONTENT = select(_CONTENTS).where(_CONTENTS.c.plan_id == bindparam("plan_id"))


def approve_plan(work: Work, ask: ApprovePlan) -> PlanApproved:
    """Signs the plan's hash, and asks for what leaves today and tomorrow; the rest follows day by day."""
    study = lock_study(work, ask.study_id)
    require_may_plan(work, study, Permission.APPROVE_SHIPMENT)
    grant = work.actor.require(Permission.APPROVE_SHIPMENT, study.id)
    plan = work.one("plan", PLAN, study_id=study.id, number=ask.plan)
    newest = approved_now(work.connection, study.id)
    if newest is not None and newest >= ask.plan:
        raise AlreadyApproved(ask.plan) if newest == ask.plan else PlanSuperseded(ask.plan, newest)
    content = work.one("plan", _CONTENT, plan_id=plan["id"])
    if content["hash"] != ask.hash:
        raise AnotherPlan(ask.plan)
    signed = {"plan": ask.plan, "hash": content["hash"], "total": content["total"], "bound": content["bound"]}
    signable = Signable(Meaning.APPROVE, "plan", str(ask.plan), signed, study_id=study.id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    facts = {"plan_id": plan["id"], "signature_id": signature_id, "account_id": work.actor.account_id}
    work.append(PlanApproval, **study.owner, **facts, at=work.at)
    work.audit(
        AuditDraft(
            act="plan_approved",
            record_kind="plan",
            record=str(ask.plan),
            study_id=study.id,
            new={"signature": signature_id},
            secret={"plan_hash": content["hash"]},
        )
    )
    shipped = ship_approved(work, study, ask.plan)
    return PlanApproved(signature_id=signature_id, **shipped.model_dump())
