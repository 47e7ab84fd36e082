"""The work of one worker: a chunk of replications, and the processor time they took."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from simulation.arrays import Ints
from simulation.run.refusals import ReplicationFailed

Kept = int | float | Ints
"""What a column holds of one replication: a number, or several of one kind."""


class Measured(Protocol):
    """What a run keeps of a replication."""

    @property
    def index(self) -> int: ...

    @property
    def measures(self) -> Mapping[str, Kept]: ...


Job = Callable[[int], Measured]
"""Carries out the replication of that index; goes to other processes, so it can be pickled."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A chunk that is done."""

    chunk: range
    replications: tuple[Measured, ...]
    cpu_seconds: float


def work(job: Job, chunk: range) -> Worked:
    """Carries the chunk out in order; ReplicationFailed names the index of the first that cannot be."""
    begun = time.process_time()
    replications = tuple(_carried_out(job, index) for index in chunk)
    return Worked(chunk, replications, time.process_time() - begun)


def _carried_out(job: Job, index: int) -> Measured:
    try:
        return job(index)
    except Exception as fault:
        raise ReplicationFailed(
            f"Replication {index} could not be carried out: {type(fault).__name__}: {fault}. What is done is kept."
            f" Replay it alone with --index {index}."
        ) from fault
