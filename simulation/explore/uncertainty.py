"""Parameters that are not known: what they do to a figure apart from the chance of a trial."""

from collections.abc import Callable, Mapping

import numpy as np

from simulation.analysis.arrays import Floats
from simulation.analysis.nested import Nested, nested_of
from simulation.explore.experiment import Experiment, Looked
from simulation.explore.parameters import points_of
from simulation.spec.scenario import Scenario

PlaySeeded = Callable[[Scenario, int], Mapping[str, Floats]]
"""A scenario and a seed to the columns of its replications."""


def uncertainty_of(experiment: Experiment, scenario: Scenario, play: PlaySeeded) -> Nested:
    """The figure over draws of the parameters and replications under each.

    The replications of a draw have a seed of their own: with one seed for all, what the draws share would be taken
    for chance within them.
    """
    grid = [
        trial_by_trial(experiment.looked_at, play(point, experiment.seed + 1 + number))
        for number, point in enumerate(points_of(experiment.parameters, scenario, experiment.seed))
    ]
    return nested_of(np.array(grid))


def trial_by_trial(looked: Looked, columns: Mapping[str, Floats]) -> Floats:
    """What is looked at of each trial by itself; of a ratio, each trial's own, nought where nothing is below."""
    above = np.asarray(columns[looked.measure], dtype=np.float64)
    if looked.per is None:
        return above
    below = np.asarray(columns[looked.per], dtype=np.float64)
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)
