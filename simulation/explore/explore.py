"""An experiment carried out: the scenario at every point, and what its inputs do to the figure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.analysis.arrays import Floats
from simulation.analysis.estimate import Estimate
from simulation.analysis.means import mean_of
from simulation.analysis.paired import Comparison, difference_of, ratio_difference
from simulation.analysis.ratio import ratio_of
from simulation.analysis.sensitivity import Bar, by_length, elementary_effects, morris_design
from simulation.explore.experiment import Experiment, Looked, Moved
from simulation.spec.reading import changed
from simulation.spec.scenario import Scenario

Columns = Mapping[str, Floats]
Play = Callable[[Scenario], Columns]
"""A scenario to the columns of its replications, the same indexes for each."""


@dataclass(frozen=True, slots=True)
class Moves:
    """An input along the paths of Morris: mean effect and mean size over its whole range, and how effects vary."""

    name: str
    mean: float
    size: float
    spread: float


def tornado_of(
    looked: Looked, inputs: Sequence[Moved], scenario: Scenario, play: Play
) -> tuple[Estimate, tuple[Bar, ...]]:
    """The figure as the scenario is, and a bar for each input, longest first."""
    base = play(scenario)

    def moved_to(key: str, end: float) -> Estimate:
        return difference(looked, base, play(changed(scenario, {key: end}))).difference

    bars = [Bar(moved.called, *(moved_to(moved.key, end) for end in moved.ends)) for moved in inputs]
    return figure(looked, base), by_length(bars)


def bar_record(bar: Bar) -> dict[str, Any]:
    """As it is written to JSON."""
    return {"name": bar.name, "low": bar.low.record(), "high": bar.high.record()}


def figure(looked: Looked, columns: Columns) -> Estimate:
    """What is looked at, of one point."""
    if looked.per is None:
        return mean_of(columns[looked.measure])
    return ratio_of(columns[looked.measure], columns[looked.per])


def difference(looked: Looked, first: Columns, second: Columns) -> Comparison:
    """Second minus first, paired."""
    if looked.per is None:
        return difference_of(first[looked.measure], second[looked.measure])
    one, other = ((each[looked.measure], each[looked.per]) for each in (first, second))
    return ratio_difference(one, other)


def morris_of(experiment: Experiment, scenario: Scenario, play: Play) -> tuple[Moves, ...]:
    """Every input's effect over its whole range, largest first; paths follow from the experiment's seed."""
    generator = np.random.Generator(np.random.PCG64(experiment.seed))
    design = morris_design(len(experiment.inputs), experiment.paths, experiment.levels, generator)
    outputs = np.array([[_output(experiment, scenario, point, play) for point in path] for path in design])
    effects = elementary_effects(design, outputs)
    moves = [
        Moves(moved.called, float(mean), float(size), float(spread))
        for moved, mean, size, spread in zip(
            experiment.inputs, effects.mean, effects.size, effects.spread, strict=True
        )
    ]
    return tuple(sorted(moves, key=lambda each: (-each.size, each.name)))


def _output(experiment: Experiment, scenario: Scenario, point: Floats, play: Play) -> float:
    values = {moved.key: moved.at(float(share)) for moved, share in zip(experiment.inputs, point, strict=True)}
    return figure(experiment.looked_at, play(changed(scenario, values))).value
