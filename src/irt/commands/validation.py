"""`irt validation`: the pack that a sponsor files."""

import click

from irt.commands.subcommands import Subcommands

SUBCOMMANDS = {
    "report": "irt.commands.validation_report",
    "iq": "irt.commands.validation_iq",
    "oq": "irt.commands.validation_oq",
    "pq": "irt.commands.validation_pq",
}


@click.group(cls=Subcommands, rooms=SUBCOMMANDS)
def validation() -> None:
    """What is claimed of the rules, what shows it, and scripts that qualify an installation.

    Example: irt validation report --out validation
    """
