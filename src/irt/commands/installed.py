"""What other packages of the installation bring, by their entry points: planners of supply, handlers of jobs."""

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any

from irt.services.running_job import Handler, RunningJob
from irt.supply.planner import ResupplyPlanner
from irt.supply.planners import ByMethod
from irt.supply.resupply import MinMax


def installed_planner() -> ByMethod:
    """Min/max, and by its method any planner that is installed; each is loaded when a study asks for it."""
    return ByMethod(MinMax(), _planner)


def _planner(method: str) -> ResupplyPlanner | None:
    for point in entry_points(group="irt.planners", name=method):
        planner: ResupplyPlanner = point.load()()
        return planner
    return None


def installed_handlers() -> dict[str, Handler]:
    """Kinds of jobs that other packages do; each is loaded with its first job."""
    return {point.name: _later(point.name) for point in entry_points(group="irt.jobs")}


def _later(kind: str) -> Handler:
    def work(running: RunningJob) -> Mapping[str, Any]:
        (point,) = entry_points(group="irt.jobs", name=kind)
        handler: Handler = point.load()
        return handler(running)

    return work
