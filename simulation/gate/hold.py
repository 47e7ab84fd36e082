"""A gate held: every scenario is run from look to look until it is clear, and one verdict follows from all."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulation.analysis.arrays import Numbers
from simulation.analysis.boundaries import Verdict
from simulation.analysis.reviews import review
from simulation.analysis.verdict import Statement, whole_of
from simulation.gate.reading import Agreed
from simulation.spec.scenario import Scenario

Columns = Mapping[str, Numbers]
Play = Callable[[Scenario, int], Columns | None]
"""A scenario and a number of replications to the columns of them all, from index 0; None when it was stopped."""


class Stopped(Exception):
    """A run was stopped before its look."""


@dataclass(frozen=True, slots=True)
class Held:
    """One scenario's statement, and the columns it was made on."""

    scenario: Scenario
    statement: Statement
    columns: Columns
    replications: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole gate: it passes when every scenario does, and fails when any does.

    `false_pass` and `false_fail` are the chances at most of either being wrong, over scenarios, lines and looks.
    """

    verdict: Verdict
    false_pass: float
    false_fail: float
    held: tuple[Held, ...]


def hold(agreed: Agreed, play: Play) -> Outcome:
    """Runs and judges all scenarios in order. Raises: Stopped."""
    held = tuple(_held(agreed, scenario, play) for scenario in agreed.scenarios)
    statements = [each.statement for each in held]
    return Outcome(
        whole_of([statement.verdict for statement in statements]),
        max(statement.false_pass for statement in statements),
        min(sum(statement.false_fail for statement in statements), 1.0),
        held,
    )


def _held(agreed: Agreed, scenario: Scenario, play: Play) -> Held:
    for look, columns in _played(agreed, scenario, play):
        seen = {name: values[:look] for name, values in columns.items()}
        statement = review(agreed.agreement.judged, agreed.agreement.reviews, seen)
        if statement is not None:
            return Held(scenario, statement, seen, look)
    raise Stopped(scenario.name)


def _played(agreed: Agreed, scenario: Scenario, play: Play) -> Iterator[tuple[int, Columns]]:
    for look in agreed.agreement.looks:
        columns = play(scenario, look)
        if columns is None:
            return
        yield look, columns


def record_of(agreed: Agreed, outcome: Outcome) -> dict[str, Any]:
    """As it is written to JSON: what was agreed and by which hash, the verdict, and each line."""
    return {
        "gate": agreed.agreement.name,
        "gate_id": agreed.identity,
        "seed": agreed.agreement.seed,
        "looks": list(agreed.agreement.looks),
        "spending": agreed.agreement.spending,
        "verdict": outcome.verdict,
        "false_pass": outcome.false_pass,
        "false_fail": outcome.false_fail,
        "scenarios": [
            {"scenario": each.scenario.name, "scenario_id": each.scenario.hash, "replications": each.replications}
            | each.statement.record()
            for each in outcome.held
        ],
    }
