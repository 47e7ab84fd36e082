"""`irt supply list-kits`: a kit list is asked for by one person, approved by another, and then loaded."""

from pathlib import Path
from typing import Literal

import click

from irt.blinding.roles import Permission
from irt.commands.named import MODES, mode_of, mode_option, study_of
from irt.commands.session import Person, as_person
from irt.errors import BadInput, NotFound
from irt.reads.kit_list_approvals import granted_approval, waiting_approval
from irt.reads.named import NamedStudy
from irt.reads.unblinded_definition import definition_in_force
from irt.services.approvals import DecideApproval, decide_approval
from irt.services.kit_list import ListedLot, kit_list_hash, lots_of_size
from irt.services.kit_list_approval import AskKitList, ask_kit_list, kit_list_name
from irt.services.kit_list_file import lots_in_csv, mode_in_csv
from irt.services.load_kit_list import LoadKitList, load_kit_list

Size = Literal["full", "small"]

protocol_argument = click.argument("protocol")
size_option = click.option("--size", type=click.Choice(["full", "small"]), help="Which lots of the study file.")
file_option = click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The packager's list as CSV: lot, blinded_lot, kit_type, expiry, depot, and number or kits.",
)


@click.group("list-kits")
def list_kits() -> None:
    """Bring a study's numbered kits into being: ask, approve, load.

    Example: irt supply list-kits ask NB-301 --size full --user sam
    """


@list_kits.command("ask")
@protocol_argument
@size_option
@file_option
@click.option("--for-mode", type=MODES, help="What a file is for, where its column `mode` does not say so.")
@mode_option
@as_person
def ask(
    person: Person, protocol: str, size: Size | None, file: Path | None, for_mode: str | None, mode: str | None
) -> None:
    """Put the lots that the study file lists before a second person.

    Example: irt supply list-kits ask NB-301 --size full --user sam
    """
    study = study_of(person, protocol, mode)
    lots = _lots(person, study, size, file)
    _show(lots)
    said = mode_of(for_mode)
    meant = said if file is None else mode_in_csv(file.read_text(encoding="utf-8-sig"), said)
    person.does(ask_kit_list, AskKitList(study_id=study.id, size=size, lots=_listed(lots, file), mode=meant))
    click.echo("Approval is asked for. Next, by another person: irt supply list-kits approve")


@list_kits.command("approve")
@protocol_argument
@size_option
@file_option
@mode_option
@click.option("--refuse", "refusal", metavar="REASON", help="Refuse the list, and say why.")
@click.option("--yes", is_flag=True, help="The list was read before: do not ask again.")
@as_person
def approve(
    person: Person,
    protocol: str,
    size: Size | None,
    file: Path | None,
    mode: str | None,
    refusal: str | None,
    yes: bool,
) -> None:
    """Read the list and sign for it, or refuse it; by another person than the one who asked.

    Example: irt supply list-kits approve NB-301 --size full --user uma
    """
    study = study_of(person, protocol, mode)
    lots = _lots(person, study, size, file)
    with person.store.reading() as connection:
        approval_id = waiting_approval(connection, study.id, _record(study, size))
    if approval_id is None:
        raise NotFound(f"No {_record(study, size)} waits for approval. Nothing was decided. Ask for it first.")
    _show(lots)
    if not yes and refusal is None:
        click.confirm("Sign for this list?", abort=True, err=True)
    decision = DecideApproval(
        approval_id=approval_id,
        granted=refusal is None,
        record_hash=kit_list_hash(lots),
        reason=refusal,
        signing=person.signing(),
    )
    done = person.does(decide_approval, decision)
    click.echo("The list is approved. Next: irt supply list-kits load" if done.granted else "The list is refused.")


@list_kits.command("load")
@protocol_argument
@size_option
@file_option
@mode_option
@as_person
def load(person: Person, protocol: str, size: Size | None, file: Path | None, mode: str | None) -> None:
    """Number the kits of the approved list. They lie at their depots, not yet released.

    Example: irt supply list-kits load NB-301 --size full --user sam
    """
    study = study_of(person, protocol, mode)
    lots = _lots(person, study, size, file)
    with person.store.reading() as connection:
        approval_id = granted_approval(connection, study.id, _record(study, size)) or 0
    ask = LoadKitList(study_id=study.id, size=size, lots=_listed(lots, file), approval_id=approval_id)
    done = person.does(load_kit_list, ask)
    person.store.freshen_statistics()
    click.echo(f"{done.kits} kits in the lots {', '.join(done.blinded_lots)}. Next: irt supply release")


def _lots(person: Person, study: NamedStudy, size: Size | None, file: Path | None) -> list[ListedLot]:
    """What the list holds tells treatments: only for those who may load it."""
    person.actor.require(Permission.LOAD_KITS, study.id)
    if (size is None) == (file is None):
        raise BadInput("Name a size of the study file, or a file with the list. Nothing was done.")
    if file is not None:
        return lots_in_csv(file.read_text(encoding="utf-8-sig"))
    with person.store.reading() as connection:
        return lots_of_size(definition_in_force(connection, study.id), size)


def _listed(lots: list[ListedLot], file: Path | None) -> list[ListedLot]:
    """The lots as they are asked for: those of the study file are taken from there."""
    return [] if file is None else lots


def _record(study: NamedStudy, size: Size | None) -> str:
    return kit_list_name(study.protocol, size)


def _show(lots: list[ListedLot]) -> None:
    for lot in lots:
        click.echo(
            f"lot {lot.lot} as {lot.blinded_lot}: {lot.kits} of {lot.kit_type}, "
            f"expiry {lot.expiry}, at depot {lot.depot}"
        )
    click.echo(f"{sum(lot.kits for lot in lots)} kits, SHA-256 {kit_list_hash(lots)}")
