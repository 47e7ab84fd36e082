"""`irt randomization boundaries`: the decision table of a dose escalation."""

import json
from pathlib import Path
from typing import Any

import click

from irt.commands.design_files import design_argument, open_design
from irt.errors import BadInput
from irt.randomization.catalogue import method_of
from irt.randomization.design import Design
from irt.randomization.methods.boin import Boin
from irt.randomization.methods.three_plus_three import ThreePlusThree

COLUMNS = ("n", "escalate", "deescalate", "eliminate")
HEADS = ("subjects at the dose", "escalate at most", "de-escalate from", "close from")


class NoBoundaries(BadInput):
    """A design that finds no dose."""


@click.command("boundaries")
@design_argument
@click.option(
    "--n",
    "subjects",
    type=click.IntRange(1, 500),
    default=30,
    show_default=True,
    help="Most subjects at one dose.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="JSON on standard output, a row for every number of subjects."
)
def boundaries(design_file: Path, subjects: int, as_json: bool) -> None:
    """Show how many toxicities at a dose raise it, lower it, or close it.

    Lines are shown for full cohorts; JSON has one for every number of subjects.

    Example: irt randomization boundaries boin.json --n 30 --json
    """
    told = _table(open_design(design_file), subjects)
    if as_json:
        click.echo(json.dumps(told))
        return
    for name in ("lambda_e", "lambda_d"):
        if name in told:
            click.echo(f"{name} {told[name]:.6f}")
    click.echo("\t".join(HEADS))
    for row in told["table"]:
        if row["n"] % told["cohort"] == 0:
            click.echo("\t".join(_cell(row.get(column)) for column in COLUMNS))


def _table(design: Design, subjects: int) -> dict[str, Any]:
    method = method_of(design, subjects)
    if not isinstance(method, Boin | ThreePlusThree):
        raise NoBoundaries(f"{design.method} finds no dose. Boundaries are of boin and three_plus_three.")
    return {"method": design.method, **method.boundaries(subjects)}


def _cell(count: int | None) -> str:
    return "-" if count is None else str(count)
