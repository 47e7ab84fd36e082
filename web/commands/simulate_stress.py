"""`irt simulate stress`: every plan in every world, held against limits agreed beforehand."""

import time
from pathlib import Path
from typing import Any

import click

from irt.commands import clock
from irt.commands.randomization_options import json_option, show
from simulation.analysis.stress import stress_matrix
from simulation.explore.stress_file import StressFile, read_stress
from simulation.replication import EngineName
from simulation.report.tables import STRESS, STRESS_FORMAT, in_words
from simulation.run.files import write_json
from simulation.run.playing import Playing, by_hash
from simulation.run.run import Means
from web.commands.simulate_options import all_played, engine_option, means_options, out_option, watched


@click.command()
@click.argument("stress_file", metavar="MATRIX", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@engine_option
@means_options
@out_option
@json_option
def stress(stress_file: Path, engine: EngineName, means: Means, out: Path, as_json: bool) -> None:
    """Play every plan of MATRIX in each of its worlds; verdicts go to DIR/stress.json.

    A world and a plan are changes to one scenario, by dotted keys. All cells meet the same chance. A plan holds
    where every limit is proved to be kept in every world. `irt simulate report --stress DIR` shows it.

    Example: irt simulate stress MATRIX.yaml --out DIR --json
    """
    (asked, cells), begun = read_stress(stress_file), time.perf_counter()
    started = clock.now()
    with watched(f"Playing {asked.name}", asked.replications) as watch:
        playing = Playing(asked.seed, engine, out, means, started, watch, by_hash)
        runs = {place: all_played(playing.play(scenario, asked.replications)) for place, scenario in cells.items()}
    matrix = stress_matrix(asked.judged, runs)
    told = _about(asked) | {
        "holding": list(matrix.holding),
        "cells": [
            {"world": cell.scenario, "plan": cell.policy, "scenario_id": cells[cell.scenario, cell.policy].hash}
            | cell.statement.record()
            for cell in matrix.cells
        ],
    }
    told |= playing.made() | {"seconds": round(time.perf_counter() - begun, 3)}
    write_json(told, out / STRESS)
    show(told if as_json else in_short(told), as_json)


def _about(asked: StressFile) -> dict[str, Any]:
    plain = asked.model_dump(mode="json", include={"name", "worlds", "plans", "replications", "confidence"})
    return {"format": STRESS_FORMAT} | plain


def in_short(told: dict[str, Any]) -> dict[str, Any]:
    """For the eye: a line for each cell and limit, and the plans that hold."""
    lines = {
        f"{cell['world']}, {cell['plan']}, {line['limit']['name']}": f"{line['verdict']}: "
        f"{in_words(line['estimate'])}, limit {line['limit']['limit']:g}"
        for cell in told["cells"]
        for line in cell["lines"]
    }
    return {"matrix": told["name"]} | lines | {"holding": ", ".join(told["holding"]) or "none"}
