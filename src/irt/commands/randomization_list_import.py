"""`irt randomization import-list`: a list that others made, checked against its design, as canonical CSV."""

import json
from pathlib import Path

import click

from irt.commands.design_files import open_design
from irt.commands.randomization_list import figures_of, write_list
from irt.errors import BadInput
from irt.randomization.lists.read_list import Form, decoded_text, read_list
from irt.randomization.lists.structure import check_list


@click.command("import-list")
@click.argument("list_file", metavar="LIST", type=click.Path(path_type=Path))
@click.option(
    "--design", "design_file", metavar="DESIGN", type=click.Path(path_type=Path), required=True, help="Its design."
)
@click.option("--n", "subjects", type=click.IntRange(min=1), required=True, help="Planned positions a stratum.")
@click.option("--stratum", "strata", metavar="TEXT", multiple=True, help="A stratum of the study; once for each.")
@click.option(
    "--form", type=click.Choice(["csv", "proc-plan"]), default="csv", show_default=True, help="How it is written."
)
@click.option("--means", "codes", metavar="CODE=ARM", multiple=True, help="What a treatment code means; once each.")
@click.option("--out", "out_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the CSV there.")
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
def import_list(
    list_file: Path,
    design_file: Path,
    subjects: int,
    strata: tuple[str, ...],
    form: Form,
    codes: tuple[str, ...],
    out_file: Path | None,
    as_json: bool,
) -> None:
    """Check strata, order, length, arms, blocks and ratios of a list; the first fault is told with its line.

    A CSV has the columns arm and, where known, stratum, position and block. The form proc-plan is what SAS prints:
    a line for each block, its number and then the treatment codes.

    Example: irt randomization import-list plan.lst --form proc-plan --means 1=A --means 2=B --design d.json --n 40
    """
    try:
        text = decoded_text(list_file.read_bytes())
    except OSError as fault:
        raise BadInput(f"{list_file}: {fault.strerror or fault}.") from None
    only = strata[0] if len(strata) == 1 else ""
    found = read_list(text, form, codes_of(codes), only)
    check_list(found, open_design(design_file), strata, subjects)
    if out_file is not None:
        write_list(found, out_file)
    if as_json:
        click.echo(json.dumps({**figures_of(found, None), "csv": found.csv}))
        return
    if out_file is None:
        click.echo(found.csv, nl=False)
    click.echo(f"{len(found.entries)} positions hold. SHA-256 {found.sha256}", err=True)


def codes_of(given: tuple[str, ...]) -> dict[str, str] | None:
    """Treatment code -> arm; None where none is given."""
    pairs = [pair.partition("=") for pair in given]
    if any(not code or not arm for code, _, arm in pairs):
        raise BadInput("A code is given as CODE=ARM, such as 1=A. Nothing was taken over.")
    return {code: arm for code, _, arm in pairs} or None
