"""A Ray cluster: the one at an address, or one of this machine's own on the loopback interface."""

import logging
import os
import secrets
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from simulation.run.backends.backend import TASKS_PER_WORKER, WorkerLost
from simulation.run.refusals import NoSuchBackend
from simulation.run.work import Job, Worked, work

STORE_BYTES = 128 * 1024 * 1024
"""Room for what waits between processes: the job once, and answers of some kilobytes."""
TOKEN, USAGE = "RAY_AUTH_TOKEN", "RAY_USAGE_STATS_ENABLED"


@dataclass(frozen=True, slots=True)
class Ray:
    """So many workers; those of a cluster elsewhere must have this package installed."""

    workers: int
    address: str | None = None

    def work_off(self, job: Job, chunks: Sequence[range]) -> Generator[Worked]:
        """Each chunk as it is done; a lost worker's chunk is tried again by another."""
        left = iter(chunks)
        with self._cluster() as ray:
            remote, kept = ray.remote(num_cpus=1)(work), ray.put(job)
            sent = [remote.remote(kept, chunk) for chunk in islice(left, self.workers * TASKS_PER_WORKER)]
            while sent:
                done, sent = ray.wait(sent)
                yield _answer(ray, done[0])
                sent += [remote.remote(kept, chunk) for chunk in islice(left, 1)]

    @contextmanager
    def _cluster(self) -> Iterator[Any]:
        with _set(USAGE, "0"), self._settings() as settings:
            import ray  # noqa: PLC0415 - it reads its settings from the environment when it is imported

            try:
                _begin(ray, settings)
                yield ray
            finally:
                ray.shutdown()

    @contextmanager
    def _settings(self) -> Iterator[dict[str, Any]]:
        """A cluster of one's own has its process's secret, and leaves no file behind."""
        if self.address is not None:
            yield {"address": self.address}
            return
        with tempfile.TemporaryDirectory(prefix="irt-ray-") as folder, _set(TOKEN, _secret()):
            yield {
                "address": "local",
                "num_cpus": self.workers,
                "object_store_memory": STORE_BYTES,
                "_node_ip_address": "127.0.0.1",
                "_temp_dir": folder,
            }


@cache
def _secret() -> str:
    """One for a process: Ray reads it once, and would refuse the next cluster with another."""
    return secrets.token_hex(32)


def _begin(ray: Any, settings: dict[str, Any]) -> None:
    try:
        ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR, **settings)
    except Exception as fault:  # Ray has no type of its own for a cluster that does not come up in time
        raise NoSuchBackend(f"No Ray cluster at {settings['address']} came up: {fault}") from fault


def _answer(ray: Any, done: Any) -> Worked:
    try:
        worked: Worked = ray.get(done)
    except ray.exceptions.WorkerCrashedError as fault:
        raise WorkerLost(str(fault)) from fault
    except ray.exceptions.RayTaskError as fault:
        raise fault.cause from fault
    return worked


@contextmanager
def _set(name: str, value: str) -> Iterator[None]:
    """A setting of the environment for a while; one that is set already stays."""
    if name in os.environ:
        yield
        return
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
