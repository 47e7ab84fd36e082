"""The yardstick of backends does the work that backends do."""

import psutil
import pytest

from simulation.run.backends.loky import Loky
from simulation.run.chunks import chunks_of
from tests.bench.simulation_backends import WARM, Plain, cost_of_a_chunk, cpu_seconds
from tests.simulation.run.stand_in import play


@pytest.mark.slow
def test_plain_processes_come_to_the_same() -> None:
    """Every chunk once, and no process is left."""
    chunks = chunks_of(range(10), 3)
    told = {worked.chunk: worked.replications for worked in Plain(2).work_off(play, chunks)}
    assert told == {worked.chunk: worked.replications for worked in Loky(1).work_off(play, chunks)}
    assert all("spawn_main" not in " ".join(each.cmdline()) for each in psutil.Process().children())


def test_the_meter_takes_what_lies_amid_the_work() -> None:
    """Processor time goes up, and each chunk that is measured is paid for."""
    before = cpu_seconds()
    cost, first = cost_of_a_chunk(Loky(1), play, chunks_of(range(2 * WARM + 4), 1))
    assert cpu_seconds() >= before
    assert cost >= 0
    assert first > 0
