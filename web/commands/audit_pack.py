"""`irt audit pack` and `irt audit copy`: evidence in one file that opens without a network, hashes in its index."""

import tempfile
from pathlib import Path

import click

from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.audit_export import write_trail
from irt.commands.named import mode_option, study_of
from irt.commands.session import Person, as_person
from irt.errors import BadInput
from irt.reads.blinded_sheets import REPORTS, sheet_of
from irt.reads.blinded_site_copies import COPY
from irt.reads.named import NamedStudy, site_named
from irt.services.log_reading import LogReading, log_reading
from web.commands.export_e3 import e3_files
from web.record_files import made_by, pages_and_tables, zip_of_site, zipped

out_option = click.option(
    "--out", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A new file, .zip."
)
_SAID = (
    "Open index.html; every page and table stands in this file. The folder trail holds the history as hashed. "
    "There, python3 examine_export.py . proves it, with Python alone."
)


@click.command("pack")
@click.argument("protocol", metavar="STUDY")
@out_option
@click.option("--unblinded", is_flag=True, help="The other pack: treatments, batches, and the second chain.")
@mode_option
@as_person
def pack(person: Person, protocol: str, file: Path, unblinded: bool, mode: str | None) -> None:
    """The evidence of a study as pages and tables in one file, each with its SHA-256, and the trail to examine.

    Two packs, never mixed: the blinded one has every report of the page Records; the unblinded one, for readers of
    the randomization, has subjects by batch, schedule and codes, and both chains.

    Example: irt audit pack NB-301 --out evidence.zip --user ines
    """
    study = study_of(person, protocol, mode)
    _refuse_existing(file)
    if unblinded:
        person.actor.require(Permission.VIEW_RANDOMIZATION, study.id)
    else:
        for permission in (Permission.VIEW_ACCESS, Permission.VIEW_INCIDENTS):
            person.actor.require(permission, study.id)
    with tempfile.TemporaryDirectory() as folder:
        written, _ = write_trail(person, study, Path(folder), secret=unblinded)
        files = {
            f"trail/{part.relative_to(folder).as_posix()}": part.read_bytes()
            for part in sorted(Path(folder).rglob("*"))
            if part.is_file()
        }
    files |= e3_files(person, study) if unblinded else _reports(person, study)
    voice = "UNBLINDED: it tells treatments." if unblinded else "Blinded: no line of it tells a treatment."
    made = made_by(person.actor.name, clock.now(), study.mode)
    title = f"Evidence of {study.protocol}"
    file.write_bytes(zipped(files, title, f"{study.words}. {voice}", made, clock.now(), _SAID))
    click.echo(f"{len(files)} files and {written.lines} entries of the trail in {file}.")


@click.command("copy")
@click.argument("protocol", metavar="STUDY")
@click.option("--site", "number", metavar="NUMBER", required=True, help="The site.")
@out_option
@mode_option
@as_person
def copy(person: Person, protocol: str, number: str, file: Path, mode: str | None) -> None:
    """A site's own copy of its records, at any time, also after the study has closed; that it was taken is noted.

    Example: irt audit copy NB-301 --site 1001 --out copy.zip --user ida
    """
    study = study_of(person, protocol, mode)
    _refuse_existing(file)
    with person.store.reading() as connection:
        site_id = site_named(connection, study, number)
        for permission in (Permission.VIEW_AUDIT, Permission.VIEW_SUBJECTS, Permission.VIEW_STOCK):
            person.actor.require(permission, study.id, site_id)
        names = [name for name, report in REPORTS.items() if report.of_site]
        sheets = [sheet_of(connection, name, study.id, clock.now(), (site_id,)) for name in names]
    rows = sum(len(sheet.rows) for sheet in sheets)
    asked = LogReading(study_id=study.id, site_id=site_id, what=COPY, permission=Permission.VIEW_AUDIT, rows=rows)
    person.does(log_reading, asked)
    words = f"{study.protocol}, site {number}"
    file.write_bytes(zip_of_site(sheets, words, study.mode, person.actor.name, clock.now()))
    click.echo(f"{rows} rows of site {number} in {file}.")


def _reports(person: Person, study: NamedStudy) -> dict[str, bytes]:
    with person.store.reading() as connection:
        sheets = [
            sheet_of(connection, name, study.id, clock.now()) for name in REPORTS if _may(person, study, name)
        ]
    return pages_and_tables(sheets, study.words, made_by(person.actor.name, clock.now(), study.mode))


def _may(person: Person, study: NamedStudy, name: str) -> bool:
    """Whether a role over the whole study lets the person have the report."""
    wanted = REPORTS[name].permission
    return any(grant.covers(wanted, study.id, None) and grant.site_id is None for grant in person.actor.grants)


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise BadInput(f"{file} is there already. Nothing was written. Name a new file.")
