"""Finished runs and gates read from their directories, with the courses beside them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulation.gate.kept import STATEMENT, kept_gate
from simulation.gate.reading import Agreed
from simulation.report.beside import points_beside, tables_beside, tornado_beside
from simulation.report.courses import read_courses
from simulation.report.report import Beside, Made, Report, gate_report, run_report
from simulation.report.tables import SideTable
from simulation.report.tornado import read_tornado
from simulation.run.ask import Ask
from simulation.run.compared import finished
from simulation.run.directory import REPORT
from simulation.run.refusals import UnusableRun
from simulation.run.run import SCENARIO
from simulation.run.summary import Columns
from simulation.spec.reading import read_scenario

SENSITIVITY = "sensitivity.json"


@dataclass(frozen=True, slots=True)
class Done:
    """A finished gate with its statement, or a run (`agreed` is None): what was asked, and where it lies."""

    agreed: Agreed | None
    asks: tuple[tuple[Ask, Path], ...]
    made: Made
    statement: Mapping[str, Any] = field(default_factory=dict)


def read_done(path: Path) -> Done:
    """The directory of a gate or of a run; UnusableRun where there is neither, or it is not done."""
    for file, reading in ((STATEMENT, _gate), (REPORT, _run)):
        if (path / file).exists():
            return reading(path, json.loads((path / file).read_text(encoding="utf-8")))
    raise UnusableRun(
        f"{path} holds no finished gate and no finished run. Name the --out of `irt simulate gate` or of a run."
    )


def report_on(
    done: Done, plans: Iterable[Path], sensitivity: Path | None, tables: Iterable[SideTable] = ()
) -> Report:
    """The report, with further runs as points beside it, a tornado where one was played, and further tables."""
    columns = {ask.scenario.name: finished(folder).measures for ask, folder in done.asks}
    beside = Beside(
        courses={ask.scenario.name: read_courses(ask.scenario, folder) for ask, folder in done.asks},
        plans={plan.name: finished(plan).measures for plan in plans},
        points=points_beside(done.statement),
        tornado=tornado_beside(done.statement) if sensitivity is None else read_tornado(sensitivity / SENSITIVITY),
        tables=(*tables_beside(done.statement), *tables),
    )
    if done.agreed is not None:
        return gate_report(done.agreed, columns, done.made, beside)
    ask, _ = done.asks[0]
    return run_report(ask, _first(columns), done.made, beside)


def _first(columns: Mapping[str, Columns]) -> Columns:
    return next(iter(columns.values()))


def _gate(path: Path, told: Mapping[str, Any]) -> Done:
    held = {each["scenario"]: each["replications"] for each in told["scenarios"]}
    agreed = kept_gate(path, list(held))
    if agreed.identity != told["gate_id"]:
        raise UnusableRun(f"What {path} says was agreed is not what was held. Hold the gate again, elsewhere.")
    asks = (Ask(each, told["seed"], held[each.name], told["engine"]) for each in agreed.scenarios)
    runs = tuple((ask, path / ask.scenario.name) for ask in asks)
    return Done(agreed, runs, _made(told, told["results"]), told)


def _run(path: Path, told: Mapping[str, Any]) -> Done:
    ask = Ask(read_scenario(path / SCENARIO), told["seed"], told["replications"], told["engine"])
    return Done(None, ((ask, path),), _made(told, {ask.scenario.name: told["results_sha256"]}))


def _made(told: Mapping[str, Any], results: Mapping[str, str]) -> Made:
    return Made(told["seed"], told["engine"], told["software"], told["started"], results)
