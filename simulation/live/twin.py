"""Two futures of one study under the same chance: as it stands, and with a change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from irt.supply.planner import ResupplyPlanner
from simulation.replication import EngineName, replicate
from simulation.run.compared import differences
from simulation.run.summary import Columns
from simulation.spec.scenario import Scenario

Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Twins:
    """As it stands and with the change, and how both are played."""

    base: Scenario
    changed: Scenario
    seed: int
    replications: int
    engine: EngineName = "reference"
    planner: ResupplyPlanner | None = None


def play_twins(twins: Twins, watch: Watch) -> dict[str, Any]:
    """Means of either, and the change's difference with an interval, of each measure; JSON-able.

    The watch is told after each replication how many of how many are done; what it raises ends the play.
    """
    columns = []
    for number, scenario in enumerate((twins.base, twins.changed)):
        played = []
        for index in range(twins.replications):
            done = replicate(scenario, twins.seed, index, twins.engine, planner=twins.planner)
            played.append(done.measures)
            watch(number * twins.replications + index + 1, 2 * twins.replications)
        columns.append(_columns(played))
    return {
        "start": twins.base.start.isoformat(),
        "horizon_days": twins.base.horizon_days,
        "seed": twins.seed,
        "replications": twins.replications,
        "base": {"scenario_id": twins.base.hash},
        "changed": {"name": twins.changed.name, "scenario_id": twins.changed.hash},
        **differences(*columns),
    }


def _columns(played: list[Any]) -> Columns:
    return {name: np.array([each[name] for each in played], np.float64) for name in played[0]}
