"""`irt export adam`: the treatment variables of ADSL. There is no blinded edition of them."""

from typing import Any

import click

from irt.commands.exporting import Asked, export_options, take_away
from irt.commands.session import Person
from irt.exports.facts import Edition


@click.command("adam")
@export_options
def adam(person: Person, **asked: Any) -> None:
    """Write ADSL's treatment variables as Dataset-JSON 1.1 and XPT; they tell treatments.

    Example: irt export adam NB-301 --out adam --recipient "regulatory authority" --reason "Final report" --user uma
    """
    take_away(person, Asked(**asked), "adam", Edition.UNBLINDED)
