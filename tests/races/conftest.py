"""Threads and processes to race in."""

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from tests.processes import fresh
from tests.races.people import warm


@pytest.fixture(scope="session")
def processes() -> Iterator[Executor]:
    """Two processes that have started."""
    with ProcessPoolExecutor(2, mp_context=fresh()) as pool:
        list(pool.map(warm, range(2)))
        yield pool


@pytest.fixture(params=["threads", "processes"])
def people(request: pytest.FixtureRequest) -> Iterator[Executor]:
    """Two people in one process, then in one each."""
    if request.param == "processes":
        yield request.getfixturevalue("processes")
        return
    with ThreadPoolExecutor(2) as pool:
        yield pool
