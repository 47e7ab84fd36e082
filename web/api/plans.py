"""Shipment plans over the API: runs asked for, watched and stopped; plans read, edited and approved."""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Response
from litestar.params import PathParameter

from irt.blinding.roles import DataClass, Permission
from irt.reads.blinded_people import person, place_in
from irt.reads.blinded_plans import BlindedPlan, BlindedPlanLine, blinded_plan, blinded_plans
from irt.reads.unblinded_plan_signature import plan_signature
from irt.reads.unblinded_plans import PlanShown, RunLine, RunWatched, plan_files, plan_shown, run_watched, runs
from irt.services.approve_plan import approve_plan
from irt.services.edit_plan import edit_plan
from irt.services.optimization_runs import cancel_run, start_optimization
from irt.services.ship_plan import ship_plan
from irt.states.records import Mode
from web.api.gate import SHOWS
from web.api.limits import NUMBER_MAX
from web.api.operations import (
    Caller,
    Now,
    Records,
    StudyId,
    command,
    file_question,
    question,
    unblinded_question,
)
from web.api.readings import write_down
from web.downloads import MEDIA_TYPES, file_answer, file_name
from web.unblinded.open_plan import opened_plan
from web.unblinded.plan_compare import PlansCompared, plans_compared
from web.unblinded.plan_paper import plan_masthead, plan_paper

PlanNumber = Annotated[int, PathParameter(ge=1, le=NUMBER_MAX, description="The plan's number in its study.")]
RunNumber = Annotated[int, PathParameter(ge=1, le=NUMBER_MAX, description="The run's number in its study.")]
_UNBLINDED: dict[str, Any] = {SHOWS: DataClass.SUPPLY_BY_TYPE}


@dataclass(frozen=True)
class PlansListed:
    """The fifty newest plans, the newest first."""

    items: tuple[BlindedPlanLine, ...]


@dataclass(frozen=True)
class RunsListed:
    """The fifty newest optimizations, the newest first."""

    items: tuple[RunLine, ...]


@dataclass(frozen=True)
class FilesOfPlan:
    """Problem and plan in the format irt-supply-bench/1, and the hashes they were kept under."""

    problem: dict[str, Any]
    problem_hash: str
    plan: str
    plan_hash: str


@question("/studies/{study_id:int}/plans", Permission.VIEW_SUPPLY, "Shipment plans of a study")
def list_plans(study_id: StudyId, caller: Caller, store: Records) -> PlansListed:
    """From which day on they plan, and who approved them."""
    caller.require(Permission.VIEW_SUPPLY, study_id)
    with store.reading() as connection:
        return PlansListed(blinded_plans(connection, study_id))


@question(
    "/studies/{study_id:int}/plans/{plan:int}", Permission.VIEW_SUPPLY, "What a plan sends, by blinding group"
)
def show_plan(study_id: StudyId, plan: PlanNumber, caller: Caller, store: Records) -> BlindedPlan:
    """Its consignments by day, and the shipments they became."""
    caller.require(Permission.VIEW_SUPPLY, study_id)
    with store.reading() as connection:
        return blinded_plan(connection, study_id, plan)


@unblinded_question(
    "/studies/{study_id:int}/plans/{plan:int}/contents",
    Permission.VIEW_SUPPLY,
    DataClass.SUPPLY_BY_TYPE,
    "A plan with its costs, bound and kit types",
)
def show_plan_contents(study_id: StudyId, plan: PlanNumber, caller: Caller, store: Records, now: Now) -> PlanShown:
    """What it costs in cents by component, what is proven of it, lots and boxes, wishes for the next plan."""
    with store.reading() as connection:
        told = plan_shown(connection, study_id, plan)
    write_down(
        store, caller, now, study_id, f"plan {plan}", len(told.consignments), permission=Permission.VIEW_SUPPLY
    )
    return told


@unblinded_question(
    "/studies/{study_id:int}/plans/{plan:int}/files",
    Permission.VIEW_SUPPLY,
    DataClass.SUPPLY_BY_TYPE,
    "Problem and plan as files",
)
def show_plan_files(study_id: StudyId, plan: PlanNumber, caller: Caller, store: Records, now: Now) -> FilesOfPlan:
    """Stock to come, expiry and costs follow from them; `irt optimize check` holds one against the other."""
    with store.reading() as connection:
        files = plan_files(connection, study_id, plan)
    write_down(store, caller, now, study_id, f"plan {plan} files", 2, permission=Permission.VIEW_SUPPLY)
    return FilesOfPlan(dict(files.problem), files.problem_hash, files.plan, files.plan_hash)


