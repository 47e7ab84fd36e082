"""`irt forecast enrolment`: the months to come, and the day on which a target is reached."""

from pathlib import Path
from typing import Any

import click

from irt.commands.randomization_options import json_option, show, svg_option
from simulation.enrolment.fan_chart import fan_chart
from simulation.enrolment.forecast import forecast_enrolment
from simulation.enrolment.listed_sites import listed_sites, read_listed
from web.commands.forecast_options import (
    draws_option,
    effort_of,
    file_argument,
    horizon_option,
    known_history,
    seed_option,
    until_option,
)
from web.forecasting.told import summary


@click.command()
@file_argument
@until_option
@horizon_option
@click.option("--target", type=click.IntRange(min=1), required=True, help="Subjects that complete enrolment.")
@click.option(
    "--listed-sites",
    "sites_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV of the sites selected: hospital, selected (YYYY-MM). These open, and no others.",
)
@seed_option
@draws_option
@svg_option
@json_option
def enrolment(
    enrolment_file: Path,
    until: str | None,
    months: int,
    target: int,
    sites_file: Path | None,
    seed: int,
    draws: int,
    svg_file: Path | None,
    as_json: bool,
) -> None:
    """Forecast the months after --until: new subjects, all subjects, and the day the target is reached.

    Sites tire, stop and go on; new ones open; nothing that was learned is taken as certain. Cumulative counts
    include the subjects known. Enrolment goes on at the target. A completion later than five years ahead is null.

    Example: irt forecast enrolment FILE.csv --until 1994-12 --horizon-months 12 --target 20000 --json
    """
    history = known_history(enrolment_file, until)
    listed = None if sites_file is None else listed_sites(read_listed(sites_file), history)
    forecast = forecast_enrolment(history, months, seed, target, effort_of(draws), listed=listed)
    if svg_file is not None:
        svg_file.write_text(fan_chart(forecast, months, target), encoding="utf-8")
    told = summary(forecast, months, target)
    show(told if as_json else lines(told), as_json)


def lines(told: dict[str, Any]) -> dict[str, Any]:
    """A line a month for people: the middle and the 90 % interval."""
    months = {
        each["month"]: f"{_plain(each['new'])} new, {_plain(each['cumulative'])} in all" for each in told["months"]
    }
    days = told["completion"]
    return months | {"complete": f"{days['p50'] or 'never'} ({days['p05'] or 'never'} to {days['p95'] or 'never'})"}


def _plain(shares: dict[str, float]) -> str:
    return f"{shares['p50']:.0f} ({shares['p05']:.0f} to {shares['p95']:.0f})"
