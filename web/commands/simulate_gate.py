"""`irt simulate gate`: limits agreed beforehand, held against every scenario of a gate."""

import sys
import time
from pathlib import Path
from typing import Any

import click

from irt.commands import clock
from irt.commands.randomization_options import json_option, show
from simulation.analysis.boundaries import Verdict
from simulation.gate.hold import Stopped, hold, record_of
from simulation.gate.kept import STATEMENT, keep_agreement
from simulation.gate.reading import read_gate
from simulation.replication import EngineName
from simulation.run.files import write_json
from simulation.run.playing import Playing
from simulation.run.run import Means
from web.commands.simulate_options import (
    engine_option,
    means_options,
    out_option,
    watched,
)
from web.commands.simulate_run import CANCELLED, with_interval

EXITS = {Verdict.PASS: 0, Verdict.FAIL: 3, Verdict.INCONCLUSIVE: 4}
"""A script goes on with a pass alone."""
FORMAT = "irt-simulation-gate/1"


@click.command()
@click.argument("gate_file", metavar="GATE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@engine_option
@means_options
@out_option
@json_option
def gate(
    gate_file: Path,
    engine: EngineName,
    means: Means,
    out: Path,
    as_json: bool,
) -> None:
    """Hold GATE, a file of scenarios, limits and looks agreed beforehand; the statement goes to DIR/gate.json.

    Each scenario is run from look to look until its lines are clear. The exit is 0 for pass, 3 for fail and 4 for
    inconclusive. After Ctrl-C or a crash the same command goes on where it was.

    Example: irt simulate gate GATE.yaml --out DIR --json
    """
    agreed, begun = read_gate(gate_file), time.perf_counter()
    started = clock.now()
    with watched(f"Holding {agreed.agreement.name}", agreed.agreement.looks[-1]) as watch:
        playing = Playing(agreed.agreement.seed, engine, out, means, started, watch)
        try:
            outcome = hold(agreed, playing.play)
        except Stopped:
            click.echo("Stopped before a look. The same command goes on from there.", err=True)
            sys.exit(CANCELLED)
    results = {name: report["results_sha256"] for name, report in playing.reports.items()}
    told = {"format": FORMAT} | record_of(agreed, outcome) | {"results": results} | playing.made()
    told |= {"seconds": round(time.perf_counter() - begun, 3)}
    keep_agreement(agreed, out)
    write_json(told, out / STATEMENT)
    show(told if as_json else in_short(told), as_json)
    sys.exit(EXITS[outcome.verdict])


def in_short(told: dict[str, Any]) -> dict[str, Any]:
    """For the eye: a verdict for each line, beside its figure and its limit."""
    lines = {
        f"{held['scenario']}: {line['limit']['name']}": _line(line)
        for held in told["scenarios"]
        for line in held["lines"]
    }
    return {"gate": told["gate"], "gate_id": told["gate_id"]} | lines | {"verdict": told["verdict"]}


def _line(line: dict[str, Any]) -> str:
    because = f" ({line['reason']})" if line["reason"] else ""
    replications, below = line["estimate"]["replications"], line["limit"]["limit"]
    figure = with_interval(line["estimate"])
    return f"{line['verdict']}{because}: {figure} of {replications} replications, limit {below:g}"
