"""`irt forecast`: how many subjects will come, when enrolment will be complete, and how good that was before."""

from importlib import import_module

import click

# Each is loaded when it is used. A command has the name of its function there.
SUBCOMMANDS = {
    "enrolment": "web.commands.forecast_enrolment",
    "backtest": "web.commands.forecast_backtest",
    "sites": "web.commands.forecast_sites",
    "check": "web.commands.forecast_check",
}


class Subcommands(click.Group):
    """Commands in files of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of use."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, if there is one."""
        if cmd_name not in SUBCOMMANDS:
            return None
        command: click.Command = getattr(import_module(SUBCOMMANDS[cmd_name]), cmd_name)
        return command


@click.group(cls=Subcommands)
def forecast() -> None:
    """Forecast enrolment from the subjects enrolled so far.

    A FILE is CSV with one line a subject: month (YYYY-MM), hospital, and country where it is known.

    Example: irt forecast enrolment FILE.csv --until 1994-12 --horizon-months 12 --target 20000 --json
    """
