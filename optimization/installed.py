"""The optimizer as an installation offers it; apart, for its engine takes a while to load."""

from optimization.planner import Optimizer
from optimization.replan.replan import replan
from optimization.rules.floor import never_dearer
from optimization.solve import optimize


def optimizer() -> Optimizer:
    """The planner of studies that name this method."""
    return Optimizer(never_dearer(optimize), replan)
