"""A live study's problem, and a run from its question to a kept plan; the exact model in the optimizer's place."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from irt.errors import BadInput
from irt.reads.unblinded_plans import plan_files, plan_shown, run_watched, runs
from irt.services.edit_plan import EditPlan, edit_plan
from irt.services.optimization_runs import RunOpen, StartOptimization, open_optimization, run_asked
from irt.services.order_kits import OrderKits, order_kits
from irt.states.plan import EditKind, RunStatus
from optimization.check.check_plan import check_plan
from optimization.live.network import LiveProblem
from optimization.plan_file import read_plan
from optimization.problem import NodeKind, Problem
from optimization.problem_file import read_problem
from optimization.result import Goal, Progress, Result, Status, Watch
from tests.builders_plan import approved, planner, stocked
from tests.builders_supply import SupplyHouse, a_house
from tests.optimization.live.world import exactly
from web.planning.edits import KeptKitsGone
from web.planning.problem import problem_of_study
from web.planning.run import Bench, Worked, work_out

HORIZON_DAYS = 21
SHORT: dict[str, Any] = {"review_days": 1}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study with kits at its depot and two empty sites; their levels are what is wanted."""
    with a_house(stocked, tmp_path) as made:
        yield made


def now_of(house: SupplyHouse) -> datetime:
    """Noon of the house's day."""
    return datetime.combine(house.day, time(12), UTC)


def live(house: SupplyHouse, **changes: Any) -> LiveProblem:
    """The study's problem today."""
    with house.store.reading() as connection:
        facts = {"horizon_days": HORIZON_DAYS, "otherwise": SHORT, **changes}
        return problem_of_study(connection, house.study_id, house.day, now_of(house), **facts)


def a_run(house: SupplyHouse, **changes: Any) -> RunOpen:
    """A run that is worked on here."""
    facts = {"horizon_days": HORIZON_DAYS, "settings": SHORT, **changes}
    ask = StartOptimization(study_id=house.study_id, day=house.day, **facts)
    number = house.do(planner(house), open_optimization, ask).run
    with house.store.reading() as connection:
        run = run_asked(connection, house.study_id, number)
    assert run is not None
    return run


def telling(problem: Problem, goal: Goal, watch: Watch) -> Result:
    """The exact answer, after two steps that may stop it."""
    for seconds in (1.0, 2.0):
        if not watch(Progress(seconds, 100, 200, "trying")):
            found = exactly(problem, goal, watch)
            return Result(Status.CANCELLED, found.plan, found.cost, found.bound, seconds)
    return exactly(problem, goal, watch)


def worked(house: SupplyHouse, run: RunOpen, **changes: Any) -> Worked:
    """The run, worked out."""
    facts = {"solve": telling, "key": f"run:{run.number}", **changes}
    return work_out(Bench(house.store, planner(house), lambda: now_of(house), **facts), run)


def test_the_problem_is_the_study_as_it_stands(house: SupplyHouse) -> None:
    """Sites in service, their depot, its released kits, levels as need, pens that look alike."""
    problem = live(house).problem
    assert {node.id for node in problem.nodes.values() if node.kind is NodeKind.SITE} == {"1001", "1002"}
    assert problem.nodes["C0"].kind is NodeKind.CENTRAL
    assert sum(row.kits for row in problem.supply) == 200
    assert ("PEN-A", "PEN-P") in problem.blind_groups
    assert {row.site for row in problem.demand} == {"1001", "1002"}
    longer = live(house, horizon_days=42).problem
    assert longer.horizon_days == problem.horizon_days + 21


def test_prices_may_be_asked_otherwise(house: SupplyHouse) -> None:
    """What a run is asked with stands in place of the study's; anything else is refused by name."""
    asked = live(house, otherwise={**SHORT, "planning": {"consignment_cents": 7}})
    assert {lane.fixed_cost for lane in asked.problem.lanes.values()} == {7}
    with pytest.raises(BadInput, match="setting colour cannot be used"):
        live(house, otherwise={"colour": "blue"})
    with pytest.raises(BadInput, match="shipper_kits"):
        live(house, otherwise={"planning": {"shipper_kits": 0}})


