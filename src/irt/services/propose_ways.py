"""A further way that plans may take, put forward by one person, approved by another, in force from a day on."""

from datetime import date

from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.reads.plan_ways import ways_known
from irt.services.operational_changes import ChangeProposed, Proposal, put_forward
from irt.services.propose_changes import require_depot, require_target
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.study.operations import ChangeKind
from irt.study.planning import Way


class ProposeWay(SQLModel):
    """A way as it shall stand from a day on: a new one, one with other facts, or one that is closed."""

    study_id: int
    way: Way
    open: bool = True
    effective_from: date
    reason: str


def propose_way(work: Work, ask: ProposeWay) -> ChangeProposed:
    """Puts a way forward; plans that were made keep what they say until they are made anew."""
    work.actor.require(Permission.ACTIVATE_SITE, ask.study_id)
    study, way = lock_study(work, ask.study_id), ask.way
    known = ways_known(work.connection, study.id, study.definition.resupply.planning.ways, ask.effective_from)
    before = next((one for one in known if (one.way.code, one.way.target) == (way.code, way.target)), None)
    if before is None and not ask.open:
        raise BadInput(f"There is no way {way.code} to {way.target}. Nothing was proposed. Check code and target.")
    require_depot(work, study, way.origin)
    require_target(work, study, way.target)
    proposal = Proposal(
        kind=ChangeKind.PLAN_WAY,
        record=f"way {way.code} to {way.target}",
        facts={**way.model_dump(mode="json"), "open": ask.open},
        before=None if before is None else {**before.way.model_dump(mode="json"), "open": before.open},
        effective_from=ask.effective_from,
    )
    return put_forward(work, study, proposal, ask.reason)
