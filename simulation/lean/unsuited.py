"""What the lean engine leaves to the reference engine, by name."""

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from irt.supply.planner import ResupplyPlanner
from irt.supply.planners import ByMethod
from irt.supply.predictive import Predictive
from irt.supply.resupply import MinMax
from simulation.lean.tables import tables_of
from simulation.network import places_of
from simulation.spec.scenario import Scenario


def unsuited(scenario: Scenario, planner: ResupplyPlanner) -> str:
    """Why the reference engine plays this; empty where the lean one does."""
    plain = planner.plain if isinstance(planner, ByMethod) else planner
    if type(plain) not in (MinMax, Predictive):
        return f"planner {planner.name}: only min/max and predictive are lean"
    if (type(plain) is Predictive) != (scenario.definition.resupply.method == "predictive"):
        return f"planner {planner.name}: not the one that the study names"
    return _of_scenario(scenario)


@lru_cache(maxsize=64)
def _of_scenario(scenario: Scenario) -> str:
    return next(_reasons(scenario), "")


def _reasons(scenario: Scenario) -> Iterator[str]:
    definition = scenario.definition
    if definition.delivery is not None:
        yield "kits that go to subjects' homes"
    if scenario.begun is not None:
        yield "a trial that is under way at the start"
    if definition.resupply.method not in ("min_max", "predictive"):
        yield f"method {definition.resupply.method}: only min/max and predictive are lean"
    if definition.resupply.method == "predictive":
        if definition.resupply.depots:
            yield "predictive resupply of regional depots"
        if not tables_of(scenario).foreseen.exact:
            yield "a rate of dropout with so many digits that shares of kits are no whole numbers"
    dates = defaultdict(set)
    for row in places_of(scenario).lots:
        dates[row.lot, row.kit_type].add(row.expiry_day)
    if any(len(days) > 1 for days in dates.values()):
        yield "a lot of one kit type with two expiry dates"
    if scenario.supply.review == "every_request" and any(depot.zone != "UTC" for depot in definition.depots):
        yield "orders at any minute from a depot that does not go by UTC"
