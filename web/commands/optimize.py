"""`irt optimize`: plans of shipments with a bound, from a file or a live study, and what is asked of plans."""

import click

from irt.commands.subcommands import Subcommands

# Each is loaded when it is used: a solver takes long to load. A command is named as its function there.
SUBCOMMANDS = {
    "file": "web.commands.optimize_file",
    "replan": "web.commands.optimize_replan",
    "check": "web.commands.optimize_check",
    "study": "web.commands.optimize_study",
    "what-if": "web.commands.optimize_what_if",
    "expiry-value": "web.commands.optimize_expiry_value",
    "campaigns": "web.commands.optimize_campaigns",
    "policies": "web.commands.optimize_policies",
}


def meant_by(args: list[str]) -> str:
    """`study` where one is named, else `file`."""
    named = any(arg == "--study" or arg.startswith("--study=") for arg in args)
    return "study" if named else "file"


@click.group(cls=Subcommands, rooms=SUBCOMMANDS, meant_by=meant_by)
def optimize() -> None:
    """Plan shipments from depots to sites at the least cost, with a bound that no plan can fall below.

    A PROBLEM is a file of the format irt-supply-bench/1. The word `file` may be left out.

    Example: irt optimize file PROBLEM.json --out PLAN.json --gap 0.01 --time-limit 60 --seed 1 --json
    """
