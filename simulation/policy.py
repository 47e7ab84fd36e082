"""The planner a scenario is supplied by: the production one that its study names."""

from importlib.metadata import entry_points

from irt.study.definition import StudyDefinition
from irt.supply.planner import ResupplyPlanner
from irt.supply.planners import ByMethod, planner_of
from irt.supply.resupply import MinMax


def installed_planner(definition: StudyDefinition) -> ResupplyPlanner:
    """Min/max or predictive of the product itself, or another that is installed under the study's method."""
    return planner_of(definition, ByMethod(MinMax(), _found))


def _found(method: str) -> ResupplyPlanner | None:
    for point in entry_points(group="irt.planners", name=method):
        planner: ResupplyPlanner = point.load()()
        return planner
    return None
