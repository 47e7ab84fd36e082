"""`irt optimize policies`: rules of resupply tuned and compared on documented demand paths."""

from typing import Any

import click
from rich.console import Console
from rich.table import Table

from irt.commands.randomization_options import json_option, show
from optimization.policies.figures import Estimate
from optimization.policies.laboratory import Asked, PolicyTable, Row, policy_table

HEADINGS = (
    "Policy",
    "$ a site",
    "to predictive",
    "told the end",
    "to clairvoyant",
    "service %",
    "overage %",
    "shipments",
)

WIDTH = 120
"""Columns of text the table needs, where the terminal does not say that it has more."""


@click.command()
@click.option(
    "--sites", type=click.IntRange(min=2), default=400, show_default=True, help="Sites of one set of paths."
)
@click.option("--weeks", type=click.IntRange(min=8), default=52, show_default=True, help="Weeks of the trial.")
@click.option("--paths", type=click.IntRange(min=1), default=3, show_default=True, help="Sets of fresh paths.")
@click.option(
    "--training", type=click.IntRange(min=1), default=1, show_default=True, help="Sets of training paths."
)
@click.option("--seed", type=click.IntRange(min=0), default=7, show_default=True, help="The seed of all paths.")
@click.option(
    "--service", type=click.FloatRange(0, 1, max_open=True), default=0.995, show_default=True, help="Visits served."
)
@click.option(
    "--futures", type=click.IntRange(1, 80), default=8, show_default=True, help="Futures the look-ahead weighs."
)
@json_option
def policies(
    sites: int, weeks: int, paths: int, training: int, seed: int, service: float, futures: int, as_json: bool
) -> None:
    """Compare min/max, predictive resupply and the optimizer's look-ahead with one who knows the future.

    Each policy is tuned on training paths to the promised service, then run on fresh ones. A site is the unit
    of the 95 % intervals. What any policy could reach at best is told by a dual bound. Full size takes some
    minutes.

    Example: irt optimize policies --sites 40 --paths 1 --json
    """
    asked = Asked(sites, weeks, training, paths, seed, service, futures, bound_sites=min(sites, 200))
    console = Console(stderr=True)
    with console.status("Policies") as status:
        table = policy_table(asked, lambda words: status.update(f"Trying {words}"))
    if as_json:
        show(table.record(), as_json)
    else:
        _print(table)


def _print(table: PolicyTable) -> None:
    """A line for each policy, then what nobody could do better."""
    shown = Table(title=f"Policies on {table.asked.sites * table.asked.fresh_sets} fresh sites, ± half of 95 %")
    for heading in HEADINGS:
        shown.add_column(heading)
    for row in table.rows:
        shown.add_row(*_cells(row))
    console = Console()
    console.width = max(console.width, WIDTH)
    console.print(shown)
    for row in table.rows:
        console.print(f"{row.name}: {_settings(row.settings)}", highlight=False)
    best, bound = table.clairvoyant_per_site, table.bound_to_clairvoyant
    console.print(f"Clairvoyant: {_figure(best, 1 / 100, 0)} $ a site", highlight=False)
    console.print(
        f"No policy that knows only the past can fall below {_figure(bound, 1, 2)} of the clairvoyant",
        highlight=False,
    )


def _cells(row: Row) -> tuple[str, ...]:
    figures = row.figures
    return (
        row.name,
        _figure(figures.cost_per_site, 1 / 100, 0),
        _figure(row.to_predictive, 1, 2),
        _figure(row.to_predictive_told_the_end, 1, 2),
        _figure(row.to_clairvoyant, 1, 2),
        _figure(figures.service, 100, 2),
        _figure(figures.overage, 100, 1),
        _figure(figures.shipments_per_site, 1, 1),
    )


def _figure(estimate: Estimate, scale: float, digits: int) -> str:
    return f"{estimate.value * scale:.{digits}f} ±{estimate.half_width * scale:.{digits}f}"


def _settings(settings: dict[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in settings.items())
