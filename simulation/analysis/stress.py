"""The stress matrix: every policy under every scenario, each held against the same limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulation.analysis.arrays import Numbers
from simulation.analysis.boundaries import Verdict
from simulation.analysis.limits import Limit
from simulation.analysis.verdict import Statement, judge_all


@dataclass(frozen=True, slots=True)
class Cell:
    """One policy under one scenario."""

    scenario: str
    policy: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class StressMatrix:
    """All cells, scenario by scenario in the order given; `holding` are the policies that pass under every one."""

    cells: tuple[Cell, ...]

    @property
    def holding(self) -> tuple[str, ...]:
        """Policies without a cell that does not pass."""
        broken = {cell.policy for cell in self.cells if cell.statement.verdict is not Verdict.PASS}
        return tuple(dict.fromkeys(cell.policy for cell in self.cells if cell.policy not in broken))


def stress_matrix(limits: Sequence[Limit], runs: Mapping[tuple[str, str], Mapping[str, Numbers]]) -> StressMatrix:
    """Judges the run of each (scenario, policy); each run is its columns, shape (n,). Raises: UnusableGate."""
    return StressMatrix(
        tuple(Cell(scenario, policy, judge_all(limits, run)) for (scenario, policy), run in runs.items())
    )