def test_a_run_ends_with_a_plan_that_its_problem_checks(house: SupplyHouse) -> None:
    """Problem, steps, plan and price are kept; what was kept is enough to check it again."""
    done = worked(house, a_run(house, title="spring"))
    with house.store.reading() as connection:
        shown = plan_shown(connection, house.study_id, done.kept.plan)
        files = plan_files(connection, house.study_id, done.kept.plan)
        watched = run_watched(connection, house.study_id, 1)
    assert watched.line.status == RunStatus.ENDED
    assert [step.bound for step in watched.steps] == [100, 100, shown.bound]
    verdict = check_plan(read_problem(json.dumps(files.problem)), read_plan(files.plan))
    assert verdict.accepted
    assert verdict.cost.total == shown.total >= shown.bound
    assert shown.verdict["unmet_kits"] == 0
    assert {leg.place for leg in shown.consignments} == {"1001", "1002"}


def test_its_first_day_becomes_shipments(house: SupplyHouse) -> None:
    """From live stock to requested shipments, through nothing but services."""
    done = worked(house, a_run(house))
    leaves_now = [one for one in done.result.plan.consignments if one.dispatch_day <= done.live.days.first + 1]
    answer = approved(house, done.kept.plan)
    assert len(answer.shipments) == len(leaves_now) > 0
    assert answer.left == []


def test_a_run_that_is_stopped_keeps_its_best_plan(house: SupplyHouse) -> None:
    """Asked at a step: the plan so far is kept, and the run is told as cancelled."""
    done = worked(house, a_run(house), go_on=lambda progress: False)
    with house.store.reading() as connection:
        (line,) = runs(connection, house.study_id)
    assert (line.status, line.plan) == (RunStatus.CANCELLED, done.kept.plan)


def test_a_refusal_ends_the_run_with_its_sentence(house: SupplyHouse) -> None:
    """What cannot be planned is told on the run, and to whoever asked."""
    with pytest.raises(BadInput, match="colour"):
        worked(house, a_run(house, settings={"colour": "blue"}))
    with house.store.reading() as connection:
        (line,) = runs(connection, house.study_id)
    assert line.status == RunStatus.FAILED
    assert line.last is not None
    assert "colour" in line.last.words


def test_wishes_hold_in_the_next_plan(house: SupplyHouse) -> None:
    """One stays as it is, one goes: the next plan has the first, and nothing that arrives on the other's day."""
    first = worked(house, a_run(house)).kept.plan
    with house.store.reading() as connection:
        legs = plan_shown(connection, house.study_id, first).consignments
    stays = next(leg for leg in legs if leg.place == "1001")
    goes = next(leg for leg in legs if leg.place == "1002")
    for leg, kind in ((stays, EditKind.FIXED), (goes, EditKind.FORBIDDEN)):
        facts = {"lane": leg.lane, "storage": leg.storage, "dispatch_on": leg.dispatch_on, "reason": "Agreed"}
        house.do(planner(house), edit_plan, EditPlan(study_id=house.study_id, plan=first, kind=kind, **facts))
    again = worked(house, a_run(house, parent=first))
    with house.store.reading() as connection:
        shown = plan_shown(connection, house.study_id, again.kept.plan)
    kept = next(leg for leg in shown.consignments if (leg.lane, leg.dispatch_on) == (stays.lane, stays.dispatch_on))
    assert (kept.lines, kept.shippers) == (stays.lines, stays.shippers)
    assert (goes.lane, goes.dispatch_on) not in [(leg.lane, leg.dispatch_on) for leg in shown.consignments]
    assert check_plan(again.live.problem, again.result.plan).accepted
    assert shown.total >= shown.bound


def test_what_is_to_stay_must_still_be_there(house: SupplyHouse) -> None:
    """Kits that left meanwhile stop the next run with a sentence."""
    first = worked(house, a_run(house)).kept.plan
    with house.store.reading() as connection:
        leg = plan_shown(connection, house.study_id, first).consignments[0]
    facts = {"lane": leg.lane, "storage": leg.storage, "dispatch_on": leg.dispatch_on, "reason": "Agreed"}
    ask = EditPlan(study_id=house.study_id, plan=first, kind=EditKind.FIXED, **facts)
    house.do(planner(house), edit_plan, ask)
    house.resupply()
    rest = {"PEN-A": 40, "PEN-P": 40}
    order = OrderKits(study_id=house.study_id, site="1001", kits=rest, reason="A fridge failed")
    house.do(planner(house), order_kits, order)
    gone = a_run(house, parent=first)
    with pytest.raises(KeptKitsGone):
        worked(house, gone)
