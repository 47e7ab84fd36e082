"""`irt simulate`: a trial played thousands of times before it opens, and what is asked of such runs."""

import click

from irt.commands.subcommands import Subcommands

SUBCOMMANDS = {
    "run": "web.commands.simulate_run",
    "choose": "web.commands.simulate_choose",
    "compare": "web.commands.simulate_compare",
    "gate": "web.commands.simulate_gate",
    "rehearse": "web.commands.simulate_rehearse",
    "rare": "web.commands.simulate_rare",
    "replay": "web.commands.simulate_replay",
    "report": "web.commands.simulate_report",
    "schema": "web.commands.simulate_schema",
    "sensitivity": "web.commands.simulate_sensitivity",
    "stress": "web.commands.simulate_stress",
    "twin": "web.commands.simulate_twin",
}


def meant_by(args: list[str]) -> str:
    """`run`."""
    return "run"


@click.group(cls=Subcommands, rooms=SUBCOMMANDS, meant_by=meant_by)
def simulate() -> None:
    """Play a scenario many times with the rules that run in production, and tell how often kits are missing.

    A SCENARIO is a YAML file; the word `run` may be left out.

    Example: irt simulate SCENARIO.yaml --replications 1000 --seed 1 --workers 2 --out DIR --json
    """
