"""Runs of several scenarios: a directory each, made longer when more is asked, taken up where a crash left them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from simulation.replication import EngineName
from simulation.run.ask import Ask, software
from simulation.run.directory import RESULTS, Directory
from simulation.run.executor import Watch
from simulation.run.run import Means, made_with, run
from simulation.run.summary import Columns, columns_of
from simulation.run.table import read_table
from simulation.spec.scenario import Scenario

OF_A_HASH = 16
"""So much of a scenario's hash names its directory."""


def by_hash(scenario: Scenario, seed: int) -> str:
    """A name that tells scenarios of one name apart, and runs of one scenario by their seeds."""
    return f"{scenario.hash[:OF_A_HASH]}-{seed}"


def by_name(scenario: Scenario, seed: int) -> str:
    """The scenario's own name."""
    del seed
    return scenario.name


@dataclass(slots=True)
class Playing:
    """Where scenarios are played and by whom; `reports` are the last one of each, by the name of its directory."""

    seed: int
    engine: EngineName
    out: Path
    means: Means
    started: datetime
    watch: Watch
    name_of: Callable[[Scenario, int], str] = by_name
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    cpu_seconds: float = 0.0

    def made(self) -> dict[str, Any]:
        """What answers were made with, and where the runs are."""
        asked = {"seed": self.seed, "engine": self.engine, "software": software()}
        return asked | made_with(self.means, self.out, self.started) | {"cpu_seconds": round(self.cpu_seconds, 3)}

    def play(self, scenario: Scenario, replications: int) -> Columns | None:
        """All replications from 0 on, at least as many as are asked for; None when stopped before."""
        name = self.name_of(scenario, self.seed)
        folder = self.out / name
        asked = max(replications, _begun(folder))
        report = run(Ask(scenario, self.seed, asked, self.engine), folder, self.means, self.started, self.watch)
        self.cpu_seconds += report["cpu_seconds"]
        self.reports[name] = report
        if report["done"] < asked:
            return None
        return columns_of(read_table(folder / RESULTS))


def _begun(folder: Path) -> int:
    """How many replications an earlier run there went on to."""
    return max(Directory(folder, {}).indexes(), default=-1) + 1
