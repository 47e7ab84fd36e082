"""`irt study amend`, `withdraw` and `compare`: the next version of a study, and what it changes, in words."""

from collections.abc import Iterable

import click

from irt.commands.named import mode_option, study_of, study_option
from irt.commands.session import Person, as_person
from irt.commands.study_files import read_study
from irt.errors import Refusal
from irt.reads.named import newest_version
from irt.services.amend_study import AmendStudy, amend_study
from irt.services.approve_version import WithdrawVersion, withdraw_version
from irt.study.blinded import blinded_study
from irt.study.comparison import Change, blinded_changes, unblinded_changes


@click.command("amend")
@click.argument("file")
@study_option()
@mode_option
@as_person
def amend(person: Person, file: str, protocol: str, mode: str | None) -> None:
    """Load a study file as the next version of a study: a draft, until a second person approves it.

    Prints its salted digest and what it changes, as every site may read it. A version that does not fit what the
    study holds is refused; lanes, sites and levels are changed by `irt supply` and `irt site` instead.

    Example: irt study amend fourier-2.yaml --study NB-301 --user cora
    """
    definition = read_study(file)
    study = study_of(person, protocol, mode)
    ask = AmendStudy(study_id=study.id, definition=definition.model_dump(mode="json"))
    done = person.does(amend_study, ask)
    click.echo(f"{study.words}, version {done.version}: a draft")
    click.echo(f"{'digest':22} {done.digest}")
    for change in done.changes or ["Nothing that every site may read changes."]:
        click.echo(change)


@click.command("withdraw")
@click.argument("protocol")
@mode_option
@click.option("--reason", required=True, help="Why; it stands in the audit trail.")
@as_person
def withdraw(person: Person, protocol: str, mode: str | None, reason: str) -> None:
    """Set the draft of a study aside for good, so that another file can be loaded.

    Example: irt study withdraw NB-301 --reason "wrong file" --user cora
    """
    study = study_of(person, protocol, mode)
    with person.store.reading() as connection:
        version = newest_version(connection, study.id)
    done = person.does(withdraw_version, WithdrawVersion(study_id=study.id, version=version, reason=reason))
    click.echo(f"{study.words}, version {done.version}: withdrawn")


@click.command("compare")
@click.argument("before")
@click.argument("after")
@click.option("--blinded/--unblinded", default=True, show_default=True, help="For sites, or with restricted parts.")
def compare(before: str, after: str, blinded: bool) -> None:
    """Print what changed from one study file to another, in words.

    Example: irt study compare fourier.yaml fourier-2.yaml --unblinded
    """
    try:
        old, new = read_study(before), read_study(after)
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence) from None
    changes = blinded_changes(blinded_study(old), blinded_study(new)) if blinded else unblinded_changes(old, new)
    _tell(changes)


def _tell(changes: Iterable[Change]) -> None:
    sentences = [f"{change.part}: {change.sentence}" for change in changes]
    for sentence in sentences or ["Nothing changed."]:
        click.echo(sentence)
