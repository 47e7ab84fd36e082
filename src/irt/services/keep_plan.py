"""A plan that passed its check is kept beside its run: in full where kit types are, else by blinding group."""

import hashlib
from collections import Counter
from datetime import date
from typing import Any, NoReturn

from sqlalchemy import RowMapping, bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.errors import IntegrityFault, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.optimization_runs import close_run, lock_run, problem_hash_of, software
from irt.services.plans import require_may_plan
from irt.services.supply_study import SupplyStudy, lock_study
from irt.services.work import Work
from irt.states.plan import RunEvent
from irt.tables.columns import table_of
from irt.tables.plan import PlannedConsignment, ShipmentPlan
from irt.tables.secret import ConsignmentContent, PlanContent


class PlannedLine(SQLModel):
    """So many kits of one type from one blinded lot under one label; `why` where an earlier lot stays behind."""

    kit_type: str
    lot: str
    label: str
    kits: int = Field(ge=1)
    why: str = ""


class PlannedLeg(SQLModel):
    """A consignment in the words of the network: from where to where, when, in which boxes, with what."""

    lane: str
    origin: str
    place: str
    to_depot: bool = False
    storage: str
    dispatch_on: date
    expected_on: date
    shippers: dict[str, int]
    lines: list[PlannedLine]


class KeepPlan(SQLModel):
    """A run's plan: its file and hash, the problem's hash, what it costs, the bound, what the check found."""

    study_id: int
    run: int
    plan: str
    hash: str
    problem_hash: str
    status: str
    cost: dict[str, int]
    bound: int
    seconds: float
    verdict: dict[str, Any]
    faults: list[str]
    consignments: list[PlannedLeg]
    cancelled: bool = False


class PlanKept(SQLModel):
    """The plan's number in the study."""

    run: int
    plan: int


class PlanNotClean(Refusal):
    """The independent check found a fault: such a plan is never kept."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(
            f"The plan did not pass its check and was not kept: {len(faults)} faults. "
            "Nothing was booked. Tell the administrator.",
            trace="; ".join(faults[:20]),
        )


_PLANS, _CONSIGNMENTS = table_of(ShipmentPlan), table_of(PlannedConsignment)
_NEXT = select(func.coalesce(func.max(_PLANS.c.number), 0) + 1).where(_PLANS.c.study_id == bindparam("study_id"))
_IDS = select(_CONSIGNMENTS.c.id, _CONSIGNMENTS.c.lane, _CONSIGNMENTS.c.storage, _CONSIGNMENTS.c.dispatch_on).where(
    _CONSIGNMENTS.c.plan_id == bindparam("plan_id")
)


def keep_plan(work: Work, ask: KeepPlan) -> PlanKept:
    """Verifies hashes, sums and the check's verdict, stores the plan, and ends its run."""
    study = lock_study(work, ask.study_id)
    require_may_plan(work, study)
    run = lock_run(work, study.id, ask.run)
    _verify(work, run, ask)
    number = int(work.connection.execute(_NEXT, {"study_id": study.id}).scalar_one())
    told = {"number": number, "run_id": run["id"], "software": software(), "at": work.at}
    plan_id = work.record(ShipmentPlan, **study.owner, **told)
    total = sum(ask.cost.values())
    work.append(
        PlanContent,
        **study.owner,
        plan_id=plan_id,
        plan=ask.plan,
        hash=ask.hash,
        status=ask.status,
        cost=ask.cost,
        total=total,
        bound=ask.bound,
        seconds=ask.seconds,
        verdict=ask.verdict,
    )
    _record_consignments(work, study, plan_id, ask.consignments)
    status = close_run(work, run, RunEvent.CANCEL if ask.cancelled else RunEvent.FINISH)
    work.audit(
        AuditDraft(
            act="plan_kept",
            record_kind="plan",
            record=str(number),
            study_id=study.id,
            new={"run": ask.run, "run_status": status, "consignments": len(ask.consignments)},
            secret={"plan_hash": ask.hash, "problem_hash": ask.problem_hash, "total": total, "bound": ask.bound},
        )
    )
    return PlanKept(run=ask.run, plan=number)


def _verify(work: Work, run: RowMapping, ask: KeepPlan) -> None:
    """What does not add up is a fault of the program, apart from a plan that the check refused."""
    if ask.faults:
        raise PlanNotClean(ask.faults)
    if hashlib.sha256(ask.plan.encode()).hexdigest() != ask.hash:
        _broken(ask, "its hash is not that of its file")
    if problem_hash_of(work, run) != ask.problem_hash:
        _broken(ask, "it solves another problem")
    if ask.bound > sum(ask.cost.values()):
        _broken(ask, "its bound is above its cost")


def _broken(ask: KeepPlan, why: str) -> NoReturn:
    raise IntegrityFault(f"the plan of run {ask.run} is not kept: {why}")


def _record_consignments(work: Work, study: SupplyStudy, plan_id: int, legs: list[PlannedLeg]) -> None:
    """First what everybody may read, then what is inside."""
    work.record_all(
        PlannedConsignment,
        (
            {
                **study.owner,
                "plan_id": plan_id,
                **leg.model_dump(exclude={"shippers", "lines"}),
                "kits": _by_group(study, leg),
            }
            for leg in legs
        ),
    )
    ids = {(row["lane"], row["storage"], row["dispatch_on"]): row["id"] for row in work.rows(_IDS, plan_id=plan_id)}
    work.record_all(
        ConsignmentContent,
        (
            {
                **study.owner,
                "consignment_id": ids[leg.lane, leg.storage, leg.dispatch_on],
                "shippers": leg.shippers,
                "lines": [line.model_dump() for line in leg.lines],
            }
            for leg in legs
        ),
    )


def _by_group(study: SupplyStudy, leg: PlannedLeg) -> dict[str, int]:
    kits: Counter[str] = Counter()
    for line in leg.lines:
        kits[study.definition.kit_type(line.kit_type).blinding_group] += line.kits
    return dict(sorted(kits.items()))
