"""`irt export fhir`: a study as a FHIR R5 bundle."""

from typing import Any

import click

from irt.commands.exporting import Asked, edition_of, export_options, take_away, unblinded_option
from irt.commands.session import Person


@click.command("fhir")
@unblinded_option
@export_options
def fhir(person: Person, unblinded: bool, **asked: Any) -> None:
    """Write study, subjects, deliveries and dispensings as one FHIR R5 bundle.

    Example: irt export fhir NB-301 --out fhir --user dora
    """
    take_away(person, Asked(**asked), "fhir", edition_of(unblinded=unblinded))
