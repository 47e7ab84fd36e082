"""What not knowing the parameters adds to each line of a gate, apart from the chance of a trial.

The verdict is on the scenario as it was agreed, and its intervals tell Monte Carlo error alone. Beside it the same
figure is told over draws of the parameters: which part more replications take away, and which only data do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from simulation.analysis.arrays import Floats
from simulation.analysis.limits import Figure, Limit
from simulation.analysis.nested import Nested, nested_of
from simulation.explore.experiment import Looked
from simulation.explore.parameters import Parameters, points_of
from simulation.explore.uncertainty import trial_by_trial
from simulation.gate.hold import Columns, Stopped
from simulation.gate.reading import Agreed
from simulation.spec.scenario import Scenario

PlaySeeded = Callable[[Scenario, int, int], Columns | None]
"""A scenario, a seed and a number of replications to the columns of them all; None when it was stopped."""


@dataclass(frozen=True, slots=True)
class Apart:
    """One limit over both loops: each trial's own figure, and the share of draws whose figure is not below it.

    Of a quantile the share of trials above the limit is looked at.
    """

    scenario: str
    limit: Limit
    nested: Nested
    draws_above: float

    def record(self) -> dict[str, Any]:
        """As it is written to JSON."""
        nested = asdict(self.nested) | {
            "mean": self.nested.mean.record(),
            "between": self.nested.between.record(),
        }
        return {"scenario": self.scenario, "limit": self.limit.name} | nested | {"draws_above": self.draws_above}


def parameters_apart(agreed: Agreed, play: PlaySeeded) -> tuple[Apart, ...]:
    """Every limit under every scenario; nothing where no parameters were agreed on. Raises: Stopped.

    The replications of a draw have a seed of their own, so that draws share no chance.
    """
    parameters = agreed.agreement.parameters
    if parameters is None:
        return ()
    return tuple(
        told
        for scenario in agreed.scenarios
        for told in _under(agreed, parameters, scenario, _played(agreed, parameters, scenario, play))
    )


def parameters_record(agreed: Agreed, apart: Sequence[Apart]) -> dict[str, Any]:
    """As it stands in a gate's statement; nothing where no parameters were agreed on."""
    parameters = agreed.agreement.parameters
    if parameters is None:
        return {}
    loops = {"draws": parameters.draws, "replications": parameters.replications}
    return {"parameters": loops | {"lines": [line.record() for line in apart]}}


def _played(agreed: Agreed, parameters: Parameters, scenario: Scenario, play: PlaySeeded) -> list[Columns]:
    runs: list[Columns] = []
    seed = agreed.agreement.seed
    for number, point in enumerate(points_of(parameters, scenario, seed)):
        columns = play(point, seed + 1 + number, parameters.replications)
        if columns is None:
            raise Stopped(scenario.name)
        runs.append({name: np.asarray(values)[: parameters.replications] for name, values in columns.items()})
    return runs


def _under(agreed: Agreed, parameters: Parameters, scenario: Scenario, runs: Sequence[Columns]) -> list[Apart]:
    told = []
    for limit in agreed.agreement.judged:
        grid = np.array([trial_figures(limit, run) for run in runs])
        above = float(np.mean([figure_of(limit, run) >= limit.limit for run in runs]))
        told.append(Apart(scenario.name, limit, nested_of(grid, agreed.agreement.confidence), above))
    return told


def trial_figures(limit: Limit, columns: Mapping[str, Any]) -> Floats:
    """What each trial says of a limit: its ratio, its measure, or 1 where there was any, or more than the limit."""
    values = np.asarray(columns[limit.measure], dtype=np.float64)
    match limit.figure:
        case Figure.PER:
            return trial_by_trial(Looked(measure=limit.measure, per=limit.per), dict(columns))
        case Figure.ANY:
            return np.asarray(values > 0, dtype=np.float64)
        case Figure.QUANTILE:
            return np.asarray(values > limit.limit, dtype=np.float64)
    return values


def figure_of(limit: Limit, columns: Mapping[str, Any]) -> float:
    """The limit's figure over the trials of one draw."""
    values = np.asarray(columns[limit.measure], dtype=np.float64)
    if limit.figure is Figure.PER and limit.per is not None:
        below = float(np.sum(columns[limit.per]))
        return float(values.sum()) / below if below else 0.0
    if limit.figure is Figure.QUANTILE and limit.share is not None:
        return float(np.quantile(values, limit.share))
    return float(trial_figures(limit, columns).mean())
