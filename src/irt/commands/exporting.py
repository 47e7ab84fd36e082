"""What all exports share: who takes what of which study, written down before it is written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from irt import __version__
from irt.commands import clock
from irt.commands.named import mode_option, study_of
from irt.commands.session import Person, as_person
from irt.exports.facts import Edition
from irt.exports.files import manifest_of, require_new, write_files
from irt.exports.kinds import KINDS, about_export, files_of
from irt.reads.audit_trail import whole_at_once
from irt.reads.blinded_study_data import study_data
from irt.reads.unblinded_study_data import treatments
from irt.services.note_transfer import NoteTransfer, Recipient, RecipientMissing, note_transfer, permission_for

_OPTIONS = (
    click.argument("protocol", metavar="STUDY"),
    click.option(
        "--out", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new folder."
    ),
    click.option(
        "--recipient",
        type=click.Choice([str(one) for one in Recipient]),
        help="Who is given files that tell treatments.",
    ),
    click.option("--reason", default="", metavar="WORDS", help="Why; needed for files that tell treatments."),
    mode_option,
    as_person,
)
unblinded_option = click.option(
    "--unblinded", is_flag=True, help="With treatments; for who reads the randomization."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which study, where to, for whom and why."""

    protocol: str
    folder: Path
    recipient: str | None
    reason: str
    mode: str | None


def export_options(act: Callable[..., None]) -> Callable[..., None]:
    """STUDY, `--out`, `--recipient`, `--reason`, `--mode`, and who acts."""
    for option in reversed(_OPTIONS):
        act = option(act)
    return act


def edition_of(*, unblinded: bool) -> Edition:
    """The edition that was asked for."""
    return Edition.UNBLINDED if unblinded else Edition.BLINDED


def take_away(person: Person, asked: Asked, what: str, edition: Edition) -> None:
    """Makes the files of one edition, writes down that they leave, and writes them with their manifest."""
    require_new(asked.folder)
    study = study_of(person, asked.protocol, asked.mode)
    person.actor.require(permission_for(edition), study.id)
    recipient = None if asked.recipient is None else Recipient(asked.recipient)
    if edition is Edition.UNBLINDED and (recipient is None or not asked.reason.strip()):
        raise RecipientMissing
    with person.store.reading() as connection:
        whole_at_once(connection)
        data = study_data(connection, study.id)
        secret = treatments(connection, study.id) if edition is Edition.UNBLINDED else None
    made_at = clock.now()
    kind = KINDS[what]
    files = files_of(kind, data, secret, made_at)
    # Written down first: what is not in the trail does not leave.
    told: Any = {one.name: one.told for one in files}
    person.does(
        note_transfer,
        NoteTransfer(
            study_id=study.id, what=what, edition=edition, files=told, recipient=recipient, reason=asked.reason
        ),
    )
    why = {"recipient": str(recipient or ""), "purpose": asked.reason}
    about = about_export(kind, data, secret, made_at, __version__, **why)
    write_files(asked.folder, (*files, manifest_of(about, files)))
    for one in files:
        click.echo(f"{one.name}: {one.rows} records, SHA-256 {one.sha256}")
    click.echo(f"{len(files)} files and {edition} manifest in {asked.folder}")
