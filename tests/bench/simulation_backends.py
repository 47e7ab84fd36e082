"""What backends cost: processor time of all processes for one chunk, beside two plain processes in the same run."""

import multiprocessing
import statistics
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain
from multiprocessing.connection import Connection, wait
from pathlib import Path

import click
import psutil

from simulation.replication import replicate
from simulation.run.backends.backend import Backend
from simulation.run.backends.by_name import BACKENDS, backend_named
from simulation.run.chunks import chunk_size, chunks_of
from simulation.run.work import Job, Worked, work
from simulation.spec.reading import read_scenario
from tests.bench.figures import Figure

SCENARIO = Path(__file__).parents[2] / "fixtures" / "scenarios" / "two-echelons.yaml"
WORKERS, CHUNKS, ROUNDS = 2, 40, 3
WARM = 3 * WORKERS
"""Chunks at either end that are not measured: workers begin, load and compile, or run out of work."""
OVERHEAD = 0.15


@dataclass(frozen=True)
class Plain:
    """The yardstick: bare processes, each with its share of the chunks from the beginning."""

    workers: int

    def work_off(self, job: Job, chunks: Sequence[range]) -> Generator[Worked]:
        """Each chunk as it is done."""
        spawn = multiprocessing.get_context("spawn")
        pipes = [spawn.Pipe(duplex=False) for _ in range(self.workers)]
        processes = [
            spawn.Process(target=_work_share, args=(job, chunks[number :: self.workers], sink))
            for number, (_, sink) in enumerate(pipes)
        ]
        for process in processes:
            process.start()
        sources = [source for source, _ in pipes]
        for _ in chunks:
            ready: Connection = wait(sources)[0]
            yield ready.recv()
        for process in processes:
            process.join()


def _work_share(job: Job, chunks: Sequence[range], sink: Connection) -> None:
    for chunk in chunks:
        sink.send(work(job, chunk))


def simulation_backends(rounds: int = ROUNDS) -> list[Figure]:
    """Each backend in turn, round after round; the median of the rounds."""
    job: Job = partial(replicate, read_scenario(SCENARIO), 1, engine="reference")
    chunks = chunks_of(range(CHUNKS * _size(job)), _size(job))
    backends: dict[str, Callable[[], Backend]] = {
        "plain": lambda: Plain(WORKERS),
        **{name: partial(backend_named, name, WORKERS) for name in BACKENDS},
    }
    costs: dict[str, list[float]] = {name: [] for name in backends}
    begun: dict[str, list[float]] = {name: [] for name in backends}
    for number in range(rounds):
        for name, make in backends.items():
            click.echo(f"\rround {number + 1} of {rounds}: {name}   ", nl=False, err=True)
            cost, first = cost_of_a_chunk(make(), job, chunks)
            costs[name].append(cost)
            begun[name].append(first)
    return [_figure(name, costs, begun, len(chunks[0])) for name in BACKENDS]


def _size(job: Job) -> int:
    job(0)
    return chunk_size(work(job, range(1, 3)).cpu_seconds / 2, 10**6, WORKERS)


def cost_of_a_chunk(backend: Backend, job: Job, chunks: Sequence[range]) -> tuple[float, float]:
    """Processor seconds of all processes for a chunk, while all work; seconds until the first chunk came back.

    Both ends of what is measured lie amid the work, so that chunks begun before one and ended after it weigh alike.
    """
    begun = time.perf_counter()
    with closing(backend.work_off(job, chunks)) as answers:
        next(answers)
        first = time.perf_counter() - begun
        _take(answers, WARM - 1)
        before = cpu_seconds()
        measured = len(chunks) - 2 * WARM
        _take(answers, measured)
        cost = (cpu_seconds() - before) / measured
        _take(answers, WARM)
    return cost, first


def _take(answers: Iterator[Worked], many: int) -> None:
    for _ in range(many):
        next(answers)


def cpu_seconds() -> float:
    """Of this process and all beneath it, those that have ended too."""
    this = psutil.Process()
    times = [process.cpu_times() for process in chain([this], this.children(recursive=True))]
    return sum(each.user + each.system + each.children_user + each.children_system for each in times)


def _figure(name: str, costs: dict[str, list[float]], begun: dict[str, list[float]], size: int) -> Figure:
    ratios = [cost / plain for cost, plain in zip(costs[name], costs["plain"], strict=True)]
    overhead = statistics.median(ratios) - 1
    plain = statistics.median(costs["plain"])
    first, plain_first = statistics.median(begun[name]), statistics.median(begun["plain"])
    return Figure(
        f"Overhead of {name}, {WORKERS} workers",
        f"{overhead:+.1%} ({min(ratios) - 1:+.1%} to {max(ratios) - 1:+.1%})",
        f"plain processes: {plain:.3f} CPU s a chunk of {size}",
        f"at most {OVERHEAD:+.0%}",
        overhead <= OVERHEAD,
        (f"first chunk after {first:.1f} s, plain {plain_first:.1f} s",),
    )
