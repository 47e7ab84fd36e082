"""One replication: a scenario played once, from its inputs to its measures."""

from typing import Literal

from irt.supply.planner import ResupplyPlanner
from simulation.engine import reference
from simulation.inputs.inputs import draw_inputs
from simulation.lean import play as lean
from simulation.policy import installed_planner
from simulation.record import Replication
from simulation.spec.scenario import Scenario

EngineName = Literal["lean", "reference"]
"""Who can play a trial: both give the same, to the last kit."""

__all__ = ["EngineName", "Replication", "replicate"]


def replicate(
    scenario: Scenario,
    seed: int,
    index: int,
    engine: EngineName = "reference",
    keep_days: bool = False,
    *,
    keep_events: bool = False,
    planner: ResupplyPlanner | None = None,
) -> Replication:
    """Replication `index` of a scenario: the same for the same scenario, seed and index, whoever plays it.

    `planner` takes the place of the one that the study's method names.
    """
    inputs = draw_inputs(scenario, seed, index)
    play = lean.play if engine == "lean" else reference.play
    return play(
        scenario,
        inputs,
        planner or installed_planner(scenario.definition),
        keep_days=keep_days,
        keep_events=keep_events,
    )
