"""Two runs of gates held against each other: every scenario that both have, under the same chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from irt.reads.unblinded_gates import GateRunShown
from simulation.run.compared import Finished, NotPaired, compared
from simulation.run.summary import Columns


@dataclass(frozen=True, slots=True)
class ScenarioCompared:
    """One scenario of both: what `irt simulate compare` tells, or words why it cannot be paired."""

    scenario: str
    told: Mapping[str, Any] | None
    why_not: str = ""


def runs_compared(
    runs: Sequence[GateRunShown], columns: Sequence[Mapping[str, Columns]]
) -> tuple[ScenarioCompared, ...]:
    """Of two runs with verdicts: the same replication of each met the same chance. `columns`: by scenario."""
    first, second = columns
    return tuple(_paired(name, runs, columns) for name in first if name in second)


def _paired(name: str, runs: Sequence[GateRunShown], columns: Sequence[Mapping[str, Columns]]) -> ScenarioCompared:
    one, other = (_finished(run, name, each[name]) for run, each in zip(runs, columns, strict=True))
    try:
        return ScenarioCompared(name, compared(one, other))
    except NotPaired as refusal:
        return ScenarioCompared(name, None, refusal.sentence)


def _finished(run: GateRunShown, scenario: str, columns: Columns) -> Finished:
    record = run.record or {}
    one = next(each for each in record["scenarios"] if each["scenario"] == scenario)
    about = {
        "seed": record["seed"],
        "scenario": scenario,
        "scenario_id": one["scenario_id"],
        "engine": run.line.engine,
    }
    return Finished(about, columns)
