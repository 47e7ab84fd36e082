"""`irt simulate gate`: limits agreed beforehand, held against every scenario of a gate."""

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from irt.commands import clock
from irt.commands.named import mode_option
from irt.commands.options import database_option
from irt.commands.randomization_options import json_option, show
from irt.commands.session import code_option
from simulation.analysis.boundaries import Verdict
from simulation.gate.apart import PlaySeeded, parameters_apart, parameters_record
from simulation.gate.hold import Stopped, hold, record_of
from simulation.gate.kept import STATEMENT, keep_agreement
from simulation.gate.played_beside import beside_record
from simulation.gate.reading import read_gate
from simulation.replication import EngineName
from simulation.run.files import write_json
from simulation.run.playing import Playing, by_hash
from simulation.run.run import Means
from simulation.run.summary import Columns
from simulation.spec.scenario import Scenario
from web.commands.optimize_study import who_option
from web.commands.simulate_gate_study import LiveGate, hold_live
from web.commands.simulate_options import engine_option, means_options, watched
from web.commands.simulate_run import CANCELLED, with_interval

EXITS = {Verdict.PASS: 0, Verdict.FAIL: 3, Verdict.INCONCLUSIVE: 4}
"""A script goes on with a pass alone."""
FORMAT = "irt-simulation-gate/1"


ASIDE = "beside"
"""Where draws of the parameters are played, and whatever else stands beside the verdict."""
STOPPED = "Stopped before a look. The same command goes on from there."


@click.command()
@click.argument("held", metavar="GATE|STUDY")
@engine_option
@means_options
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Of a file: a directory for all.")
@click.option("--file", "gate_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Of a study: the gate to define, scenarios beside it; else the newest.")  # fmt: skip
@click.option("--reason", default="defined by command", show_default=True, help="Of a study: why it is defined.")
@click.option("--version", type=click.IntRange(min=1), help="Of a study: the newest approved one if left out.")
@mode_option
@json_option
@who_option
@code_option
@database_option
def gate(held: str, engine: EngineName, means: Means, out: Path | None, as_json: bool, **live: Any) -> None:
    """Hold a gate: a file of scenarios, limits and looks agreed beforehand, or that of a study in the database.

    Each scenario is run from look to look until its lines are clear. The exit is 0 for pass, 3 for fail and 4 for
    inconclusive. After Ctrl-C or a crash the same command goes on where it was. The statement on GATE, a file, goes
    to DIR/gate.json. That of STUDY, a protocol number, is kept in the database, to be signed on its page; its
    lines are told to people who signed in, as they may know kit types.

    Example: irt simulate gate GATE.yaml --out DIR --json

    Example: irt simulate gate NB-301 --file GATE.yaml --json
    """
    try:
        if Path(held).is_file():
            told = _of_file(Path(held), engine, means, out)
        elif out is not None:
            raise click.UsageError("'--out' is for a gate's file: that of a study is kept in its database.")
        else:
            acting, code, database_url = live["acting"], live["code"], live["database_url"]
            about = (held, live["mode"], live["version"], live["gate_file"], live["reason"])
            told = hold_live(LiveGate(*about, engine, means, acting, code, database_url))
    except Stopped:
        click.echo(STOPPED, err=True)
        sys.exit(CANCELLED)
    show(told if as_json else in_short(told), as_json)
    sys.exit(EXITS[Verdict(told["verdict"])])


def _of_file(gate_file: Path, engine: EngineName, means: Means, out: Path | None) -> dict[str, Any]:
    """The statement, as it is written too."""
    if out is None:
        raise click.UsageError("Missing option '--out': a gate's file is held in a directory.")
    agreed, begun = read_gate(gate_file), time.perf_counter()
    started = clock.now()
    with watched(f"Holding {agreed.agreement.name}", agreed.agreement.looks[-1]) as watch:
        playing = Playing(agreed.agreement.seed, engine, out, means, started, watch)
        outcome = hold(agreed, playing.play)
        apart = parameters_apart(agreed, seeded(playing, out))
        beside = beside_record(agreed, outcome, seeded(playing, out))
    results = {name: report["results_sha256"] for name, report in playing.reports.items()}
    told = {"format": FORMAT} | record_of(agreed, outcome) | parameters_record(agreed, apart) | beside
    told |= {"results": results} | playing.made()
    told |= {"seconds": round(time.perf_counter() - begun, 3)}
    keep_agreement(agreed, out)
    write_json(told, out / STATEMENT)
    return told


def seeded(playing: Playing, out: Path) -> PlaySeeded:
    """Plays each changed scenario in a directory of its own, by the same means."""

    def play(scenario: Scenario, seed: int, replications: int) -> Columns | None:
        aside = replace(playing, seed=seed, out=out / ASIDE, name_of=by_hash, reports={}, cpu_seconds=0.0)
        columns = aside.play(scenario, replications)
        playing.cpu_seconds += aside.cpu_seconds
        return columns

    return play


def in_short(told: dict[str, Any]) -> dict[str, Any]:
    """For the eye: a verdict for each line, beside its figure and its limit."""
    lines = {
        f"{held['scenario']}: {line['limit']['name']}": _line(line)
        for held in told.get("scenarios", ())
        for line in held["lines"]
    }
    lines |= {
        f"{line['scenario']}: {line['limit']}, not knowing": _not_known(line)
        for line in told.get("parameters", {}).get("lines", ())
    }
    lines |= {
        f"{bar['name']} moved": f"low {with_interval(bar['low'])}; high {with_interval(bar['high'])}"
        for bar in told.get("sensitivity", {}).get("bars", ())
    }
    return {"gate": told["gate"], "gate_id": told["gate_id"]} | lines | {"verdict": told["verdict"]}


def _not_known(line: dict[str, Any]) -> str:
    """Monte Carlo error, and what stays however many replications there are."""
    errors = f"Monte Carlo error {line['monte_carlo_error']:.2g}, parameters {line['parameter_deviation']:.2g}"
    return (
        f"{with_interval(line['mean'])}; {errors}; {100 * line['draws_above']:.3g} % of draws at the limit or above"
    )


def _line(line: dict[str, Any]) -> str:
    because = f" ({line['reason']})" if line["reason"] else ""
    replications, below = line["estimate"]["replications"], line["limit"]["limit"]
    figure = with_interval(line["estimate"])
    return f"{line['verdict']}{because}: {figure} of {replications} replications, limit {below:g}"
