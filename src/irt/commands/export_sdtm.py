"""`irt export sdtm`: what the study tabulates, in the format of the regulators."""

from typing import Any

import click

from irt.commands.exporting import Asked, edition_of, export_options, take_away, unblinded_option
from irt.commands.session import Person


@click.command("sdtm")
@unblinded_option
@export_options
def sdtm(person: Person, unblinded: bool, **asked: Any) -> None:
    """Write DM, DS, DA, DV, SE and the trial design as Dataset-JSON 1.1 and XPT, with their define file.

    Example: irt export sdtm NB-301 --out sdtm --user dora
    """
    take_away(person, Asked(**asked), "sdtm", edition_of(unblinded=unblinded))
