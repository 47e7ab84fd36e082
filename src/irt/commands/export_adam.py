"""`irt export adam`: the treatment variables of ADSL. There is no blinded edition of them."""

from datetime import datetime
from typing import Any

import click

from irt.commands.exporting import Asked, export_options, take_away
from irt.commands.session import Person
from irt.errors import IntegrityFault
from irt.exports.adam import adam_files
from irt.exports.facts import Edition, StudyData, Treatments
from irt.exports.files import ExportFile


@click.command("adam")
@export_options
def adam(person: Person, **asked: Any) -> None:
    """Write ADSL's treatment variables as Dataset-JSON 1.1 and XPT; they tell treatments.

    Example: irt export adam NB-301 --out adam --recipient "regulatory authority" --reason "Final report" --user uma
    """
    take_away(person, Asked(**asked), "adam", Edition.UNBLINDED, _files)


def _files(data: StudyData, secret: Treatments | None, made_at: datetime) -> tuple[ExportFile, ...]:
    if secret is None:
        raise IntegrityFault("ADSL was asked for without treatments")
    return adam_files(data, secret, made_at)
