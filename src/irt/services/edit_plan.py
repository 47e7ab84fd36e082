"""A planner's edit of a plan: one consignment stays as it is, or is left out, when the next plan builds on it."""

from datetime import date

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.errors import BadInput
from irt.services.audit_draft import AuditDraft
from irt.services.plans import PLAN, require_may_plan
from irt.services.site_kits import need_reason
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.states.plan import EditKind
from irt.tables.columns import table_of
from irt.tables.plan import PlanEdit, PlannedConsignment


class EditPlan(SQLModel):
    """One consignment of a plan, by lane, storage class and day, and what is wanted of it, with a reason.

    A consignment that the plan does not have may be forbidden, but not fixed.
    """

    study_id: int
    plan: int
    lane: str = Field(max_length=100)
    storage: str = Field(max_length=40)
    dispatch_on: date
    kind: EditKind
    reason: str = Field(max_length=600)


class PlanEdited(SQLModel):
    """The plan and what holds for the consignment now."""

    plan: int
    kind: EditKind


_CONSIGNMENTS = table_of(PlannedConsignment)
_LANE = select(_CONSIGNMENTS.c.id, _CONSIGNMENTS.c.dispatch_on, _CONSIGNMENTS.c.storage).where(
    _CONSIGNMENTS.c.plan_id == bindparam("plan_id"), _CONSIGNMENTS.c.lane == bindparam("lane")
)


def edit_plan(work: Work, ask: EditPlan) -> PlanEdited:
    """Appends the edit; an earlier one of the same consignment is replaced by it."""
    study = lock_study(work, ask.study_id)
    require_may_plan(work, study)
    plan = work.one("plan", PLAN, study_id=study.id, number=ask.plan)
    found = [(row["storage"], row["dispatch_on"]) for row in work.rows(_LANE, plan_id=plan["id"], lane=ask.lane)]
    if ask.kind == EditKind.FIXED and (ask.storage, ask.dispatch_on) not in found:
        raise BadInput("The plan has no such consignment to keep. Nothing was changed. Choose one of its own.")
    facts = {"lane": ask.lane, "storage": ask.storage, "dispatch_on": ask.dispatch_on, "kind": ask.kind}
    work.append(
        PlanEdit,
        **study.owner,
        plan_id=plan["id"],
        **facts,
        reason=need_reason(ask.reason),
        account_id=work.actor.account_id,
        at=work.at,
    )
    work.audit(
        AuditDraft(
            act="plan_edited",
            record_kind="plan",
            record=str(ask.plan),
            study_id=study.id,
            new={**facts, "dispatch_on": ask.dispatch_on.isoformat()},
            reason=ask.reason,
        )
    )
    return PlanEdited(plan=ask.plan, kind=ask.kind)
