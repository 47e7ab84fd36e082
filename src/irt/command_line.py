"""The one command `irt`, assembled from what each installed package registers."""

import gc
import sys
from importlib.metadata import EntryPoint, entry_points
from typing import NoReturn

import click
from sqlalchemy.exc import DBAPIError

from irt.errors import IntegrityFault, Refusal

_GROUP = "irt.commands"
RUBBISH_BEFORE_A_LOOK = 50_000
"""New objects before the interpreter looks for rubbish."""


class Commands(click.Group):
    """Commands found by their entry points, each loaded when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every registered name."""
        return sorted(_registered())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or one that says why it cannot run here."""
        point = _registered().get(cmd_name)
        if point is None:
            return None
        try:
            loaded: click.Command = point.load()
        except ModuleNotFoundError as fault:
            return _unavailable(cmd_name, point, str(fault))
        return loaded


def _registered() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=_GROUP)}


def _unavailable(name: str, point: EntryPoint, fault: str) -> click.Command:
    """A command whose package is not installed, or not whole."""

    @click.command(
        name,
        help=f"(not available: needs {point.module})",
        context_settings={"ignore_unknown_options": True},
    )
    @click.argument("rest", nargs=-1)
    def say_why(rest: tuple[str, ...]) -> None:
        raise click.ClickException(f"'irt {name}' is not available here: {fault}.")

    return say_why


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="irt", prog_name="irt")
def irt() -> None:
    """Randomization, blinded kit dispensing and clinical supply.

    Example: irt study check fixtures/studies/ist.yaml
    """


def spare_the_collector() -> None:
    """Looks for rubbish less often: a transaction makes thousands of objects, and few are circular."""
    gc.set_threshold(RUBBISH_BEFORE_A_LOOK, 20, 50)


def main() -> NoReturn:
    """Runs one command; what goes wrong is one line on standard error and a non-zero exit."""
    spare_the_collector()
    try:
        answer = irt.main(prog_name="irt", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as fault:
        fault.show()
        sys.exit(fault.exit_code)
    except click.ClickException as fault:
        _stop(fault.format_message(), fault.exit_code)
    except click.Abort:
        _stop("Stopped.", 130)
    except Refusal as refusal:
        _stop(refusal.sentence, 1)
    except IntegrityFault as fault:
        _stop(f"Stored records contradict each other: {fault}", 1)
    except DBAPIError as fault:
        _stop(f"The database refused: {fault.orig}", 1)
    except OSError as fault:
        _stop(str(fault), 1)
    sys.exit(answer if isinstance(answer, int) else 0)


def _stop(sentence: str, exit_code: int) -> NoReturn:
    click.echo(f"irt: {' '.join(sentence.split())}", err=True)
    sys.exit(exit_code)
