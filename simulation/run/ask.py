"""What is asked of a run, and how it is told in its manifest, its table and its report."""

import platform
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version

from simulation.replication import EngineName, replicate
from simulation.run.work import Job
from simulation.spec.scenario import Scenario

FORMAT = "irt-simulation-run/1"
PACKAGES = ("irt", "numpy", "scipy", "simpy", "numba", "ortools")
"""Those whose version may change what a replication gives."""


@dataclass(frozen=True, slots=True)
class Ask:
    """So many replications of a scenario, from index 0 on."""

    scenario: Scenario
    seed: int
    replications: int
    engine: EngineName

    def first(self, replications: int) -> "Ask":
        """The same of so many replications, or of as many as there are."""
        return replace(self, replications=min(replications, self.replications))

    @property
    def job(self) -> Job:
        """What each worker carries out."""
        return partial(replicate, self.scenario, self.seed, engine=self.engine)

    @property
    def about(self) -> dict[str, str]:
        """What makes two runs the same: only then may one take up what the other left."""
        return {
            "format": FORMAT,
            "scenario": self.scenario.name,
            "scenario_id": self.scenario.hash,
            "seed": str(self.seed),
            "engine": self.engine,
            "software": software(),
        }


def software() -> str:
    """Names and versions, as in `irt 0.1.0, numpy 2.3.1`."""
    named = [f"python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]
    return ", ".join(named)
