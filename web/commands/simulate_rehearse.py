"""`irt simulate rehearse`: one replication carried out through the services on a database, and compared."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from irt.commands.installed import installed_planner
from irt.commands.randomization_options import json_option
from irt.commands.running import running_store
from simulation.replication import EngineName
from simulation.spec.reading import read_scenario
from web.commands.simulate_options import engine_option, scenario_argument, seed_option
from web.rehearsal.rehearse import Rehearsal
from web.rehearsal.rehearse import rehearse as carry_out


@click.command()
@scenario_argument
@seed_option
@click.option(
    "--index", default=0, show_default=True, type=click.IntRange(min=0), help="Of the replication, from 0."
)
@engine_option
@click.option("--database", "database_url", metavar="URL", help="An empty one; a scratch SQLite file by default.")
@json_option
def rehearse(
    scenario_file: Path, seed: int, index: int, engine: EngineName, database_url: str | None, as_json: bool
) -> None:
    """Carry replication INDEX of SCENARIO out through the services, and hold it against the simulation.

    The study is loaded, enrolled, supplied and dispensed as in production, at the minutes of the replication.
    People, kits given, consignments and all stock on eight days must be the same; exits 1 where they are not.

    Example: irt simulate rehearse fixtures/scenarios/rehearsal.yaml --seed 5 --json
    """
    scenario = read_scenario(scenario_file)
    with running_store(database_url) as store:
        done = carry_out(store, scenario, seed, index, installed_planner(), engine)
    told = {"scenario": scenario.name, "scenario_id": scenario.hash, "seed": seed, "index": index, **record(done)}
    if as_json:
        click.echo(json.dumps(told, indent=2))
    else:
        _show(told)
    sys.exit(0 if told["equal"] else 1)


def record(done: Rehearsal) -> dict[str, Any]:
    """The outcome as JSON has it: how much was compared, and the first difference of each part."""
    books = done.simulated
    return {
        "people": len(books.people),
        "kits_given": len(books.given),
        "consignments": len(books.sent),
        "days_compared": [*books.stock],
        "equal": not done.differences,
        "differences": [
            {"part": one.part, "simulated": one.simulated, "carried_out": one.carried_out}
            for one in done.differences
        ],
    }


def _show(told: dict[str, Any]) -> None:
    for name in ("people", "kits_given", "consignments"):
        click.echo(f"{name.replace('_', ' '):14} {told[name]}")
    click.echo(f"{'stock on days':14} {', '.join(map(str, told['days_compared']))}")
    for one in told["differences"]:
        click.echo(f"{one['part']} differs\n  simulated    {one['simulated']}\n  carried out  {one['carried_out']}")
    click.echo("Equal." if told["equal"] else "Not equal.")
