"""A report on trials that were played: of a gate with its verdict, or of one run without."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from simulation.analysis.boundaries import Verdict
from simulation.analysis.causes import Part, Step, misses_by_cause, overage_by_cause, waterfall
from simulation.analysis.estimate import Estimate
from simulation.analysis.frontier import Figures, Point, frontier
from simulation.analysis.refusals import UnusableReplications
from simulation.analysis.verdict import Statement
from simulation.analysis.worst import Worst, worst_of
from simulation.gate.hold import Columns, Held, hold
from simulation.gate.reading import Agreed
from simulation.report.courses import Courses
from simulation.report.spread import Spread, spread_of
from simulation.report.tables import SideTable
from simulation.report.tornado import Tornado
from simulation.report.traces import Trace, traces
from simulation.run.ask import Ask
from simulation.run.summary import first_figures
from simulation.spec.scenario import Scenario

SPREADS = ("missed", "cost_total", "kits_made", "kits_shipped", "completion_day")
"""Whose spread is drawn, where it varies at all."""


@dataclass(frozen=True, slots=True)
class Made:
    """What the answers were made with; `results` are the SHA-256 of each scenario's table, by its name."""

    seed: int
    engine: str
    software: str
    started: str
    results: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one scenario. `figures` are by name, None where too few replications tell them."""

    scenario: Scenario
    replications: int
    statement: Statement | None
    traces: tuple[Trace, ...]
    figures: Mapping[str, Estimate | None]
    misses: tuple[Part, ...]
    waste: tuple[Part, ...]
    spreads: tuple[Spread, ...]
    worst: tuple[Worst, ...]
    courses: Courses | None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The waterfall of kits that nobody got, per kit that somebody did."""
        return waterfall(self.waste) if self.waste else ()


@dataclass(frozen=True, slots=True)
class Report:
    """The whole. `identity` is the hash of all that was agreed, or of the scenario; no verdict without a gate."""

    name: str
    title: str
    identity: str
    made: Made
    told: tuple[Told, ...]
    points: tuple[Point, ...]
    agreed: Agreed | None = None
    verdict: Verdict | None = None
    false_pass: float | None = None
    false_fail: float | None = None
    tornado: Tornado | None = None
    tables: tuple[SideTable, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What may stand beside the results: courses by scenario, columns or figures of plans, a tornado, tables."""

    courses: Mapping[str, Courses | None] = field(default_factory=dict)
    plans: Mapping[str, Columns] = field(default_factory=dict)
    points: Mapping[str, Figures] = field(default_factory=dict)
    tornado: Tornado | None = None
    tables: tuple[SideTable, ...] = ()


def gate_report(agreed: Agreed, columns: Mapping[str, Columns], made: Made, beside: Beside) -> Report:
    """Of a gate held; `columns` of each scenario by name, of all replications. Raises: Stopped before its end."""
    outcome = hold(agreed, lambda scenario, look: _as_many(columns[scenario.name], look))
    return Report(
        name=agreed.agreement.name,
        title=agreed.agreement.title,
        identity=agreed.identity,
        made=made,
        told=tuple(_held(agreed, held, made.seed, beside) for held in outcome.held),
        points=frontier(
            {**{held.scenario.name: held.columns for held in outcome.held}, **beside.plans}, beside.points
        ),
        agreed=agreed,
        verdict=outcome.verdict,
        false_pass=outcome.false_pass,
        false_fail=outcome.false_fail,
        tornado=beside.tornado,
        tables=beside.tables,
    )


def run_report(ask: Ask, columns: Columns, made: Made, beside: Beside) -> Report:
    """Of a run without a gate."""
    told = _told(ask.scenario, columns, made.seed, beside)
    return Report(
        name=ask.scenario.name,
        title=ask.scenario.title,
        identity=ask.scenario.hash,
        made=made,
        told=(told,),
        points=frontier({ask.scenario.name: columns, **beside.plans}),
        tornado=beside.tornado,
        tables=beside.tables,
    )


def _as_many(columns: Columns, look: int) -> Columns | None:
    return columns if len(columns["missed"]) >= look else None


def _held(agreed: Agreed, held: Held, seed: int, beside: Beside) -> Told:
    shown = traces(agreed.agreement, held.columns)
    return _told(held.scenario, held.columns, seed, beside, held.statement, shown)


def _told(
    scenario: Scenario,
    columns: Columns,
    seed: int,
    beside: Beside,
    statement: Statement | None = None,
    shown: tuple[Trace, ...] = (),
) -> Told:
    spreads = (spread_of(name, columns[name]) for name in SPREADS)
    return Told(
        scenario=scenario,
        replications=len(columns["missed"]),
        statement=statement,
        traces=shown,
        figures=first_figures({name: np.asarray(values) for name, values in columns.items()}),
        misses=_came_up(columns, misses_by_cause),
        waste=_came_up(columns, overage_by_cause),
        spreads=tuple(spread for spread in spreads if len(spread.counts) > 1),
        worst=worst_of(columns["missed"], seed),
        courses=beside.courses.get(scenario.name),
    )


def _came_up(columns: Columns, by_cause: Callable[[Columns], tuple[Part, ...]]) -> tuple[Part, ...]:
    """The causes that came up at all; none where too few replications, or no visits, tell them."""
    try:
        return tuple(part for part in by_cause(columns) if part.count)
    except UnusableReplications:
        return ()
