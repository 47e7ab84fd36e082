"""Commands in files of their own, each loaded when it is used; one of them may be left unnamed."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import click


class Subcommands(click.Group):
    """Commands by name -> module, named as their function there, or module:function.

    `meant_by` names the one that was left out, where one may be.
    """

    def __init__(
        self,
        *args: Any,
        rooms: Mapping[str, str],
        meant_by: Callable[[list[str]], str] | None = None,
        **attributes: Any,
    ) -> None:
        super().__init__(*args, **attributes)
        self.rooms = rooms
        self.meant_by = meant_by

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of use."""
        return list(self.rooms)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, if there is one."""
        if cmd_name not in self.rooms:
            return None
        module, _, function = self.rooms[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), function or cmd_name.replace("-", "_"))
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts the command's name in front where it was left out."""
        if self.meant_by and args and args[0] not in self.rooms and not set(args) & set(ctx.help_option_names):
            args = [self.meant_by(args), *args]
        return super().parse_args(ctx, args)
