"""`irt simulate sensitivity`: which inputs of a scenario move a figure."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from irt.commands import clock
from irt.commands.randomization_options import json_option, show
from simulation.explore.experiment import Experiment
from simulation.explore.explore import bar_record, morris_of, tornado_of
from simulation.explore.reading import read_experiment
from simulation.explore.uncertainty import uncertainty_of
from simulation.replication import EngineName
from simulation.run.files import write_json
from simulation.run.playing import Playing, by_hash
from simulation.run.run import Means
from simulation.run.summary import Columns
from simulation.spec.scenario import Scenario
from web.commands.simulate_options import (
    all_played,
    engine_option,
    means_options,
    out_option,
    watched,
)
from web.commands.simulate_run import with_interval

FORMAT = "irt-simulation-sensitivity/1"
ANSWER = "sensitivity.json"


@click.command()
@click.argument(
    "experiment_file", metavar="EXPERIMENT", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@engine_option
@means_options
@out_option
@json_option
def sensitivity(
    experiment_file: Path,
    engine: EngineName,
    means: Means,
    out: Path,
    as_json: bool,
) -> None:
    """Play the scenario of EXPERIMENT with its inputs moved; the answer goes to DIR/sensitivity.json.

    A tornado moves one input at a time to its ends and pairs each with the scenario as it is; morris moves all, one
    after the other along paths; uncertainty draws them by laws and tells what they do apart from the chance of a
    trial. Every point has a directory of its own, so that a second start goes on.

    Example: irt simulate sensitivity EXPERIMENT.yaml --out DIR --json
    """
    (experiment, scenario), begun = read_experiment(experiment_file), time.perf_counter()
    started = clock.now()
    with watched(f"Exploring {experiment.name}", experiment.replications) as watch:
        playing = Playing(experiment.seed, engine, out, means, started, watch, by_hash)
        told = _about(experiment, scenario) | _explored(experiment, scenario, playing)
    told |= playing.made() | {"seed": experiment.seed, "points": len(playing.reports)}
    told |= {"seconds": round(time.perf_counter() - begun, 3)}
    write_json(told, out / ANSWER)
    show(told if as_json else in_short(told), as_json)


def _about(experiment: Experiment, scenario: Scenario) -> dict[str, Any]:
    asked = experiment.model_dump(mode="json", exclude={"schema_version", "scenario"})
    return {"format": FORMAT, "scenario": scenario.name, "scenario_id": scenario.hash} | asked


def _explored(experiment: Experiment, scenario: Scenario, playing: Playing) -> dict[str, Any]:
    def play(point: Scenario, seed: int = experiment.seed) -> Columns:
        playing.seed = seed
        return all_played(playing.play(point, experiment.replications))

    if experiment.method == "uncertainty":
        nested = uncertainty_of(experiment, scenario, play)
        return asdict(nested) | {"mean": nested.mean.record(), "between": nested.between.record()}
    if experiment.method == "morris":
        return {"effects": [asdict(each) for each in morris_of(experiment, scenario, play)]}
    base, bars = tornado_of(experiment.looked_at, experiment.inputs, scenario, play)
    return {"base": base.record(), "bars": [bar_record(bar) for bar in bars]}


def in_short(told: dict[str, Any]) -> dict[str, Any]:
    """For the eye: a line for each input, the one that moves most first."""
    if "between" in told:
        errors = ("monte_carlo_error", "outer_error", "parameter_deviation")
        return {"experiment": told["name"], "mean": with_interval(told["mean"])} | {
            name: told[name] for name in errors
        }
    if "effects" in told:
        lines = {
            each[
                "name"
            ]: f"{each['mean']:+.4g} over its range, size {each['size']:.4g}, spread {each['spread']:.4g}"
            for each in told["effects"]
        }
        return {"experiment": told["name"]} | lines
    lines = {
        bar["name"]: f"low {with_interval(bar['low'])}; high {with_interval(bar['high'])}" for bar in told["bars"]
    }
    return {"experiment": told["name"], "as it is": with_interval(told["base"])} | lines
