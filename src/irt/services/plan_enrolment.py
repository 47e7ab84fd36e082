"""The plan of enrolment: set whole by one person with a reason; the plans before it stay."""

from datetime import date

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.services.audit_draft import AuditDraft
from irt.services.site_kits import need_reason
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.study.milestones import EnrolmentPlan, Milestone, faults_of
from irt.tables.columns import table_of
from irt.tables.enrolment import EnrolmentPlanSet

RECORD_KIND = "enrolment plan"
COUNT_MAX = 1_000_000


class PlanEnrolment(SQLModel):
    """So many subjects at so many sites, the day of each milestone, and why this is the plan now."""

    study_id: int
    subjects: int = Field(ge=1, le=COUNT_MAX)
    sites: int = Field(ge=1, le=COUNT_MAX)
    days: dict[Milestone, date]
    reason: str = Field(max_length=500)


class EnrolmentPlanned(SQLModel):
    """The number of the plan in its study."""

    number: int


_PLANS = table_of(EnrolmentPlanSet)
_LAST = select(_PLANS).where(_PLANS.c.study_id == bindparam("study_id")).order_by(_PLANS.c.number.desc()).limit(1)


def plan_enrolment(work: Work, ask: PlanEnrolment) -> EnrolmentPlanned:
    """Keeps a plan; from now on the study is held against it."""
    work.actor.require(Permission.PLAN_ENROLMENT, ask.study_id)
    reason = need_reason(ask.reason)
    faults = faults_of(EnrolmentPlan(ask.subjects, ask.sites, ask.days))
    if faults:
        raise BadInput(f"{faults[0]} Nothing was planned. Correct the days.")
    sponsor_id = lock_row(work, ask.study_id)
    before = work.row(_LAST, study_id=ask.study_id)
    number = 1 if before is None else int(before["number"]) + 1
    days = {str(one): ask.days[one].isoformat() for one in Milestone if one in ask.days}
    told = {"subjects": ask.subjects, "sites": ask.sites, "days": days}
    work.append(
        EnrolmentPlanSet,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        number=number,
        **told,
        reason=reason,
        account_id=work.actor.account_id,
        at=work.at,
    )
    old = None if before is None else {name: before[name] for name in told}
    work.audit(
        AuditDraft(
            act="enrolment_planned",
            record_kind=RECORD_KIND,
            record=str(number),
            study_id=ask.study_id,
            old=old,
            new=told,
            reason=reason,
        )
    )
    return EnrolmentPlanned(number=number)
