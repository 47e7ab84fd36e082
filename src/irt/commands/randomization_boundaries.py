"""`irt randomization boundaries`: the decision table of a dose escalation, and the dose at its end."""

import json
from pathlib import Path
from typing import Any

import click

from irt.commands.design_files import design_argument, open_design
from irt.randomization.dose_table import dose_table
from irt.randomization.observed_doses import UnreadableDoses, read_observed

COLUMNS = ("n", "escalate", "deescalate", "eliminate")
HEADS = ("subjects at the dose", "escalate at most", "de-escalate from", "close from")


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
    "--observed",
    "observed_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="CSV of what was observed: dose, subjects, toxicities. The recommended dose is told too.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="JSON on standard output, a row for every number of subjects."
)
def boundaries(design_file: Path, subjects: int, observed_file: Path | None, as_json: bool) -> None:
    """Show how many toxicities at a dose raise it, lower it, or close it.

    Lines are shown for full cohorts; JSON has one for every number of subjects. With --observed the dose that the
    escalation recommends at its end is shown as well.

    Example: irt randomization boundaries boin.json --n 30 --observed doses.csv --json
    """
    design = open_design(design_file)
    observed = None if observed_file is None else read_observed(_text(observed_file), design.arms)
    told = dose_table(design, subjects, observed)
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
    if observed is not None:
        _show_recommendation(told)


def _show_recommendation(told: dict[str, Any]) -> None:
    click.echo("dose\tsubjects\ttoxicities\tisotonic rate")
    for row in told["observed"]:
        rate = row["isotonic_rate"]
        shown = "-" if rate is None else f"{rate:.4f}"
        click.echo(f"{row['dose']}\t{row['subjects']}\t{row['toxicities']}\t{shown}")
    click.echo(f"recommended dose: {told['recommended'] or 'none'}. {told['reason']}")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UnreadableDoses(f"{file} is not readable as UTF-8.") from None
    except OSError as fault:
        raise UnreadableDoses(f"{file}: {fault.strerror or fault}.") from None


def _cell(count: int | None) -> str:
    return "-" if count is None else str(count)
