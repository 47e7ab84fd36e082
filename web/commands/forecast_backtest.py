"""`irt forecast backtest`: forecasts made at earlier days, against what came and against simple forecasts."""

from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from irt.commands.randomization_options import json_option, show
from irt.commands.running import progress_bar
from simulation.enrolment.backtest import Line, table, trials_of
from web.commands.forecast_options import (
    draws_option,
    effort_of,
    file_argument,
    known_history,
    seed_option,
    until_option,
)

HEADINGS = ("Months ahead", "Counts", "Forecast", "Cut-offs", "CRPS", "in 50 %", "in 80 %", "in 90 %")


@click.command()
@file_argument
@until_option
@click.option(
    "--first-months", "first", type=click.IntRange(min=1), default=12, show_default=True, help="Known at the first."
)
@click.option("--every", type=click.IntRange(min=1), default=1, show_default=True, help="Months between cut-offs.")
@seed_option
@draws_option
@json_option
def backtest(
    enrolment_file: Path, until: str | None, first: int, every: int, seed: int, draws: int, as_json: bool
) -> None:
    """Forecast at many earlier cut-offs, 3, 6 and 12 months ahead, and hold it against what came.

    Told are the mean CRPS, smaller being better, and how many truths lay within the 50, 80 and 90 % intervals,
    beside the flat rate of the last six months and the plug-in Poisson-gamma model. A cut-off takes some seconds.

    Example: irt forecast backtest FILE.csv --every 3 --json
    """
    history = known_history(enrolment_file, until)
    with progress_bar("Cut-offs", max(1, len(range(first, history.months, every)))) as tell:
        found = table(trials_of(history, first, every, seed, effort_of(draws), lambda done, _: tell(done, "")))
    if as_json:
        show({"lines": [asdict(line) for line in found]}, as_json)
    else:
        _print(found)


def _print(lines: list[Line]) -> None:
    shown = Table(*HEADINGS)
    for line in lines:
        shown.add_row(*[str(value).replace("_", " ") for value in asdict(line).values()])
    Console().print(shown)
