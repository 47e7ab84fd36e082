"""What a backend is: it works chunks off, in any order, and survives the loss of a worker or says so."""

from collections.abc import Generator, Sequence
from typing import Protocol

from simulation.run.work import Job, Worked

TASKS_PER_WORKER = 2
"""On the way to a cluster at a time: one that is worked on and one that waits, so that nobody idles."""


class WorkerLost(Exception):
    """A worker died, and with it what was being worked on; what was yielded before counts."""


class Backend(Protocol):
    """Where chunks are worked off."""

    @property
    def workers(self) -> int: ...

    def work_off(self, job: Job, chunks: Sequence[range]) -> Generator[Worked]:
        """Each chunk once as it is done; closing the iterator stops the workers. May raise WorkerLost."""
        ...
