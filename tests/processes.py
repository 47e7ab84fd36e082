"""Processes of their own for tests of people who share a database and nothing else."""

from multiprocessing import get_context
from multiprocessing.context import ForkServerContext

_KNOWN_TO_ALL = ["tests.races.people", "tests.bell"]


def fresh() -> ForkServerContext:
    """Processes as they come from a start of the program, which imports everything once for all of them."""
    context = get_context("forkserver")
    context.set_forkserver_preload(_KNOWN_TO_ALL)
    return context
