"""What the commands of forecasts share: the file, the last month that is known, the seed."""

from pathlib import Path

import click

from simulation.enrolment.enrolment_file import EnrolmentFileUnusable, read_enrolment
from simulation.enrolment.history import History
from simulation.enrolment.months import month_of, written
from simulation.enrolment.posterior.fit import Effort

file_argument = click.argument(
    "enrolment_file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
until_option = click.option(
    "--until",
    metavar="YYYY-MM",
    help="The last month known; what comes later is not looked at. Else the file's last.",
)
horizon_option = click.option(
    "--horizon-months", "months", type=click.IntRange(1, 60), default=12, show_default=True, help="Months ahead."
)
seed_option = click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of all draws.")

draws_option = click.option(
    "--draws", type=click.IntRange(10, 10_000), default=500, show_default=True, help="Draws from what is not known."
)


def effort_of(draws: int) -> Effort:
    """Every second sweep is kept, after a warm-up of half as many sweeps."""
    return Effort(warm_up=draws, sweeps=2 * draws, thin=2)


def known_history(file: Path, until: str | None) -> History:
    """What the file tells up to the end of a month; EnrolmentFileUnusable where it does not reach so far."""
    subjects = read_enrolment(file)
    first, last = min(each.month for each in subjects), max(each.month for each in subjects)
    known = last if until is None else month_of(until)
    if not first <= known <= last:
        raise EnrolmentFileUnusable(f"the file tells of {written(first)} to {written(last)}, not of {until}.")
    return History.of(subjects, known)
