"""The optimizer as an installation offers it; apart, for its engine takes a while to load."""

from optimization.door import best_plan
from optimization.planner import Optimizer
from optimization.replan.replan import replan


def optimizer() -> Optimizer:
    """The planner of studies that name this method."""
    return Optimizer(best_plan, replan)
