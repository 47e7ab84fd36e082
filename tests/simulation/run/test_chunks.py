"""Chunks: every missing replication once, none too many."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.run.chunks import chunk_size, chunks_of, missing


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 60), st.sets(st.integers(0, 59)), st.integers(1, 70))
def test_chunks_hold_what_is_missing(replications: int, done: set[int], size: int) -> None:
    """In order, each index once, no chunk larger than asked, and no two that could be one."""
    left = missing(replications, done)
    chunks = chunks_of(left, size)
    assert [index for chunk in chunks for index in chunk] == sorted(set(range(replications)) - done)
    assert all(1 <= len(chunk) <= size for chunk in chunks)
    assert all(len(a) == size for a, b in pairwise(chunks) if a.stop == b.start)


def test_a_chunk_fills_a_task_or_a_worker_has_its_share() -> None:
    """Quick replications come in hundreds, slow ones alone; the last are shared evenly."""
    assert chunk_size(0.01, 10_000, 2) == 100
    assert chunk_size(7.0, 10_000, 2) == 1
    assert chunk_size(0.01, 9, 4) == 3
    assert chunk_size(0.0, 9, 2) == 5
