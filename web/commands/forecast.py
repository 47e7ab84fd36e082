"""`irt forecast`: how many subjects will come, when enrolment will be complete, and how good that was before."""

import click

from irt.commands.subcommands import Subcommands

# Each is loaded when it is used. A command has the name of its function there.
SUBCOMMANDS = {
    "enrolment": "web.commands.forecast_enrolment",
    "backtest": "web.commands.forecast_backtest",
    "sites": "web.commands.forecast_sites",
    "parameters": "web.commands.forecast_parameters",
    "check": "web.commands.forecast_check",
    "study": "web.commands.forecast_study",
}


@click.group(cls=Subcommands, rooms=SUBCOMMANDS)
def forecast() -> None:
    """Forecast enrolment from the subjects enrolled so far.

    A FILE is CSV with one line a subject: month (YYYY-MM), hospital, and country where it is known.

    Example: irt forecast enrolment FILE.csv --until 1994-12 --horizon-months 12 --target 20000 --json
    """
