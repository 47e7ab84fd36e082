"""`irt export`: study data as files for other systems, in a blinded and an unblinded edition."""

import click

from irt.commands.subcommands import Subcommands

# Each is loaded when it is used: some bring large schemas and models.
SUBCOMMANDS = {
    "randomization": "irt.commands.export_randomization",
    "sdtm": "irt.commands.export_sdtm",
    "adam": "irt.commands.export_adam",
    "odm": "irt.commands.export_odm",
    "fhir": "irt.commands.export_fhir",
    "e3": "web.commands.export_e3",
}


@click.group(cls=Subcommands, rooms=SUBCOMMANDS)
def export() -> None:
    """Study data as files for other systems. Blinded by allow-list, unless --unblinded is said.

    Example: irt export randomization NB-301 --out transfer --user dora
    """
