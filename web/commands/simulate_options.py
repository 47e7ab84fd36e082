"""Options that commands of `irt simulate` share."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, get_args

import click

from irt.commands.running import progress_bar
from simulation.replication import EngineName
from simulation.run.backends.by_name import BACKENDS, BackendName
from simulation.run.executor import Progress, Watch
from simulation.run.run import Means
from simulation.run.summary import Columns

scenario_argument = click.argument(
    "scenario_file", metavar="SCENARIO", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
seed_option = click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(min=0), help="Of all chance in it."
)
replications_option = click.option(
    "--replications", default=1000, show_default=True, type=click.IntRange(min=1), help="So many trials."
)
engine_option = click.option(
    "--engine",
    default="lean",
    show_default=True,
    type=click.Choice(get_args(EngineName)),
    help="Who plays: both to the same figures; the reference engine plays what is not lean.",
)
backend_option = click.option(
    "--backend", default="loky", show_default=True, type=click.Choice(BACKENDS), help="Where: here, or a cluster."
)
workers_option = click.option(
    "--workers", default=os.cpu_count() or 1, show_default="cores", type=click.IntRange(min=1), help="At a time."
)
cluster_option = click.option(
    "--cluster", metavar="ADDRESS", help="Of a Dask or Ray cluster; left out, one is begun on this machine."
)
out_option = click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="A directory for all."
)


def means_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that tell who works on it, given to the command as `means`; none of them changes a result."""

    @backend_option
    @workers_option
    @cluster_option
    @wraps(command)
    def with_means(*, backend: BackendName, workers: int, cluster: str | None, **others: Any) -> None:
        command(means=Means(backend, workers, cluster), **others)

    return with_means


def all_played(columns: Columns | None) -> Columns:
    """What was asked for; the command ends where it was stopped before."""
    if columns is None:
        raise click.Abort
    return columns


@contextmanager
def watched(words: str, replications: int) -> Iterator[Watch]:
    """Progress on standard error; Ctrl-C is answered even where a shell began the command in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with progress_bar(words, replications) as tell:

            def watch(progress: Progress) -> bool:
                tell(progress.done, "replications")
                return True

            yield watch
    finally:
        signal.signal(signal.SIGINT, before)
