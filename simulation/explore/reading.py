"""An experiment read from its file."""

from pathlib import Path

from irt.errors import BadInput
from simulation.explore.experiment import Experiment
from simulation.part_file import read_part
from simulation.spec.reading import read_scenario
from simulation.spec.scenario import Scenario


class UnreadableExperiment(BadInput):
    """The file is not there, or is no experiment."""


def read_experiment(path: Path) -> tuple[Experiment, Scenario]:
    """The experiment of a YAML or JSON file, and its scenario, found from the file's own folder. BadInput else."""
    experiment = read_part(path, Experiment, UnreadableExperiment)
    if experiment.posterior_file is not None:
        drawn = experiment.parameters.read_from(path.parent).posterior
        experiment = experiment.model_copy(update={"posterior": drawn, "posterior_file": None})
    return experiment, read_scenario(path.parent / experiment.scenario)
