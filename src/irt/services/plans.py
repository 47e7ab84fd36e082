"""Shipment plans as services look them up: by number, the one that is approved, and who may work on them."""

from sqlalchemy import Connection, bindparam, select

from irt.blinding.roles import Permission
from irt.errors import NotAllowed
from irt.services.supply_study import SupplyStudy
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.plan import PlanApproval, ShipmentPlan

_PLANS, _APPROVALS = table_of(ShipmentPlan), table_of(PlanApproval)
PLAN = select(_PLANS).where(_PLANS.c.study_id == bindparam("study_id"), _PLANS.c.number == bindparam("number"))
"""A plan of a study by its number."""
_APPROVED = (
    select(_PLANS.c.number)
    .join(_APPROVALS, _APPROVALS.c.plan_id == _PLANS.c.id)
    .where(_PLANS.c.study_id == bindparam("study_id"))
    .order_by(_PLANS.c.number.desc())
    .limit(1)
)


def approved_now(connection: Connection, study_id: int) -> int | None:
    """The number of the newest approved plan of a study, if any."""
    found = connection.execute(_APPROVED, {"study_id": study_id}).scalar()
    return None if found is None else int(found)


def require_may_plan(work: Work, study: SupplyStudy, permission: Permission = Permission.RUN_RESUPPLY) -> None:
    """NotAllowed unless the person may do this and, in a blinded study, may know kit types."""
    work.actor.require(permission, study.id)
    if study.definition.blinded and not work.actor.unblinded_in(study.id):
        raise NotAllowed("Plans of this study are made and approved by the unblinded supply team.")
