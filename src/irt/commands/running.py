"""What the commands that run studies share: a scratch database, a progress bar on standard error, the JSON."""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from irt.commands.options import open_store
from irt.services.migrate import migrate
from irt.services.store import Store

Tell = Callable[[int, str], None]


@contextmanager
def running_store(database_url: str | None) -> Iterator[Store]:
    """The named database, migrated where it is empty; a scratch SQLite file, removed at the end, where none is."""
    if database_url is not None:
        yield from _opened(database_url)
        return
    with tempfile.TemporaryDirectory(prefix="irt-") as folder:
        yield from _opened(f"sqlite:///{Path(folder) / 'scratch.sqlite'}")


def _opened(database_url: str) -> Iterator[Store]:
    store = open_store(database_url, current=False)
    try:
        migrate(store)
        yield store
    finally:
        store.close()


@contextmanager
def progress_bar(words: str, total: int) -> Iterator[Tell]:
    """A bar on standard error; a line every tenth of the way where nobody watches."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(words, total)
        return
    columns = (
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(words, total=total)
        yield lambda done, now: progress.update(task, completed=done, description=f"{words}, {now}")


def _lines(words: str, total: int) -> Tell:
    told = 0

    def tell(done: int, now: str) -> None:
        nonlocal told
        tenth = done * 10 // max(total, 1)
        if tenth > told:
            told = tenth
            click.echo(f"{words}: {done} of {total}, {now}", err=True)

    return tell


def show_report(figures: Mapping[str, Any], as_json: bool) -> None:
    """JSON alone on standard output, or a line a figure; exits 1 where a check failed."""
    if as_json:
        click.echo(json.dumps(figures, indent=2, sort_keys=False))
    else:
        for name, figure in figures.items():
            click.echo(f"{name.replace('_', ' '):22} {figure}")
    failed = [name for name, held in figures["checks"].items() if not held]
    if failed:
        click.echo(f"irt: these checks failed: {', '.join(failed)}", err=True)
        sys.exit(1)
