"""`irt randomization study-list`: a study's list is asked for, approved by another person, and loaded."""

from pathlib import Path

import click

from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.named import mode_option, study_of
from irt.commands.randomization_list_import import codes_of
from irt.commands.session import Person, as_person
from irt.errors import BadInput, NotFound
from irt.randomization.lists.frozen_list import FrozenList
from irt.randomization.lists.read_list import Form, decoded_text, read_list
from irt.reads.unblinded_lists import depletion, loaded_lists, waiting_list
from irt.services.approvals import DecideApproval, decide_approval
from irt.services.load_randomization_list import LoadRandomizationList, load_randomization_list
from irt.services.randomization_lists import AskRandomizationList, ask_randomization_list
from irt.states.records import Mode

study_argument = click.argument("protocol", metavar="STUDY")


@click.group("study-list")
def study_list() -> None:
    """Bring a study's randomization list, or an extension of it, into use: ask, approve, load; show how it lasts.

    Example: irt randomization study-list ask NB-301 --mode production --user uma
    """


@study_list.command("ask")
@study_argument
@click.option("--for-mode", type=click.Choice([str(mode) for mode in Mode]), required=True, help="What it is for.")
@click.option("--file", "list_file", type=click.Path(path_type=Path), help="Import it; else it is drawn here.")
@click.option("--form", type=click.Choice(["csv", "proc-plan"]), default="csv", show_default=True)
@click.option("--means", "codes", metavar="CODE=ARM", multiple=True, help="What a treatment code means; once each.")
@click.option("--positions", type=click.IntRange(min=1), help="In each stratum, where not those of the study file.")
@mode_option
@as_person
def ask(
    person: Person,
    protocol: str,
    for_mode: str,
    list_file: Path | None,
    form: Form,
    codes: tuple[str, ...],
    positions: int | None,
    mode: str | None,
) -> None:
    """Draw the list from the study's seed, or import one, check it, and put it before a second person.

    Example: irt randomization study-list ask NB-301 --for-mode production --user uma
    """
    study = study_of(person, protocol, mode)
    try:
        text = None if list_file is None else decoded_text(list_file.read_bytes())
    except OSError as fault:
        raise BadInput(f"{list_file}: {fault.strerror or fault}.") from None
    wish = AskRandomizationList(
        study_id=study.id,
        mode=Mode(for_mode),
        text=text,
        form=form,
        codes=codes_of(codes) or {},
        positions=positions,
    )
    person.does(ask_randomization_list, wish)
    click.echo("Approval is asked for. Next, by another person: irt randomization study-list approve")


@study_list.command("approve")
@study_argument
@mode_option
@click.option(
    "--out", "out_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the list there first."
)
@click.option("--refuse", "refusal", metavar="REASON", help="Refuse the list, and say why.")
@click.option("--yes", is_flag=True, help="The list was read before: do not ask again.")
@as_person
def approve(
    person: Person, protocol: str, mode: str | None, out_file: Path | None, refusal: str | None, yes: bool
) -> None:
    """Read the list and sign for it, or refuse it; by another person than the one who asked.

    Example: irt randomization study-list approve NB-301 --out list.csv --user vera
    """
    approval_id, made = _waiting(person, protocol, mode)
    if out_file is not None:
        out_file.write_bytes(made.csv.encode())
    click.echo(f"{len(made.entries)} positions in {len(made.strata)} strata, SHA-256 {made.sha256}")
    if not yes and refusal is None:
        click.confirm("Sign for this list?", abort=True, err=True)
    decision = DecideApproval(
        approval_id=approval_id,
        granted=refusal is None,
        record_hash=made.sha256,
        reason=refusal,
        signing=person.signing(),
    )
    done = person.does(decide_approval, decision)
    click.echo(
        "The list is approved. Next: irt randomization study-list load" if done.granted else "It is refused."
    )


@study_list.command("load")
@study_argument
@mode_option
@as_person
def load(person: Person, protocol: str, mode: str | None) -> None:
    """Fix the approved list: subjects take its positions from now on, and its root is published.

    Example: irt randomization study-list load NB-301 --user uma
    """
    approval_id, _ = _waiting(person, protocol, mode)
    study = study_of(person, protocol, mode)
    done = person.does(load_randomization_list, LoadRandomizationList(study_id=study.id, approval_id=approval_id))
    click.echo(f"List {done.number} has {done.positions} positions. Merkle root {done.merkle_root}")


@study_list.command("show")
@study_argument
@mode_option
@as_person
def show(person: Person, protocol: str, mode: str | None) -> None:
    """The lists in use, and how long each stratum's lasts.

    Example: irt randomization study-list show NB-301 --user uma
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.VIEW_RANDOMIZATION, study.id)
    with person.store.reading() as connection:
        lists = loaded_lists(connection, study.id)
        lasting = depletion(connection, study.id, clock.now().date())
    for each in lists:
        click.echo(f"list {each.number}, {each.origin}, SHA-256 {each.sha256}, root {each.merkle_root}")
    for stratum in lasting:
        ends = "nobody came lately" if stratum.ends_on is None else f"used up about {stratum.ends_on}"
        warning = "; EXTEND IT" if stratum.short else ""
        click.echo(
            f"{stratum.stratum or 'all subjects'}: {stratum.left} of {stratum.positions} left, {ends}{warning}"
        )


def _waiting(person: Person, protocol: str, mode: str | None) -> tuple[int, FrozenList]:
    """The newest list that was asked for; what it holds is only for those who may load it."""
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.FREEZE_RANDOMIZATION, study.id)
    with person.store.reading() as connection:
        found = waiting_list(connection, study.id)
    if found is None:
        raise NotFound("No list was asked for. Nothing was decided. Ask for one first.")
    return found[0], read_list(found[1])
