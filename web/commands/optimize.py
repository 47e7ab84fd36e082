"""`irt optimize`: plans of shipments with a bound, from a file or a live study, and what is asked of plans."""

from importlib import import_module

import click

# Each is loaded when it is used: a solver takes long to load. A command is named as its function there.
SUBCOMMANDS = {
    "file": "web.commands.optimize_file",
    "check": "web.commands.optimize_check",
    "study": "web.commands.optimize_study",
    "what-if": "web.commands.optimize_what_if",
    "expiry-value": "web.commands.optimize_expiry_value",
    "policies": "web.commands.optimize_policies",
}


class Subcommands(click.Group):
    """Commands in files of their own; without a command's name, `file` is meant, and with --study, `study`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of use."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, if there is one."""
        if cmd_name not in SUBCOMMANDS:
            return None
        command: click.Command = getattr(import_module(SUBCOMMANDS[cmd_name]), cmd_name.replace("-", "_"))
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts the command's name in front where it was left out."""
        if args and args[0] not in SUBCOMMANDS and not set(args) & set(ctx.help_option_names):
            args = [meant_by(args), *args]
        return super().parse_args(ctx, args)


def meant_by(args: list[str]) -> str:
    """`study` where one is named, else `file`."""
    named = any(arg == "--study" or arg.startswith("--study=") for arg in args)
    return "study" if named else "file"


@click.group(cls=Subcommands)
def optimize() -> None:
    """Plan shipments from depots to sites at the least cost, with a bound that no plan can fall below.

    A PROBLEM is a file of the format irt-supply-bench/1. The word `file` may be left out.

    Example: irt optimize file PROBLEM.json --out PLAN.json --gap 0.01 --time-limit 60 --seed 1 --json
    """
