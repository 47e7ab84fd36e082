"""`irt export e3`: the appendices of a clinical study report that this system holds. It tells treatments."""

from pathlib import Path

import click

from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.named import mode_option, study_of
from irt.commands.session import Person, as_person
from irt.errors import BadInput
from irt.reads.named import NamedStudy
from irt.services.log_reading import LogReading, log_reading
from web.exporting.appendices import E3_READING, appendices


@click.command("e3")
@click.argument("protocol", metavar="STUDY")
@click.option(
    "--out", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new folder."
)
@mode_option
@as_person
def e3(person: Person, protocol: str, folder: Path, mode: str | None) -> None:
    """Subjects by batch (16.1.6), schedule and codes (16.1.7), deviations (16.2.2), unblindings: as CSV and PDF.

    For readers of the randomization alone; that it was taken stands in the trail.

    Example: irt export e3 NB-301 --out appendices --user uma
    """
    study = study_of(person, protocol, mode)
    if folder.exists() and any(folder.iterdir()):
        raise BadInput(f"{folder} is not empty. Nothing was written. Name a new folder.")
    files = e3_files(person, study)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    click.echo(f"{len(files)} files in {folder}.")


def e3_files(person: Person, study: NamedStudy) -> dict[str, bytes]:
    """Every appendix by file name; written down first."""
    person.actor.require(Permission.VIEW_RANDOMIZATION, study.id)
    person.actor.require(Permission.VIEW_AUDIT, study.id)
    with person.store.reading() as connection:
        made = appendices(connection, study, person.actor.name, clock.now())
    ask = LogReading(study_id=study.id, what=E3_READING, permission=Permission.VIEW_RANDOMIZATION, rows=made.rows)
    person.does(log_reading, ask)
    return made.files
