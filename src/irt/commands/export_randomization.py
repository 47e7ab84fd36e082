"""`irt export randomization`: the transfer of randomizations, blinded or unblinded."""

from datetime import datetime
from typing import Any

import click

from irt.commands.exporting import Asked, edition_of, export_options, take_away, unblinded_option
from irt.commands.session import Person
from irt.exports.facts import StudyData, Treatments
from irt.exports.files import ExportFile
from irt.exports.transfer import blinded_transfer, unblinded_transfer


@click.command("randomization")
@unblinded_option
@export_options
def randomization(person: Person, unblinded: bool, **asked: Any) -> None:
    """Write every randomization so far as a table, its columns explained beside it.

    Example: irt export randomization NB-301 --out transfer --user dora
    """
    take_away(person, Asked(**asked), "randomization", edition_of(unblinded=unblinded), transfer_files)


def transfer_files(data: StudyData, secret: Treatments | None, made_at: datetime) -> tuple[ExportFile, ...]:
    """The files of one edition; cumulative, so they hold everything up to now."""
    return blinded_transfer(data) if secret is None else unblinded_transfer(data, secret)
