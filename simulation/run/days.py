"""Days of the first replications of a run: played again with every day kept, a row of lists each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from irt.errors import IntegrityFault
from simulation.arrays import Ints
from simulation.record import DAYS
from simulation.replication import EngineName, replicate
from simulation.run.ask import Ask
from simulation.run.beside import Kind, played_beside
from simulation.run.executor import Watch
from simulation.run.run import Means
from simulation.spec.scenario import Scenario

KIND = Kind("days", "irt-simulation-days/1")


@dataclass(frozen=True, slots=True)
class DaysOfOne:
    """One replication by the series of `DAYS`; those by site lie one site after the other."""

    index: int
    measures: Mapping[str, Ints]


def play_days(scenario: Scenario, seed: int, index: int, engine: EngineName = "reference") -> DaysOfOne:
    """The days of replication `index`, as the run played it."""
    days = replicate(scenario, seed, index, engine, keep_days=True).days
    if days is None:
        raise IntegrityFault(f"days of replication {index} were not kept")
    return DaysOfOne(index, {name: days[name].ravel() for name in DAYS})


def played_days(ask: Ask, run: Path, means: Means, watch: Watch) -> bool:
    """Plays what is missing of the first `ask.replications`, beside the run; whether all are there."""
    job = partial(play_days, ask.scenario, ask.seed, engine=ask.engine)
    return played_beside(KIND, job, ask, run, means, watch)
