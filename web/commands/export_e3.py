"""`irt export e3`: the appendices of a clinical study report that this system holds. It tells treatments."""

from pathlib import Path

import click

from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.named import mode_option, study_of
from irt.commands.session import Person, as_person
from irt.errors import BadInput
from irt.reads.blinded_sheets import sheet_of
from irt.reads.named import NamedStudy
from irt.reads.unblinded_batches import subjects_by_batch
from irt.reads.unblinded_schedule import schedule
from irt.services.log_reading import LogReading, log_reading
from web.record_files import made_by, pages_and_tables, sheet_paper
from web.unblinded.document_files import (
    BATCHES_TITLE,
    SCHEDULE_TITLE,
    batches_paper,
    batches_table,
    masthead_of,
    schedule_paper,
    schedule_table,
)

BLINDED = ("deviations", "unblinding-log")
"""Reports that go along: 16.2.2 and the unblindings."""


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
        told, batches = schedule(connection, study.id), subjects_by_batch(connection, study.id)
        sheets = [sheet_of(connection, name, study.id, clock.now()) for name in BLINDED]
    rows = len(told.lines) + len(batches)
    person.does(
        log_reading,
        LogReading(
            study_id=study.id, what="study report appendices", permission=Permission.VIEW_RANDOMIZATION, rows=rows
        ),
    )
    now, name, mode = clock.now(), person.actor.name, study.mode
    leaving = [
        batches_table(batches),
        batches_paper(batches, masthead_of(told, BATCHES_TITLE, name, now, mode)),
        schedule_table(told),
        schedule_paper(told, masthead_of(told, SCHEDULE_TITLE, name, now, mode)),
    ]
    files = {f"{one.name}.{one.suffix}": _bytes(one.content) for one in leaving}
    files |= pages_and_tables(sheets, study.words, made_by(name, now, mode))
    files |= {f"{sheet.name}.pdf": sheet_paper(sheet, study.words, mode, name, now) for sheet in sheets}
    return files


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
