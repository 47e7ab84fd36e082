"""How commands name a study: its protocol number, and its mode where it is loaded in several."""

from collections.abc import Callable
from typing import Any

import click

from irt.commands.session import Person
from irt.reads.named import NamedStudy, study_named
from irt.states.records import Mode

MODES = click.Choice([str(mode) for mode in Mode])

mode_option = click.option(
    "--mode", metavar="MODE", type=MODES, help="test, training or production, where the study is loaded in several."
)


def study_option(*, required: bool = True) -> Callable[[Any], Any]:
    """`--study PROTOCOL`."""
    words = "The study's protocol number."
    return click.option("--study", "protocol", metavar="PROTOCOL", required=required, help=words)


def about_a_study(command: Callable[..., None]) -> Callable[..., None]:
    """STUDY, `--mode` and `--json`."""
    for option in (mode_option, click.option("--json", "as_json", is_flag=True, help="As JSON.")):
        command = option(command)
    return click.argument("protocol", metavar="STUDY")(command)


def study_of(person: Person, protocol: str, mode: str | None) -> NamedStudy:
    """The study of that protocol number; NotFound or BadInput where it is not one study."""
    with person.store.reading() as connection:
        return study_named(connection, protocol, mode_of(mode))


def mode_of(mode: str | None) -> Mode | None:
    """The mode as typed, if it was."""
    return None if mode is None else Mode(mode)
