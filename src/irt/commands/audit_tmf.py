"""`irt audit tmf`: which document of this program belongs where in a trial master file."""

import json
from dataclasses import asdict

import click

from irt.audit.master_file import INDEX
from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.named import mode_option, study_of
from irt.commands.session import Person, as_person
from irt.reads.blinded_sheets import REPORTS, sheet_of


@click.command("tmf")
@click.argument("protocol", metavar="STUDY")
@mode_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@as_person
def tmf(person: Person, protocol: str, mode: str | None, as_json: bool) -> None:
    """The index of a trial master file: section, document, where it comes from, and how many rows it has now.

    Example: irt audit tmf NB-301 --user ines
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.VIEW_AUDIT, study.id)
    person.actor.require(Permission.VIEW_ACCESS, study.id)
    with person.store.reading() as connection:
        rows = {name: len(sheet_of(connection, name, study.id, clock.now()).rows) for name in REPORTS}
    lines = [{**asdict(one), "rows": rows.get(one.source.removeprefix("report "))} for one in INDEX]
    if as_json:
        click.echo(json.dumps({"study": study.words, "documents": lines}, indent=2))
        return
    for line in lines:
        held = "" if line["rows"] is None else f", {line['rows']} rows"
        voice = "UNBLINDED, apart: " if line["unblinded"] else ""
        click.echo(f"{line['section']} {line['zone']}: {voice}{line['document']} ({line['source']}{held})")
