"""`irt randomization compare`: designs side by side, on the plane of balance and randomness."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from irt.commands.design_files import open_design
from irt.commands.randomization_options import (
    file_option,
    json_option,
    number_option,
    seed_option,
    svg_option,
    telling,
    trials_option,
)
from irt.randomization.assessment.assess import Question
from irt.randomization.assessment.chooser import Compared, LeftOut, best
from irt.randomization.assessment.chooser import compare as compare_designs
from irt.randomization.assessment.plots import plane
from irt.randomization.assessment.strata import even_sizes
from irt.randomization.assessment.usual_designs import usual_designs
from irt.randomization.scheme import UnusablePlan

HEADINGS = (
    *("", "Design", "Largest lead", "Final lead", "Guessed", "By counts"),
    *("Sure", "Drift", "Unbeaten", "Exact"),
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@click.command()
@click.argument("design_files", metavar="[DESIGN]...", nargs=-1, type=file_option)
@number_option
@click.option("--ratio", default="1,1", show_default=True, help="Of the usual designs, where no DESIGN is named.")
@click.option("--strata", help="Strata with a list each: how many, or their expected sizes, as 80,60,60.")
@trials_option
@seed_option
@svg_option
@json_option
def compare(
    design_files: tuple[Path, ...],
    subjects: int,
    ratio: str,
    strata: str | None,
    trials: int | None,
    seed: int,
    svg_file: Path | None,
    as_json: bool,
) -> None:
    """Place designs between balance and randomness; the usual ones for a ratio where none is named.

    Balance is the expected largest lead beyond the ratio at any time, randomness the share of correct guesses of
    one who knows the design and the arms so far (of the stratum, where there are some).

    Example: irt randomization compare --n 200 --ratio 1,1 --strata 4 --svg plane.svg
    """
    shares = _wholes(ratio, "A ratio is whole numbers with commas, as 2,1.")
    designs = [open_design(file) for file in design_files] or usual_designs(tuple(LETTERS[: len(shares)]), shares)
    sizes = _sizes(strata, subjects)
    compared, left_out = compare_designs(designs, Question(subjects, trials, seed), sizes, telling("Designs"))
    if not compared:
        raise UnusablePlan(left_out[0].why)
    if svg_file is not None:
        svg_file.write_text(plane(compared), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(_record(compared, left_out, subjects, sizes), indent=2))
    else:
        _show(compared, left_out)


def _wholes(text: str, sentence: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and int(part) > 0 for part in parts):
        raise click.BadParameter(sentence)
    return tuple(map(int, parts))


def _sizes(strata: str | None, subjects: int) -> tuple[int, ...]:
    if strata is None:
        return ()
    numbers = _wholes(strata, "Strata are how many there are, or their sizes with commas, as 80,60,60.")
    sizes = even_sizes(subjects, numbers[0]) if len(numbers) == 1 else numbers
    if sum(sizes) != subjects:
        raise click.BadParameter(f"The strata have {sum(sizes)} subjects together, but {subjects} are planned.")
    return sizes


def _record(
    compared: Sequence[Compared], left_out: Sequence[LeftOut], subjects: int, sizes: Sequence[int]
) -> dict[str, Any]:
    leading = best(compared)
    return {
        "n": subjects,
        "strata": list(sizes),
        "designs": [
            {
                "design": each.title,
                "method": each.design.method,
                "unbeaten": each in leading,
                "balance": each.balance,
                "predictability": each.predictability,
                "drift": each.drift,
                **each.figures.record(),
            }
            for each in compared
        ],
        "left_out": [{"design": each.title, "why": each.why} for each in left_out],
    }


def _show(compared: Sequence[Compared], left_out: Sequence[LeftOut]) -> None:
    leading = best(compared)
    table = Table(box=None)
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "Design" else "right")
    for number, each in enumerate(compared, start=1):
        figures = each.figures
        table.add_row(
            str(number),
            each.title,
            f"{each.balance:.3f}",
            f"{figures.imbalance.off_ratio_final:.3f}",
            f"{each.predictability:.4f}",
            f"{figures.convergence / figures.subjects:.4f}",
            f"{figures.deterministic / figures.subjects:.4f}",
            "" if each.drift is None else f"{each.drift:.4f}",
            "yes" if each in leading else "",
            "yes" if figures.exact else "no",
        )
    console = Console(width=120)
    with console.capture() as shown:
        console.print(table)
    click.echo(shown.get(), nl=False)
    for absent in left_out:
        click.echo(f"Left out: {absent.title}. {absent.why}", err=True)
