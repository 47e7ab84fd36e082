"""`irt randomization export`: a study's allocations in a file that others can verify."""

from pathlib import Path

import click

from irt.blinding.roles import Permission
from irt.commands.named import mode_option, study_of
from irt.commands.session import Person, as_person
from irt.randomization.export.export_file import write_export
from irt.reads.unblinded_export import allocations_export
from irt.services.export_allocations import ExportAllocations, export_allocations


@click.command("export")
@click.argument("protocol", metavar="STUDY")
@click.option(
    "--out", "out_file", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Write it there."
)
@mode_option
@as_person
def export(person: Person, protocol: str, out_file: Path, mode: str | None) -> None:
    """Write every allocation of a study with all that is needed to make it again, but for the seed.

    Example: irt randomization export NB-301 --out allocations.json --user uma
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.VIEW_RANDOMIZATION, study.id)
    with person.store.reading() as connection:
        made = allocations_export(connection, study.id)
    # Written down first: what is not in the trail does not leave.
    person.does(
        export_allocations, ExportAllocations(study_id=study.id, allocations=len(made.records), head=made.head)
    )
    write_export(made, out_file)
    click.echo(f"{len(made.records)} allocations in {out_file}; last hash {made.head}")
