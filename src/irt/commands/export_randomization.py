"""`irt export randomization`: the transfer of randomizations, blinded or unblinded."""

from typing import Any

import click

from irt.commands.exporting import Asked, edition_of, export_options, take_away, unblinded_option
from irt.commands.session import Person


@click.command("randomization")
@unblinded_option
@export_options
def randomization(person: Person, unblinded: bool, **asked: Any) -> None:
    """Write every randomization so far as a table, its columns explained beside it.

    Example: irt export randomization NB-301 --out transfer --user dora
    """
    take_away(person, Asked(**asked), "randomization", edition_of(unblinded=unblinded))
