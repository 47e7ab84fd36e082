"""What the qualification scripts share: where the protocol goes, what it speaks of, and how it ends."""

import platform
from collections.abc import Sequence
from pathlib import Path

import click

from irt import __version__
from irt.commands import clock
from irt.services.store import Store
from irt.validation.protocol import Found, write_protocol

out_option = click.option(
    "--out", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where to write it."
)


def about_this(store: Store) -> dict[str, str]:
    """Release, machine, database and moment."""
    return {
        "Release": __version__,
        "Machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "Database": store.url.render_as_string(hide_password=True),
        "Carried out": clock.now().isoformat(timespec="seconds"),
    }


def finish(
    title: str, name: str, about: dict[str, str], done: Sequence[Found], limits: Sequence[str], folder: Path
) -> None:
    """Writes the protocol; exits with 1 where a step failed."""
    click.echo(str(write_protocol(title, name, about, done, limits, folder)))
    if failed := [one.step.number for one in done if not one.passed]:
        raise click.ClickException(f"{len(failed)} of {len(done)} steps failed: {', '.join(failed)}.")
