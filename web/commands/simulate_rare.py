"""`irt simulate rare`: the chance of an event that plain replications would hardly ever see."""

import time
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np

from irt.commands import clock
from irt.commands.randomization_options import json_option, show
from simulation.analysis.weights import weighted_mean
from simulation.explore.rare import about, play_rare, read_rare
from simulation.replication import EngineName
from simulation.run.ask import Ask, software
from simulation.run.beside import Kind, played_beside
from simulation.run.directory import RESULTS
from simulation.run.files import write_json
from simulation.run.run import Means, made_with
from simulation.run.summary import columns_of
from simulation.run.table import read_table
from web.commands.simulate_options import engine_option, means_options, out_option, watched
from web.commands.simulate_run import with_interval

FORMAT = "irt-simulation-rare/1"
ANSWER = "rare.json"
OF_A_HASH = 16


@click.command()
@click.argument("rare_file", metavar="RARE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@engine_option
@means_options
@out_option
@json_option
def rare(rare_file: Path, engine: EngineName, means: Means, out: Path, as_json: bool) -> None:
    """Tell the chance of a rare event by importance sampling; the answer goes to DIR/rare.json.

    RARE names a scenario, a measure, and what is drawn how many times as large so that the event is frequent. Each
    trial counts by its likelihood under the scenario as it is. Told are the chance with an interval, how many equal
    weights the hits are worth, and how many times more plain replications would be needed.

    Example: irt simulate rare RARE.yaml --out DIR --json
    """
    found, begun, started = read_rare(rare_file), time.perf_counter(), clock.now()
    ask = Ask(found.tilted, found.asked.seed, found.asked.replications, engine)
    kind = Kind("weighed", f"{FORMAT} of {found.scenario.hash[:OF_A_HASH]}")
    with watched(f"Playing {found.asked.name}", ask.replications) as watch:
        if not played_beside(kind, partial(play_rare, found, engine=engine), ask, out, means, watch):
            raise click.Abort
    columns = columns_of(read_table(out / kind.folder / RESULTS))
    hits, ratios = (columns[name][: ask.replications] for name in ("hit", "log_ratio"))
    told = weighted_mean(hits, np.exp(ratios), found.asked.confidence)
    record = {"format": FORMAT, "scenario": found.scenario.name, "scenario_id": found.scenario.hash} | about(found)
    record |= {
        "chance": told.estimate.record(),
        "hits": int(hits.sum()),
        "effective_hits": told.effective_hits,
        "variance_ratio": told.variance_ratio if np.isfinite(told.variance_ratio or 0.0) else None,
        "engine": engine,
        "software": software(),
    }
    record |= made_with(means, out, started) | {"seconds": round(time.perf_counter() - begun, 3)}
    write_json(record, out / ANSWER)
    show(record if as_json else in_short(record), as_json)


def in_short(told: dict[str, Any]) -> dict[str, Any]:
    """For the eye."""
    return {
        "event": f"{told['measure']} above {told['above']:g}",
        "chance": with_interval(told["chance"]),
        "hits": f"{told['hits']} of {told['replications']}, worth {told['effective_hits']:.3g} equal ones",
        "plain replications": f"{told['variance_ratio'] or 0:.3g} times as many",
    }
