"""The report on a run of a gate that is kept: made of its tables of replications, as from a directory."""

from collections.abc import Mapping
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection

from irt.errors import BadInput
from irt.reads.unblinded_gates import GateRunShown, gate_courses, gate_results, gate_shown
from simulation.gate.reading import Agreed
from simulation.report.beside import points_beside, tables_beside, tornado_beside
from simulation.report.courses import KIND, Courses, courses_in
from simulation.report.report import Beside, Made, Report, gate_report
from simulation.run.summary import Columns, columns_of
from simulation.run.table import read_table
from web.gates.reading import agreed_as_shown


class ResultsUnreadable(BadInput):
    """Whoever carried a run out elsewhere handed in something else than a table."""

    def __init__(self, scenario: str) -> None:
        super().__init__(
            f"The results of the scenario {scenario} are no Parquet table. Nothing was shown. "
            "Ask whoever handed the run in, and carry it out again."
        )


def run_columns(connection: Connection, study_id: int, gate: int, shown: GateRunShown) -> dict[str, Columns]:
    """Every scenario's replications by its name, each measure as an array; ResultsUnreadable."""
    return {
        each.scenario: _columns(
            each.scenario, gate_results(connection, study_id, gate, shown.line.number, each.scenario)
        )
        for each in shown.results
    }


def _columns(scenario: str, results: bytes) -> Columns:
    try:
        return columns_of(read_table(BytesIO(results)))
    except pa.ArrowInvalid:
        raise ResultsUnreadable(scenario) from None


def report_on_run(
    connection: Connection,
    study_id: int,
    gate: int,
    shown: GateRunShown,
    plans: Mapping[str, Columns] | None = None,
) -> Report:
    """Of a run with a verdict, `plans` beside it; GateOfAnotherRelease where this release reads it otherwise."""
    agreed = agreed_as_shown(connection, study_id, gate_shown(connection, study_id, gate))
    made = Made(
        seed=agreed.agreement.seed,
        engine=shown.line.engine,
        software=shown.line.software,
        started=shown.line.at.isoformat(timespec="seconds"),
        results={each.scenario: each.sha256 for each in shown.results},
    )
    tables = gate_courses(connection, study_id, gate, shown.line.number)
    record = shown.record or {}
    beside = Beside(
        courses=_courses(agreed, tables),
        plans=plans or {},
        points=points_beside(record),
        tornado=tornado_beside(record),
        tables=tables_beside(record),
    )
    return gate_report(agreed, run_columns(connection, study_id, gate, shown), made, beside)


def _courses(agreed: Agreed, tables: Mapping[str, bytes]) -> dict[str, Courses]:
    """By scenario; tables of another format are left out, for what was kept is never written anew."""
    return {
        scenario.name: courses_in(scenario, BytesIO(tables[scenario.name]))
        for scenario in agreed.scenarios
        if scenario.name in tables and _format_of(tables[scenario.name]) == KIND.format
    }


def _format_of(table: bytes) -> str:
    told = pq.read_schema(BytesIO(table)).metadata or {}
    return bytes(told.get(b"format", b"")).decode()
