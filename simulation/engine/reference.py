"""The reference engine: one process for each entity, in the order that docs/reference/simulation-order.md fixes."""

from irt.supply.planner import ResupplyPlanner
from simulation.inputs.inputs import Inputs
from simulation.record import Replication
from simulation.spec.scenario import Scenario


def play(
    scenario: Scenario,
    inputs: Inputs,
    planner: ResupplyPlanner,
    *,
    keep_days: bool = False,
    keep_events: bool = False,
) -> Replication:
    """Plays one replication to its horizon."""
    raise NotImplementedError
