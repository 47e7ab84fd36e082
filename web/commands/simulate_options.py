"""Options that commands of `irt simulate` share."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import click

from irt.commands.running import progress_bar
from simulation.replication import EngineName
from simulation.run.backends.by_name import BACKENDS
from simulation.run.executor import Progress, Watch

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
    default="reference",
    show_default=True,
    type=click.Choice(get_args(EngineName)),
    help="Who plays.",
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
