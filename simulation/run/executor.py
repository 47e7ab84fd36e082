"""A run carried out: a pilot in this process, the rest in chunks by a backend, each kept as it is done."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from simulation.run.backends.backend import Backend, WorkerLost
from simulation.run.chunks import TASK_SECONDS, chunk_size, chunks_of, missing
from simulation.run.refusals import UnusableRun, WorkersKeepDying
from simulation.run.work import Job, Measured, Worked, work

PILOTS = 2
"""The first also loads and compiles: a second that is quick tells what one takes."""
LOSSES_IN_A_ROW = 3
"""So often workers may be lost without a chunk done in between: what killed one will kill the next."""


class Place(Protocol):
    """Where replications are kept as they are done."""

    @property
    def name(self) -> str:
        """As it is told where something is wrong."""

    def indexes(self) -> set[int]:
        """Which replications are done."""

    def keep(self, replications: Sequence[Measured]) -> None:
        """One more part: safe before this returns."""


@dataclass(frozen=True, slots=True)
class Progress:
    """So many replications are done, of those asked for."""

    done: int
    replications: int


Watch = Callable[[Progress], bool]
"""Told after each chunk; answers whether to go on."""


@dataclass(slots=True)
class Tally:
    """What a run has come to; `done` counts those of earlier runs in that place too."""

    done: int
    cpu_seconds: float = 0.0


def carry_out(job: Job, replications: int, place: Place, backend: Backend, watch: Watch) -> Tally:
    """Carries out what is missing of the replications; stops when the watch says so, or on Ctrl-C.

    What was done by then stays in its place, and the next run takes it up. What a replication gives never
    depends on chunks, workers or backend, for a job knows nothing but the index.
    """
    done = place.indexes()
    if done and max(done) >= replications:
        raise UnusableRun(f"{place.name} has {max(done) + 1} replications. Ask for so many, or for more.")
    tally = Tally(len(done))
    try:
        with closing(_worked_off(job, missing(replications, done), backend)) as answers:
            for worked in answers:
                place.keep(worked.replications)
                tally.done += len(worked.chunk)
                tally.cpu_seconds += worked.cpu_seconds
                if not watch(Progress(tally.done, replications)):
                    break
    except KeyboardInterrupt:
        pass
    return tally


def _worked_off(job: Job, left: Sequence[int], backend: Backend) -> Generator[Worked]:
    seconds = 0.0
    for index in left[:PILOTS]:
        worked = work(job, range(index, index + 1))
        yield worked
        seconds, left = worked.cpu_seconds, left[1:]
        if seconds > TASK_SECONDS:
            break
    if left:
        yield from _by_backend(job, left, chunk_size(seconds, len(left), backend.workers), backend)


def _by_backend(job: Job, left: Sequence[int], size: int, backend: Backend) -> Generator[Worked]:
    """What a lost worker took with it is tried again."""
    losses = 0
    while left:
        done: set[int] = set()
        try:
            with closing(backend.work_off(job, chunks_of(left, size))) as answers:
                for worked in answers:
                    done.update(worked.chunk)
                    yield worked
        except WorkerLost as fault:
            losses = 1 if done else losses + 1
            if losses == LOSSES_IN_A_ROW:
                raise WorkersKeepDying(_dying(left, fault)) from fault
        left = [index for index in left if index not in done]


def _dying(left: Sequence[int], fault: Exception) -> str:
    return (
        f"Workers died {LOSSES_IN_A_ROW} times in a row; {len(left)} replications are left, the first is {left[0]}."
        f" What is done is kept. Give each worker more memory, or take fewer of them. {fault}"
    )
