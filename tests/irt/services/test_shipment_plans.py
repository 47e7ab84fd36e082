"""Runs and plans as services: kept only if clean, edited, signed, and shipped day by day; on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from irt.blinding.roles import Role
from irt.errors import BadInput, IntegrityFault, NotAllowed, NotFound
from irt.reads.blinded_plans import blinded_plan, blinded_plans
from irt.reads.depot_picks import LotReason, lot_reasons
from irt.reads.unblinded_plans import plan_files, plan_shown, run_watched, runs
from irt.services.approve_plan import AlreadyApproved, AnotherPlan, PlanSuperseded, approve_plan
from irt.services.edit_plan import EditPlan, edit_plan
from irt.services.keep_plan import PlanNotClean, keep_plan
from irt.services.optimization_runs import (
    CancelRun,
    EndRun,
    KeepProblem,
    RunEnded,
    StartOptimization,
    Step,
    cancel_run,
    end_run,
    keep_problem,
    note_step,
    run_asked,
    start_optimization,
)
from irt.services.order_kits import OrderKits, order_kits
from irt.services.ship_plan import CHANGED, PlanNotApproved, ShipPlan, ship_plan
from irt.services.store import Store
from irt.services.supply_night import plan_night
from irt.states.plan import EditKind, RunStatus
from irt.supply.planned import GONE
from irt.supply.resupply import MinMax
from irt.tables.columns import table_of
from irt.tables.plan import OptimizationRun, PlannedConsignment
from irt.tables.record import AuditEntry, Job
from irt.tables.secret import PlanContent, SecretAuditEntry, ShipmentCalculation
from irt.tables.shipment import Shipment
from tests.builders_plan import (
    PROBLEM,
    a_leg,
    a_plan,
    a_run,
    approved,
    approving,
    handed_in,
    planner,
    stocked,
)
from tests.builders_supply import SupplyHouse, a_house

SITES = ("1001", "1002")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study with kits at its depot and two empty sites."""
    with a_house(stocked, tmp_path) as made:
        yield made


def edit(house: SupplyHouse, plan: int, kind: EditKind, **changes: Any) -> EditPlan:
    """What is wanted of the first site's consignment of today."""
    facts = {
        "lane": "NLD>1001",
        "storage": "2-8C",
        "dispatch_on": house.day,
        "kind": kind,
        "reason": "Site is shut",
    }
    return EditPlan.model_validate({"study_id": house.study_id, "plan": plan, **facts, **changes})


def test_a_plan_goes_from_question_to_shipments(store: Store) -> None:
    """Asked, kept, signed; what leaves today and tomorrow is requested, the rest stays plan."""
    house = SupplyHouse.of(store)
    stocked(house)
    legs = [a_leg(house), a_leg(house, "1002", days=1), a_leg(house, days=7)]
    number = a_plan(house, legs)
    done = approved(house, number)
    assert (done.shipments, done.kits, done.left) == (["S-10001", "S-10002"], 16, [])
    shipments = house.rows(Shipment)
    assert [(row["status"], row["raised_by"]) for row in shipments] == [("requested", "plan")] * 2
    assert [row["dispatch_on"] for row in shipments] == [house.day, house.day + timedelta(days=1)]
    digest = house.rows(PlanContent)[0]["hash"]
    traces = [row["trace"] for row in house.rows(ShipmentCalculation)]
    assert [(trace["plan"], trace["plan_hash"]) for trace in traces] == [(number, digest)] * 2
    with store.reading() as connection:
        shown = plan_shown(connection, house.study_id, number)
        blind = blinded_plan(connection, house.study_id, number)
        assert plan_files(connection, house.study_id, number).problem == PROBLEM
    assert [leg.shipment for leg in shown.consignments] == ["S-10001", "S-10002", ""]
    assert (shown.hash, shown.total, shown.bound) == (digest, 36890, 36000)
    assert shown.approved_by == planner(house).name
    assert [dict(leg.by_group) for leg in blind.consignments] == [{"PEN": 8}] * 3
    house.later(7)
    again = house.do(planner(house), ship_plan, ShipPlan(study_id=house.study_id, plan=number))
    assert (again.shipments, again.kits) == (["S-10003"], 8)


def test_blinded_people_read_neither_types_nor_costs(house: SupplyHouse) -> None:
    """Lots, types, cost and hash stand in secret tables and in the second chain alone."""
    number = a_plan(house, [a_leg(house)])
    approved(house, number)
    told = [str(row) for row in (*house.rows(AuditEntry), *house.rows(PlannedConsignment))]
    digest = house.rows(PlanContent)[0]["hash"]
    assert not [line for line in told if "PEN-" in line or "36890" in line or digest in line]
    assert digest in str(house.rows(SecretAuditEntry)[-1]["body"])
    with house.store.reading() as connection:
        (line,) = blinded_plans(connection, house.study_id)
        shown = str(blinded_plan(connection, house.study_id, number))
    assert line.approved_by
    assert "PEN-" not in shown
    assert digest not in shown


