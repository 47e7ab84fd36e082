"""`irt forecast check`: whether the model could have made the data it has learned from."""

from dataclasses import asdict
from pathlib import Path

import click

from irt.commands.randomization_options import json_option, show
from simulation.enrolment.checks import check_model
from web.commands.forecast_options import (
    draws_option,
    effort_of,
    file_argument,
    known_history,
    seed_option,
    until_option,
)


@click.command()
@file_argument
@until_option
@seed_option
@draws_option
@json_option
def check(enrolment_file: Path, until: str | None, seed: int, draws: int, as_json: bool) -> None:
    """Make new data with what was learned, and tell for each figure how often it is smaller than the one observed.

    A share near 0 or 1 tells of something the model does not know.

    Example: irt forecast check FILE.csv --until 1994-12 --json
    """
    found = check_model(known_history(enrolment_file, until), seed, effort_of(draws))
    show({"checks": [asdict(each) for each in found]}, as_json)
