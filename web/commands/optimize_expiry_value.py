"""`irt optimize expiry-value`: what it would save if a lot lasted longer, lot by lot."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from irt.commands.randomization_options import json_option, show
from irt.errors import BadInput
from optimization.advice.expiry_value import Asked, Lots, each_lot, expiry_values, record_of
from optimization.door import best_plan
from optimization.problem import Problem
from optimization.result import Goal, unwatched
from web.commands.optimize_advising import bars, goal_options
from web.commands.optimize_files import open_problem, problem_argument

DAYS_MAX = 3_650
HEADS = ("Lot", "Kit type", "Expiry day", "Kits", "Wasted", "Saves", "Proven", "Decide by day", "At the latest")


@click.command()
@problem_argument
@click.option(
    "--days", default=90, show_default=True, type=click.IntRange(1, DAYS_MAX), help="How much longer a lot lasts."
)
@click.option("--lot", "names", metavar="LOT", multiple=True, help="Only this lot; several times for several.")
@click.option("--most", default=20, show_default=True, type=click.IntRange(1), help="Lots planned, dearest first.")
@goal_options
@json_option
def expiry_value(
    problem_file: Path,
    days: int,
    names: tuple[str, ...],
    most: int,
    gap: float,
    seconds: float,
    seed: int,
    as_json: bool,
) -> None:
    """Tell for each lot of PROBLEM what so many days more would save, and until when that must be known.

    A lot is planned again only if the plan pays anything for what its longer life touches: kits of it that are
    wasted, kits missing, journeys it could spare. Its temperature class is then planned with the later expiry.
    Savings are in cents.

    Example: irt optimize expiry-value PROBLEM.json --days 90 --json
    """
    problem = open_problem(problem_file)
    asked = Asked(lots_of(problem, names), days, most)
    with bars(best_plan) as solve:
        told = record_of(expiry_values(problem, asked, solve, Goal(gap, seconds, seed), unwatched), asked)
    if as_json:
        show(told, as_json)
    else:
        _print(told)


def lots_of(problem: Problem, names: tuple[str, ...]) -> Lots:
    """Those named, or every lot."""
    if unknown := [name for name in names if name not in problem.lots]:
        raise BadInput(f"The problem has no lot {unknown[0]}. Nothing was calculated. Name one of its lots.")
    return {name: (name,) for name in names} or each_lot(problem)


def _print(told: dict[str, Any]) -> None:
    table = Table(title=f"What {told['days']} days more would save")
    for head in HEADS:
        table.add_column(head)
    for row in told["lots"]:
        table.add_row(*map(_cell, _cells(row)))
    Console(width=max(Console().width, 120)).print(table)


def _cells(row: dict[str, Any]) -> tuple[object, ...]:
    proven = f"{row['at_least']:,} to {row['at_most']:,}" if row["planned"] else None
    saves = row["saving"] if row["planned"] else "nothing" if not row["touched"]["cents"] else "not planned"
    kits = row["touched"]["supplied"], row["touched"]["wasted"]
    return row["lot"], row["kit"], row["expiry_day"], *kits, saves, proven, row["decide_by"], row["last_day"]


def _cell(value: object) -> str:
    return "-" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
