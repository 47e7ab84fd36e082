"""`irt simulate replay`: one replication once more, with all that happened in it."""

import json
from pathlib import Path
from typing import Any

import click

from irt.commands.randomization_options import json_option
from simulation.record import Event, Replication
from simulation.replication import EngineName, replicate
from simulation.spec.reading import read_scenario
from web.commands.simulate_options import engine_option, scenario_argument, seed_option

MINUTES_OF_DAY = 1440


@click.command()
@scenario_argument
@seed_option
@click.option("--index", required=True, type=click.IntRange(min=0), help="Of the replication, from 0.")
@engine_option
@json_option
def replay(scenario_file: Path, seed: int, index: int, engine: EngineName, as_json: bool) -> None:
    """Play replication INDEX of SCENARIO again and tell everything that happened, in order.

    The same scenario, seed and index give the same trial wherever it was played first; the scenario.json of a run's
    directory may stand for the file. A day counts from 0, the scenario's start.

    Example: irt simulate replay SCENARIO.yaml --seed 1 --index 17
    """
    scenario = read_scenario(scenario_file)
    played = replicate(scenario, seed, index, engine, keep_events=True)
    if as_json:
        told = {"scenario": scenario.name, "scenario_id": scenario.hash, "seed": seed}
        click.echo(json.dumps(told | record(played), indent=2))
        return
    for event in played.events or ():
        click.echo(sentence(event))
    for name, value in played.measures.items():
        click.echo(f"{name.replace('_', ' '):26} {value:.10g}")


def record(played: Replication) -> dict[str, Any]:
    """The replication as JSON has it."""
    events = [event._asdict() for event in played.events or ()]
    return {"index": played.index, "measures": played.measures, "events": events}


def sentence(event: Event) -> str:
    """One line: when, what, where, to whom, which kits."""
    day, minute = divmod(event.minute, MINUTES_OF_DAY)
    kits = ", ".join(f"{count} {kit_type} of {lot}" for kit_type, lot, count in event.kits)
    who = str(event.who) if event.who else ""
    parts = (event.what.replace("_", " "), event.place, who, event.detail, kits)
    return f"day {day:5} {minute // 60:02}:{minute % 60:02}  " + "  ".join(part for part in parts if part)
