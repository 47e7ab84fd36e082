"""A Dask cluster: the one at an address, or one of this machine's own on the loopback interface."""

import logging
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import dask
from distributed import Client, KilledWorker, LocalCluster, as_completed

from simulation.run.backends.backend import TASKS_PER_WORKER, WorkerLost
from simulation.run.refusals import NoSuchBackend
from simulation.run.work import Job, Worked, work

CONNECT_SECONDS = 30
OWN = {"dashboard_address": None, "memory_limit": 0, "silence_logs": logging.CRITICAL}
"""No page to watch, no memory counted, no word on the console."""
CALM = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.system-monitor.interval": "10s",
}
"""Workers look at themselves a hundred times a second otherwise, and that is not free."""


@dataclass(frozen=True, slots=True)
class Dask:
    """So many workers of one thread each; those of a cluster elsewhere must have this package installed."""

    workers: int
    address: str | None = None

    def work_off(self, job: Job, chunks: Sequence[range]) -> Generator[Worked]:
        """Each chunk as it is done; the scheduler gives a lost worker's chunk to another."""
        left = iter(chunks)
        with self._client() as client:
            sent = [client.submit(work, job, chunk, pure=False) for chunk in islice(left, self._on_the_way)]
            answers = as_completed(sent)
            for answer in answers:
                try:
                    yield answer.result()
                except KilledWorker as fault:
                    raise WorkerLost(str(fault)) from fault
                answers.update([client.submit(work, job, chunk, pure=False) for chunk in islice(left, 1)])

    @property
    def _on_the_way(self) -> int:
        return self.workers * TASKS_PER_WORKER

    @contextmanager
    def _client(self) -> Iterator[Client]:
        if self.address is not None:
            with _reached(self.address) as client:
                yield client
            return
        with (
            dask.config.set(CALM),
            LocalCluster(n_workers=self.workers, threads_per_worker=1, host="127.0.0.1", **OWN) as cluster,
            Client(cluster) as client,
        ):
            yield client


def _reached(address: str) -> Client:
    try:
        return Client(address, timeout=CONNECT_SECONDS)
    except OSError as fault:
        raise NoSuchBackend(f"No Dask cluster answers at {address}: {fault}") from fault
