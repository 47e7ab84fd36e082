"""`irt leaks`: an adversary looks for a field from which blinded people could tell an arm."""

import click

from irt.commands.subcommands import Subcommands

SUBCOMMANDS = {"run": "web.commands.leaks_run", "prove": "web.commands.leaks_prove"}


@click.group(cls=Subcommands, rooms=SUBCOMMANDS)
def leaks() -> None:
    """Carry a trial out, look at it as everybody who is blinded, and try to tell the arms apart.

    Example: irt leaks run fourier --json
    """
