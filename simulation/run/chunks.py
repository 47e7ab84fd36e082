"""Chunks: runs of consecutive replications that a worker carries out in one go."""

import math
from collections.abc import Collection, Sequence
from itertools import groupby

TASK_SECONDS = 1.0
"""A chunk takes about so long: a task costs a backend milliseconds, and what is lost with a worker is little."""


def missing(replications: int, done: Collection[int]) -> list[int]:
    """The indexes from 0 that are still to be carried out, in order."""
    return [index for index in range(replications) if index not in done]


def chunk_size(seconds: float, left: int, workers: int) -> int:
    """So many replications of these seconds fill a task, or each worker's even share where that is less."""
    full = math.ceil(TASK_SECONDS / seconds) if seconds > 0 else left
    return max(1, min(full, math.ceil(left / workers)))


def chunks_of(indexes: Sequence[int], size: int) -> list[range]:
    """The indexes in runs without gaps, none longer than `size`."""
    runs = [list(run) for _, run in groupby(indexes, key=_Gap())]
    return [
        range(begin, min(begin + size, run[-1] + 1)) for run in runs for begin in range(run[0], run[-1] + 1, size)
    ]


class _Gap:
    """A key that stays the same as long as each index follows the one before."""

    def __init__(self) -> None:
        self.met = 0

    def __call__(self, index: int) -> int:
        self.met += 1
        return index - self.met
