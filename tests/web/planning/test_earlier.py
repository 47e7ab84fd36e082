"""A run, and a night, that go on from the plan that was kept before, where the study or the run says so."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from irt.reads.unblinded_plans import plan_shown, plan_to_keep
from irt.services.optimization_runs import RunOpen, StartOptimization, open_optimization, run_asked
from irt.services.run_resupply import RunResupply, run_resupply_with
from irt.services.store import Store
from irt.study.earlier_plan import EarlierPlan
from irt.supply.planners import ByMethod
from irt.supply.resupply import MinMax
from irt.tables.secret import ShipmentCalculation
from optimization.planner import Optimizer
from optimization.replan.replan import replan
from tests.builders_plan import approved, planner, stocked
from tests.builders_supply import SupplyHouse, a_house
from tests.optimization.live.world import exactly
from tests.web.planning.test_night import an_optimized_study
from web.planning.run import Bench, Worked, work_out


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study with kits at its depot and two empty sites."""
    with a_house(stocked, tmp_path) as made:
        yield made


def asked(house: SupplyHouse, earlier: EarlierPlan) -> RunOpen:
    """A run that is to keep an earlier plan so."""
    planning = {"earlier": earlier.model_dump()}
    settings: dict[str, Any] = {"review_days": 1, "planning": planning}
    ask = StartOptimization(study_id=house.study_id, day=house.day, horizon_days=21, settings=settings)
    number = house.do(planner(house), open_optimization, ask).run
    with house.store.reading() as connection:
        run = run_asked(connection, house.study_id, number)
    assert run is not None
    return run


def worked(house: SupplyHouse, keep: str = "latest", **terms: int) -> Worked:
    """The run, worked out."""
    run = asked(house, EarlierPlan.model_validate({"keep": keep, **terms}))
    now = datetime.combine(house.day, time(12), UTC)
    return work_out(Bench(house.store, planner(house), lambda: now, exactly, f"r{run.number}", again=replan), run)


def told(house: SupplyHouse, number: int) -> Any:
    """What a plan tells of the one it goes on from."""
    with house.store.reading() as connection:
        return plan_shown(connection, house.study_id, number).verdict.get("earlier")


def test_with_nothing_changed_the_next_run_keeps_the_plan(house: SupplyHouse) -> None:
    """The first has nothing to keep; the second is the same to the last kit, and says which plan it kept."""
    first, second = worked(house), worked(house)
    assert told(house, first.kept.plan) is None
    assert second.result.plan == first.result.plan
    assert told(house, second.kept.plan) == {
        "plan": first.kept.plan,
        "kept": len(first.result.plan.consignments),
        "other day": 0,
        "other kits": 0,
        "new": 0,
        "dropped": 0,
        "charge": 0,
    }


def test_never_asks_for_none(house: SupplyHouse) -> None:
    """A plan lies there, and nobody wants it."""
    worked(house)
    assert told(house, worked(house, "never").kept.plan) is None


def test_only_an_approved_plan_is_kept_where_the_study_says_so(house: SupplyHouse) -> None:
    """The last that was kept does not do; once it is approved, what it sent today is on its way."""
    first = worked(house)
    assert told(house, worked(house, "approved").kept.plan) is None
    approved(house, first.kept.plan)
    with house.store.reading() as connection:
        found = plan_to_keep(connection, house.study_id, approved=True)
    assert found is not None
    assert found[0] == first.kept.plan
    third = worked(house, "approved")
    assert told(house, third.kept.plan)["plan"] == first.kept.plan


def test_the_night_goes_on_from_the_plan_that_was_kept(sqlite_store: Store) -> None:
    """Its shipments are those of the plan's first day; nothing is proven of them by night."""
    study = an_optimized_study()
    planning = study.resupply.planning.model_copy(update={"earlier": EarlierPlan(keep="latest")})
    resupply = study.resupply.model_copy(update={"planning": planning})
    house = SupplyHouse.of(sqlite_store, study.model_copy(update={"resupply": resupply}))
    house.load()
    house.sites(2)
    kept = worked(house)
    today = kept.live.days.first
    leaving = [one for one in kept.result.plan.consignments if one.dispatch_day == today]
    planners = ByMethod(MinMax(), {"optimizer": Optimizer(exactly, replan)}.get)
    ask = RunResupply(study_id=house.study_id, day=house.day)
    done = house.do(planner(house), run_resupply_with(planners), ask)
    traces = [row["trace"] for row in house.rows(ShipmentCalculation)]
    assert len(done.shipments) == len(leaving) > 0
    assert {trace["plan_hash"] for trace in traces} == {kept.result.plan.hash}
    assert all("plan_bound" not in trace for trace in traces)