def test_progress_is_kept_and_a_run_can_be_stopped(house: SupplyHouse) -> None:
    """Whoever works on it is told at the next step; the page sees bound and best plan as they moved."""
    number = a_run(house, title="cold boxes")
    with house.store.writing() as connection:
        run = run_asked(connection, house.study_id, number)
        assert run is not None
        assert note_step(connection, run, Step(0.1, 90, None))
    house.do(planner(house), cancel_run, CancelRun(study_id=house.study_id, run=number))
    with house.store.writing() as connection:
        assert not note_step(connection, run, Step(0.2, 100, 110, "lots"))
        watched = run_watched(connection, house.study_id, number)
        (line,) = runs(connection, house.study_id)
    assert [(step.bound, step.cost, step.gap) for step in watched.steps] == [(90, None, None), (100, 110, 0.1)]
    assert (line.title, line.cancel_asked, line.last) == ("cold boxes", True, watched.steps[-1])


def test_a_run_without_a_plan_says_why(house: SupplyHouse) -> None:
    """The cause is told to those who may know types; afterwards nothing of the run changes."""
    number = a_run(house)
    ended = house.do(
        planner(house), end_run, EndRun(study_id=house.study_id, run=number, words="No PEN-A is released for GB.")
    )
    assert ended.status == RunStatus.FAILED
    assert "PEN-A" not in str(house.rows(AuditEntry)[-1])
    with house.store.reading() as connection:
        last = runs(connection, house.study_id)[0].last
        assert run_asked(connection, house.study_id, number) is None
    assert last is not None
    assert last.words == "No PEN-A is released for GB."
    with pytest.raises(RunEnded):
        house.do(planner(house), cancel_run, CancelRun(study_id=house.study_id, run=number))
    with pytest.raises(IntegrityError), house.store.writing() as connection:
        connection.execute(table_of(OptimizationRun).update().values(title="another"))


def test_a_run_is_a_job_where_it_is_asked_for_so(house: SupplyHouse) -> None:
    """The job names the run and nothing else."""
    ask = StartOptimization(study_id=house.study_id, day=house.day)
    started = house.do(planner(house), start_optimization, ask)
    (job,) = house.rows(Job)
    assert (job["id"], job["kind"], job["asked"]) == (started.job_id, "optimization", {"run": started.run})


def test_the_problem_of_a_run_is_kept_once(house: SupplyHouse) -> None:
    """The same again is the same; another one is refused."""
    number = a_run(house)
    same = KeepProblem(study_id=house.study_id, run=number, problem=PROBLEM)
    assert house.do(planner(house), keep_problem, same).run == number
    other = KeepProblem(study_id=house.study_id, run=number, problem={"name": "another"})
    with pytest.raises(BadInput, match="already has another problem"):
        house.do(planner(house), keep_problem, other)


def test_only_clean_plans_are_kept(house: SupplyHouse) -> None:
    """A fault of the check refuses the plan; hash, problem and bound have to fit."""
    run = a_run(house)
    with pytest.raises(PlanNotClean, match="1 faults"):
        house.do(planner(house), keep_plan, handed_in(house, run, [], faults=["STOCK: nothing there"]))
    for wrong in ({"hash": "0" * 64}, {"problem_hash": "0" * 64}, {"bound": 40000}):
        with pytest.raises(IntegrityFault):
            house.do(planner(house), keep_plan, handed_in(house, run, [], **wrong))
    assert house.rows(PlanContent) == []


def test_edits_replace_each_other(house: SupplyHouse) -> None:
    """The latest wish for a consignment holds; one taken back is gone; what is not there is not kept."""
    number = a_plan(house, [a_leg(house)])

    def wanted() -> list[tuple[str, str]]:
        with house.store.reading() as connection:
            shown = plan_shown(connection, house.study_id, number)
        return [(one.kind, one.lane) for one in shown.edits]

    for kind in (EditKind.FIXED, EditKind.FORBIDDEN):
        house.do(planner(house), edit_plan, edit(house, number, kind))
    assert wanted() == [("forbidden", "NLD>1001")]
    house.do(planner(house), edit_plan, edit(house, number, EditKind.FREE))
    assert wanted() == []
    with pytest.raises(BadInput, match="no such consignment"):
        house.do(planner(house), edit_plan, edit(house, number, EditKind.FIXED, lane="NLD>1002"))
    with pytest.raises(BadInput, match="Give a reason"):
        house.do(planner(house), edit_plan, edit(house, number, EditKind.FORBIDDEN, reason=" "))


