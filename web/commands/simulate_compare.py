"""`irt simulate compare`: two plans under the same chance, and how far apart they are."""

import tempfile
from pathlib import Path
from typing import Any

import click

from irt.commands import clock
from irt.commands.randomization_options import json_option, show
from simulation.replication import EngineName
from simulation.run.ask import Ask
from simulation.run.compared import Finished, compared, finished
from simulation.run.run import Means
from simulation.run.run import run as carry_out
from simulation.spec.reading import read_scenario
from web.commands.simulate_options import (
    engine_option,
    means_options,
    replications_option,
    seed_option,
    watched,
)
from web.commands.simulate_run import with_interval

SHOWN = ("missed", "shipments", "kits_shipped", "cost_total")
run_or_scenario = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("first", metavar="A", type=run_or_scenario)
@click.argument("second", metavar="B", type=run_or_scenario)
@replications_option
@seed_option
@engine_option
@means_options
@json_option
def compare(
    first: Path,
    second: Path,
    replications: int,
    seed: int,
    engine: EngineName,
    means: Means,
    as_json: bool,
) -> None:
    """Hold B against A, replication by replication; each is the directory of a finished run, or a scenario file.

    Both have the same people, lead times and mishaps in the replication of one index, so that most of what is due
    to chance falls out of the difference: variance ratio tells how many times fewer replications that needs than
    two runs of their own. A scenario file is run first, with the options given here.

    Example: irt simulate compare DIR-A DIR-B --json
    """
    runs = [_finished(path, seed, replications, engine, means) for path in (first, second)]
    told = compared(*runs)
    show(told if as_json else in_short(told), as_json)


def _finished(path: Path, seed: int, replications: int, engine: EngineName, means: Means) -> Finished:
    """The run in a directory, or one of a scenario file that is kept only until it is compared."""
    if path.is_dir():
        return finished(path)
    ask = Ask(read_scenario(path), seed, replications, engine)
    with tempfile.TemporaryDirectory(prefix="irt-simulation-") as folder:
        with watched(f"Simulating {path.name}", replications) as watch:
            report = carry_out(ask, Path(folder), means, clock.now(), watch)
        if report["done"] < replications:
            raise click.Abort
        return finished(Path(folder))


def in_short(told: dict[str, Any]) -> dict[str, Any]:
    """For the eye: B minus A of what is asked for first."""
    named = {name: told[name] for name in ("first", "second", "seed", "replications")}
    return named | in_short_differences(told)


def in_short_differences(told: dict[str, Any]) -> dict[str, Any]:
    """The differences alone."""
    figures = {name: told[name] for name in ("missed_per_visit", "any_missed")}
    figures |= {name: told["measures"][name] for name in SHOWN}
    return {name: _apart(figure) for name, figure in figures.items()}


def _apart(figure: dict[str, Any]) -> str:
    ratio = figure["variance_ratio"]
    return with_interval(figure["difference"]) + (f", variance ratio {ratio:.3g}" if ratio is not None else "")
