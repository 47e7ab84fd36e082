"""`irt forecast sites`: the sites that may fall short in the months to come."""

from pathlib import Path

import click

from irt.commands.randomization_options import json_option, show
from simulation.enrolment.at_risk import sites_at_risk
from web.commands.forecast_options import (
    draws_option,
    effort_of,
    file_argument,
    horizon_option,
    known_history,
    seed_option,
    until_option,
)
from web.forecasting.told import site_row


@click.command()
@file_argument
@until_option
@horizon_option
@click.option("--at-most", type=click.IntRange(0, 1000), default=0, show_default=True, help="Subjects, at most.")
@seed_option
@draws_option
@json_option
def sites(
    enrolment_file: Path, until: str | None, months: int, at_most: int, seed: int, draws: int, as_json: bool
) -> None:
    """Tell for each site how likely it is to enrol at most so many subjects in the months ahead.

    Example: irt forecast sites FILE.csv --until 1994-12 --horizon-months 6 --at-most 0 --json
    """
    found = sites_at_risk(known_history(enrolment_file, until), months, at_most, seed, effort_of(draws))
    show({"sites": [site_row(outlook) for outlook in found]}, as_json)
