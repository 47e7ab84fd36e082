"""`irt simulate run`: replications of a scenario, kept as they are done, and what they tell."""

import sys
from pathlib import Path
from typing import Any

import click

from irt.commands import clock
from irt.commands.randomization_options import json_option, show
from simulation.explore.inputs_known import controls_record, played_inputs
from simulation.replication import EngineName
from simulation.run.ask import Ask
from simulation.run.days import KIND, played_days
from simulation.run.directory import REPORT, RESULTS
from simulation.run.files import write_json
from simulation.run.run import Means
from simulation.run.run import run as carry_out
from simulation.run.summary import columns_of
from simulation.run.table import read_table
from simulation.spec.reading import read_scenario
from web.commands.simulate_options import (
    engine_option,
    means_options,
    out_option,
    replications_option,
    scenario_argument,
    seed_option,
    watched,
)

CANCELLED = 130
"""The exit of a command that Ctrl-C ended."""
CONTROLLED = ("missed", "kits_shipped", "shipments", "cost_total")
SHOWN = ("missed_per_visit", "any_missed", "out_of_stock_per_visit", "kits_made_per_dispensed")


@click.command()
@scenario_argument
@replications_option
@seed_option
@engine_option
@means_options
@out_option
@click.option("--days", type=click.IntRange(min=0), default=0, help="So many trials day by day, to DIR/days.")
@click.option("--controls", type=click.IntRange(min=0), default=0,
              help="So many further inputs are drawn, to take chance out of means.")  # fmt: skip
@json_option
def run(
    scenario_file: Path,
    replications: int,
    seed: int,
    engine: EngineName,
    means: Means,
    out: Path,
    days: int,
    controls: int,
    as_json: bool,
) -> None:
    """Play SCENARIO so many times; one row a replication goes to DIR/replications.parquet, a report to run.json.

    What a replication gives depends on the scenario, the seed and its index alone, so that the same bytes come of
    any number of workers and any backend. Each chunk is kept when it is done: after Ctrl-C or a crash the same
    command goes on where it was, and with more replications it makes a finished run longer.

    Example: irt simulate run SCENARIO.yaml --replications 1000 --seed 1 --workers 2 --out DIR --json
    """
    ask = Ask(read_scenario(scenario_file), seed, replications, engine)
    with watched("Simulating", replications) as watch:
        report = carry_out(ask, out, means, clock.now(), watch)
    if days and report["done"] == replications:
        report |= {"days": _played_days(ask.first(days), out, means)}
        write_json(report, out / REPORT)
    if controls and report["done"] == replications:
        report |= {"controlled": _controlled(ask, controls, out, means)}
        write_json(report, out / REPORT)
    show(report if as_json else in_short(report), as_json)
    if report["done"] < replications:
        click.echo(f"{report['done']} of {replications} are done; the same command goes on from there.", err=True)
        sys.exit(CANCELLED)


def _played_days(few: Ask, out: Path, means: Means) -> str:
    """Where the days of the first trials lie, once they have been played again."""
    with watched("Playing day by day", few.replications) as watch:
        if not played_days(few, out, means, watch):
            raise click.Abort
    return f"{KIND.folder}/{RESULTS}"


def _controlled(ask: Ask, further: int, out: Path, means: Means) -> dict[str, Any]:
    """Means with the inputs as control variates."""
    with watched("Drawing inputs", ask.replications + further) as watch:
        known = played_inputs(ask, further, out, means, watch)
    if known is None:
        raise click.Abort
    return controls_record(columns_of(read_table(out / RESULTS)), known)


def in_short(report: dict[str, Any]) -> dict[str, Any]:
    """The report for the eye: the four figures that are asked for first, each with its interval."""
    figures = report.get("summary", {})
    shown = {name: with_interval(figures[name]) for name in SHOWN if name in figures}
    controlled = report.get("controlled", {}).get("means", {})
    shown |= {
        f"{name}, controlled": f"{with_interval(controlled[name]['mean'])}, "
        f"{controlled[name]['variance_ratio']:.3g} times fewer replications"
        for name in CONTROLLED
        if name in controlled
    }
    return {name: value for name, value in report.items() if name not in {"summary", "controlled"}} | shown


def with_interval(record: dict[str, Any] | None) -> str:
    """A figure and the interval it is believed to lie in."""
    if record is None:
        return "too few replications to tell"
    low, high = ("unbounded" if end is None else f"{end:.6g}" for end in (record["low"], record["high"]))
    return f"{record['value']:.6g} ({low} to {high}, {record['confidence'] * 100:.6g}%)"
