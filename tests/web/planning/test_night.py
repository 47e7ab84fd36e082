"""A study that names the optimizer is planned by it each night; the exact model in the engine's place."""

from datetime import UTC, datetime, time

import pytest

from irt.reads.unblinded_explain import site_reasons
from irt.services.run_resupply import ResupplyDone, RunResupply, run_resupply_with
from irt.services.store import Store
from irt.study.definition import StudyDefinition
from irt.supply.planners import TOGETHER, ByMethod
from irt.supply.resupply import MinMax
from irt.tables.secret import ShipmentCalculation
from irt.tables.shipment import ResupplyRun, Shipment
from optimization.planner import Optimizer
from tests.builders_plan import planner
from tests.builders_supply import SupplyHouse, the_lipid_study
from tests.optimization.live.world import exactly

PLANNERS = ByMethod(MinMax(), {"optimizer": Optimizer(exactly)}.get)


def an_optimized_study() -> StudyDefinition:
    """The lipid study with its levels as floors of stock, planned three weeks ahead."""
    study = the_lipid_study()
    planning = study.resupply.planning.model_copy(update={"horizon_days": 21})
    resupply = study.resupply.model_copy(update={"method": "optimizer", "planning": planning})
    return study.model_copy(update={"resupply": resupply})


@pytest.fixture
def house(sqlite_store: Store) -> SupplyHouse:
    """Kits at the depot, and two empty sites."""
    house = SupplyHouse.of(sqlite_store, an_optimized_study())
    house.load()
    house.sites(2)
    return house


def night(house: SupplyHouse) -> ResupplyDone:
    """A run on the house's day."""
    ask = RunResupply(study_id=house.study_id, day=house.day)
    return house.do(planner(house), run_resupply_with(PLANNERS), ask)


def test_the_night_is_the_optimizers(house: SupplyHouse) -> None:
    """What must leave is requested with its reasons; the next run finds it on the way."""
    done = night(house)
    (run,) = house.rows(ResupplyRun)
    assert (run["planner"], run["shipments_proposed"]) == ("optimizer", len(done.shipments))
    assert len(done.shipments) == 2
    shipments = house.rows(Shipment)
    assert {row["status"] for row in shipments} == {"requested"}
    traces = [row["trace"] for row in house.rows(ShipmentCalculation)]
    assert {trace["planner"] for trace in traces} == {"optimizer"}
    assert all(trace["plan_bound"] <= trace["plan_cost"] for trace in traces)
    assert night(house).shipments == []


def test_a_site_is_told_that_places_are_planned_together(house: SupplyHouse) -> None:
    """No level is named as the reason, for none decides alone."""
    with house.store.reading() as connection:
        told = site_reasons(connection, house.study_id, "1001", datetime.combine(house.day, time(12), UTC))
    assert told.explanation is not None
    assert told.explanation.planner == "optimizer"
    assert {reason.why_not for reason in told.explanation.types} == {(TOGETHER,)}
