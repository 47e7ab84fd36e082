"""`irt export odm`: what data capture is told of randomization and dispensing; always blinded."""

from typing import Any

import click

from irt.commands.exporting import Asked, export_options, take_away
from irt.commands.session import Person
from irt.exports.facts import Edition


@click.command("odm")
@export_options
def odm(person: Person, **asked: Any) -> None:
    """Write an ODM 1.3.2 push for the data capture, and a table to reconcile with.

    Example: irt export odm NB-301 --out edc --user dora
    """
    take_away(person, Asked(**asked), "odm", Edition.BLINDED)
