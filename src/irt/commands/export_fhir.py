"""`irt export fhir`: a study as a FHIR R5 bundle."""

from datetime import datetime
from typing import Any

import click

from irt.commands.exporting import Asked, edition_of, export_options, take_away, unblinded_option
from irt.commands.session import Person
from irt.exports.facts import StudyData, Treatments
from irt.exports.fhir import fhir_file
from irt.exports.files import ExportFile


@click.command("fhir")
@unblinded_option
@export_options
def fhir(person: Person, unblinded: bool, **asked: Any) -> None:
    """Write study, subjects, deliveries and dispensings as one FHIR R5 bundle.

    Example: irt export fhir NB-301 --out fhir --user dora
    """
    take_away(person, Asked(**asked), "fhir", edition_of(unblinded=unblinded), _files)


def _files(data: StudyData, secret: Treatments | None, made_at: datetime) -> tuple[ExportFile, ...]:
    return (fhir_file(data, secret, made_at),)
