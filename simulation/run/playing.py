"""Runs of several scenarios: a directory each, made longer when more is asked, taken up where a crash left them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

from simulation.replication import EngineName
from simulation.run.ask import Ask
from simulation.run.directory import RESULTS, Directory
from simulation.run.executor import Watch
from simulation.run.run import Means, run
from simulation.run.summary import Columns, columns_of
from simulation.run.table import read_table
from simulation.spec.scenario import Scenario


@dataclass(slots=True)
class Playing:
    """Where scenarios are played and by whom; `reports` are the last one of each, by the name of its directory."""

    seed: int
    engine: EngineName
    out: Path
    means: Means
    started: datetime
    watch: Watch
    name_of: Callable[[Scenario], str] = attrgetter("name")
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    cpu_seconds: float = 0.0

    def play(self, scenario: Scenario, replications: int) -> Columns | None:
        """All replications from 0 on, at least as many as are asked for; None when stopped before."""
        name = self.name_of(scenario)
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
