"""`irt study load` and `approve`: a study file becomes a study, by two people."""

from collections.abc import Mapping
from datetime import datetime

import click

from irt.commands import clock
from irt.commands.named import MODES, mode_option, study_of
from irt.commands.session import Person, as_person
from irt.commands.study_files import read_study
from irt.reads.commitments import commitments_of
from irt.reads.named import newest_version
from irt.services.approve_version import ApproveVersion, approve_version
from irt.services.load_study import LoadStudy, load_study
from irt.states.records import Mode


@click.command("load")
@click.argument("file")
@click.option(
    "--size",
    type=click.Choice(["full", "small"]),
    default="full",
    show_default=True,
    help="Which numbers of sites, where the file does not list its sites.",
)
@click.option("--mode", type=MODES, default=str(Mode.PRODUCTION), show_default=True)
@click.option(
    "--from", "from_day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="YYYY-MM-DD; today in UTC else."
)
@as_person
def load(person: Person, file: str, size: str, mode: str, from_day: datetime | None) -> None:
    """Load a study file as a draft, as a configurator. A second person approves it.

    Prints the salted digest of the version, and the commitment of each seed, for the study's file.

    Example: irt study load fourier --mode production --from 2026-03-02 --user cora
    """
    definition = read_study(file)
    ask = LoadStudy(
        definition=definition.model_dump(mode="json"),
        size=size,
        mode=Mode(mode),
        effective_from=(from_day or clock.now()).date(),
    )
    loaded = person.does(load_study, ask)
    click.echo(f"{definition.study.protocol} ({mode}), version {loaded.version}, {loaded.sites} sites: a draft")
    _tell(loaded.digest, loaded.commitments)


@click.command("approve")
@click.argument("protocol")
@mode_option
@as_person
def approve(person: Person, protocol: str, mode: str | None) -> None:
    """Approve the newest version of a study, as a second person. From then on it never changes.

    Prints the same digest and commitments that loading printed.

    Example: irt study approve NB-301 --user theo
    """
    study = study_of(person, protocol, mode)
    with person.store.reading() as connection:
        version = newest_version(connection, study.id)
    approved = person.does(
        approve_version, ApproveVersion(study_id=study.id, version=version, signing=person.signing())
    )
    with person.store.reading() as connection:
        commitments = commitments_of(connection, study.id)
    click.echo(f"{study.words}, version {approved.version}: approved")
    _tell(approved.digest, commitments)


def _tell(digest: str, commitments: Mapping[str, str]) -> None:
    click.echo(f"{'digest':22} {digest}")
    for purpose, commitment in sorted(commitments.items()):
        click.echo(f"{purpose.replace('_', ' '):22} {commitment}")
