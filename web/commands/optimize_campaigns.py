"""`irt optimize campaigns`: how much of each kit type to pack, and when."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from irt.commands.randomization_options import json_option, show
from irt.commands.running import progress_bar
from optimization.campaigns.advise import advise_packing, record_of
from optimization.campaigns.campaign_file import CampaignFile, open_campaigns
from optimization.campaigns.from_enrolment import read_forecast, require_fed, with_enrolment
from optimization.campaigns.shared_setup import NODES_MAX, Watch
from web.commands.optimize_files import file_type


@click.command()
@click.argument("campaign_file", metavar="FILE", type=file_type)
@click.option(
    "--enrolment",
    "forecast_file",
    type=file_type,
    help="What `irt forecast enrolment` or `irt forecast study` tells with --json: feeds `per_subject`.",
)
@click.option("--target", type=click.IntRange(min=1), help="Subjects after whom nobody enrols, with --enrolment.")
@json_option
def campaigns(campaign_file: Path, forecast_file: Path | None, target: int | None, as_json: bool) -> None:
    """Tell how much of each kit type to pack in which campaign, at the least cost for the promised service.

    FILE is a YAML file of the format irt-campaigns/1: campaigns with set-up cost and lead time, kit types with
    costs, least and rounding numbers, shelf life, stock and demand. Costs are in cents. The answer is proven to be
    the cheapest, or told with its bound where stock outlasts later campaigns; Ctrl-C ends the proof early.
    With --enrolment, what new subjects take is added from a forecast, and demand is as uncertain as it says.

    Example: irt optimize campaigns fixtures/campaigns/two-pens.yaml --json
    """
    asked = _fed(open_campaigns(campaign_file), forecast_file, target)
    with _watched() as watch:
        told = record_of(advise_packing(asked, watch))
    if as_json:
        show(told, as_json)
    else:
        _print(told)


def _fed(file: CampaignFile, forecast: Path | None, target: int | None) -> CampaignFile:
    """With what new subjects take, where a forecast is given."""
    if forecast is None:
        return require_fed(file)
    return with_enrolment(file, read_forecast(forecast.read_text(encoding="utf-8")), target)


@contextmanager
def _watched() -> Iterator[Watch]:
    """A bar on standard error; the first Ctrl-C asks for the best so far."""
    stopped = False

    def stop(number: int, frame: object) -> None:
        nonlocal stopped
        stopped = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, stop)
    try:
        with progress_bar("Campaigns", NODES_MAX) as tell:

            def watch(nodes: int, bound: int, cents: int) -> bool:
                tell(nodes, f"bound {bound:,}, best {cents:,}")
                return not stopped

            yield watch
    finally:
        signal.signal(signal.SIGINT, before)


def _print(told: dict[str, Any]) -> None:
    table = Table(title=told["name"] or "Campaigns")
    for head in ("Packed", "Released", "Kit type", "Kits", "Expiry"):
        table.add_column(head)
    for row in told["campaigns"]:
        for kits in row["kits"]:
            table.add_row(row["date"], row["released"], kits["kit"], f"{kits['kits']:,}", kits["expiry"])
    console, expected = Console(), told["expected"]
    console.print(table)
    proof = "proven to be the least" if told["proven"] else f"no way is below {told['bound']:,}"
    parts = ", ".join(f"{name} {cents:,}" for name, cents in told["cost_by_component"].items())
    console.print(f"Cost {told['cost']:,}: {parts}; {proof}", highlight=False)
    console.print(
        f"To be expected: {expected['overage']:,.0f} kits left over, worth {expected['overage_cents']:,.0f};"
        f" {expected['missed']:,.2f} of {expected['wanted']:,.0f} kits missed",
        highlight=False,
    )