def test_what_is_signed_is_what_was_read_and_once(house: SupplyHouse) -> None:
    """Another hash, a second signature and an older plan are refused."""
    first, second = a_plan(house, []), a_plan(house, [])
    wrong = approving(house, first).model_copy(update={"hash": "0" * 64})
    with pytest.raises(AnotherPlan):
        house.do(planner(house), approve_plan, wrong)
    approved(house, second)
    with pytest.raises(AlreadyApproved):
        approved(house, second)
    with pytest.raises(PlanSuperseded, match="Plan 2 is newer"):
        approved(house, first)
    with pytest.raises(PlanNotApproved, match="The approved plan is number 2"):
        house.do(planner(house), ship_plan, ShipPlan(study_id=house.study_id, plan=first))


def test_what_changed_since_stays_behind(house: SupplyHouse) -> None:
    """A site that got something else meanwhile, and kits that are gone, do not stop the others."""
    number = a_plan(house, [a_leg(house), a_leg(house, "1002", kits=101), a_leg(house, "1002", days=1)])
    house.day += timedelta(days=1)
    ask = OrderKits(study_id=house.study_id, site="1001", kits={"PEN-A": 2}, reason="A fridge failed")
    house.do(planner(house), order_kits, ask)
    house.day -= timedelta(days=1)
    done = approved(house, number)
    assert [(one.lane, one.why) for one in done.left] == [("NLD>1001", CHANGED), ("NLD>1002", GONE)]
    assert done.kits == 8
    with house.store.reading() as connection:
        shown = plan_shown(connection, house.study_id, number).consignments
    assert [(bool(one.shipment), one.stayed) for one in shown] == [(False, CHANGED), (False, GONE), (True, "")]
    (told,) = house.rows(SecretAuditEntry, act="plan_shipped")
    assert all(why in str(told["body"]) for why in (CHANGED, GONE))


def test_a_line_tells_why_an_earlier_lot_stays(house: SupplyHouse) -> None:
    """The reason goes with the shipment; the pick list tells it of the lot, and not which kits it is about."""
    leg = a_leg(house)
    leg.lines[0].why = "lot L0 is kept for 1002, which is sent it on 2026-03-09"
    (number,) = approved(house, a_plan(house, [leg])).shipments
    with house.store.reading() as connection:
        told = lot_reasons(connection, house.study_id, number)
    assert told == (LotReason("L1", leg.lines[0].why),)


def test_a_plan_is_shipped_once(house: SupplyHouse) -> None:
    """Asked again, nothing more leaves."""
    number = a_plan(house, [a_leg(house)])
    assert approved(house, number).kits == 8
    again = house.do(planner(house), ship_plan, ShipPlan(study_id=house.study_id, plan=number))
    assert (again.shipments, again.left) == ([], [])


@pytest.mark.parametrize("role", [Role.SUPPLY_PLANNER, Role.PHARMACIST, Role.DEPOT])
def test_others_may_none_of_it(house: SupplyHouse, role: Role) -> None:
    """Blinded planners included: a plan tells kit types."""
    run, number = a_run(house), a_plan(house, [a_leg(house)])
    asks: list[tuple[Any, Any]] = [
        (start_optimization, StartOptimization(study_id=house.study_id, day=house.day)),
        (keep_problem, KeepProblem(study_id=house.study_id, run=run, problem=PROBLEM)),
        (end_run, EndRun(study_id=house.study_id, run=run, words="")),
        (cancel_run, CancelRun(study_id=house.study_id, run=run)),
        (keep_plan, handed_in(house, run, [])),
        (edit_plan, edit(house, number, EditKind.FIXED)),
        (approve_plan, approving(house, number)),
    ]
    for service, ask in asks:
        with pytest.raises(NotAllowed):
            house.do(role, service, ask)


def test_unknown_numbers_are_not_found(house: SupplyHouse) -> None:
    """Runs, plans and the plan to build on."""
    with pytest.raises(NotFound), house.store.reading() as connection:
        run_watched(connection, house.study_id, 9)
    with pytest.raises(NotFound), house.store.reading() as connection:
        blinded_plan(connection, house.study_id, 9)
    with pytest.raises(NotFound):
        a_run(house, parent=9)


def test_the_night_sends_what_the_plan_says_first(house: SupplyHouse) -> None:
    """Then its own rule counts that as on the way; asked again the same day, nothing more leaves."""
    number = a_plan(house, [a_leg(house, days=7, kits=30), a_leg(house, "1002", days=7, kits=30)])
    approved(house, number)
    house.later(7)
    actor, at = planner(house), datetime.combine(house.day, time(2), UTC)
    for _ in range(2):
        done = plan_night(house.store, MinMax(), house.study_id, house.day, at, actor)
        assert (done.sites_considered, done.shipments) == (2, [])
    assert [row["raised_by"] for row in house.rows(Shipment)] == ["plan", "plan"]