@unblinded_question(
    "/studies/{study_id:int}/plans/{plan:int}/comparison",
    Permission.VIEW_SUPPLY,
    DataClass.SUPPLY_BY_TYPE,
    "A plan beside rules of resupply",
)
def compare_plan(study_id: StudyId, plan: PlanNumber, caller: Caller, store: Records, now: Now) -> PlansCompared:
    """Costs, service, overage, shipments, carbon and proof; a rule is played by `/plans/optimize`, its settings
    naming `method` and `beside`.
    """
    with store.reading() as connection:
        told = plans_compared(connection, study_id, plan)
    what = f"plan {plan} comparison"
    write_down(store, caller, now, study_id, what, len(told.measures), permission=Permission.VIEW_SUPPLY)
    return told


@file_question(
    "/studies/{study_id:int}/plans/{plan:int}/paper.pdf",
    "A plan on paper, with its signature",
    Permission.VIEW_SUPPLY,
    DataClass.SUPPLY_BY_TYPE,
)
def take_plan_paper(
    study_id: StudyId, plan: PlanNumber, caller: Caller, store: Records, now: Now
) -> Response[bytes]:
    """What was decided, its costs, bound and check, who signed, every consignment."""
    with store.reading() as connection:
        place = place_in(connection, caller, study_id, None)
        mode = Mode.PRODUCTION if place is None else place.mode
        study = "" if place is None else f"{place.study_name} ({place.protocol})"
        opened = opened_plan(connection, study_id, plan)
        head = plan_masthead(opened, study, person(connection, caller.account_id).printed_name, now, mode)
        paper = plan_paper(opened, plan_signature(connection, study_id, plan), head)
    write_down(store, caller, now, study_id, f"plan {plan} paper", 1, permission=Permission.VIEW_SUPPLY)
    return file_answer(paper, file_name(f"plan_{plan}", mode, now, "pdf"), MEDIA_TYPES["pdf"])


@unblinded_question(
    "/studies/{study_id:int}/optimizations",
    Permission.VIEW_SUPPLY,
    DataClass.SUPPLY_BY_TYPE,
    "Optimizations of a study",
)
def list_optimizations(study_id: StudyId, caller: Caller, store: Records) -> RunsListed:
    """Who asked for what, how far it is, and the plan that came of it."""
    with store.reading() as connection:
        return RunsListed(runs(connection, study_id))


@unblinded_question(
    "/studies/{study_id:int}/optimizations/{run:int}",
    Permission.VIEW_SUPPLY,
    DataClass.SUPPLY_BY_TYPE,
    "How far an optimization is",
)
def show_optimization(study_id: StudyId, run: RunNumber, caller: Caller, store: Records) -> RunWatched:
    """Bound and best plan in cents as they moved, and what it was asked with."""
    with store.reading() as connection:
        return run_watched(connection, study_id, run)


OPERATIONS = (
    list_plans,
    show_plan,
    show_plan_contents,
    show_plan_files,
    take_plan_paper,
    compare_plan,
    list_optimizations,
    show_optimization,
    command(
        "/plans/optimize",
        start_optimization,
        Permission.RUN_RESUPPLY,
        "Ask for a shipment plan",
        {"study_id": 1, "day": "2026-06-17", "horizon_days": 84, "gap": 0.01, "seconds": 60},
        **_UNBLINDED,
    ),
    command(
        "/plans/cancel",
        cancel_run,
        Permission.RUN_RESUPPLY,
        "Stop an optimization; the best plan so far is kept",
        {"study_id": 1, "run": 3},
        **_UNBLINDED,
    ),
    command(
        "/plans/edit",
        edit_plan,
        Permission.RUN_RESUPPLY,
        "Keep a consignment in the next plan, leave it out, or let go of it",
        {
            "study_id": 1,
            "plan": 2,
            "lane": "NLD>1014",
            "storage": "2-8C",
            "dispatch_on": "2026-06-18",
            "kind": "fixed",
            "reason": "The courier is booked",
        },
        **_UNBLINDED,
    ),
    command(
        "/plans/approve",
        approve_plan,
        Permission.APPROVE_SHIPMENT,
        "Approve a plan with a signature",
        {
            "study_id": 1,
            "plan": 2,
            "hash": "b9d0" * 16,
            "signing": {"password": "the owner's password", "code": "123456"},
        },
        **_UNBLINDED,
    ),
    command(
        "/plans/ship",
        ship_plan,
        Permission.RUN_RESUPPLY,
        "Ask the depots for what an approved plan sends today and tomorrow",
        {"study_id": 1, "plan": 2},
        **_UNBLINDED,
    ),
)
