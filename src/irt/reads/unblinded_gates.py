"""Go-live gates in full, for the people who may know kit types: what was agreed, how far a run is, its record."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, func, select

from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.reads.gates import GateLine, GateRunLine, gate_line
from irt.reads.supply_configuration import supply_configuration
from irt.reads.unblinded_versions import definition_of_version
from irt.states.records import Mode, VersionStatus
from irt.study.definition import StudyDefinition
from irt.study.supply_configuration import SupplyConfiguration, configured
from irt.tables.columns import table_of
from irt.tables.gate import GateRun, GoLiveGate
from irt.tables.secret import GateContent, GateCourses, GatePart, GateRecord, GateResults
from irt.tables.study import Study, StudyVersion


@dataclass(frozen=True)
class GateMatter(UnblindedView):
    """What a gate of a version would be bound to now: the version with its supply as last decided."""

    protocol: str
    mode: Mode
    version: int
    version_hash: str
    definition: StudyDefinition
    configuration: SupplyConfiguration


@dataclass(frozen=True)
class ScenarioText(UnblindedView):
    """A scenario as it was handed in, under the name that the agreement has for it."""

    file: str
    name: str
    text: str
    hash: str


@dataclass(frozen=True)
class GateShown(UnblindedView):
    """What was agreed, word for word, and the hashes of what it holds for."""

    line: GateLine
    name: str
    title: str
    reason: str
    agreement: str
    scenarios: tuple[ScenarioText, ...]
    looks: tuple[int, ...]
    identity: str
    version_hash: str
    configuration: SupplyConfiguration
    configuration_hash: str


@dataclass(frozen=True)
class ScenarioStep(UnblindedView):
    """How far one scenario is: replications done, and the look at which it is judged next; None: at the end."""

    scenario: str
    done: int
    look: int | None


@dataclass(frozen=True)
class ResultsLine(UnblindedView):
    """The table of replications that a scenario's verdict rests on."""

    scenario: str
    replications: int
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class GateRunShown(UnblindedView):
    """A run: where each scenario is, and at its end the record with its hash, or words why there is none."""

    line: GateRunLine
    steps: tuple[ScenarioStep, ...]
    words: str
    record: Mapping[str, Any] | None
    record_hash: str
    results: tuple[ResultsLine, ...]


_GATES, _RUNS, _CONTENTS = table_of(GoLiveGate), table_of(GateRun), table_of(GateContent)
_PARTS, _RECORDS, _RESULTS = table_of(GatePart), table_of(GateRecord), table_of(GateResults)
_COURSES = table_of(GateCourses)
_VERSIONS, _STUDIES = table_of(StudyVersion), table_of(Study)
_STUDY: BindParameter[int] = bindparam("study_id")
_VERSION = (
    select(_VERSIONS.c.number, _VERSIONS.c.salted_digest, _STUDIES.c.protocol, _STUDIES.c.mode)
    .join(_STUDIES, _STUDIES.c.id == _VERSIONS.c.study_id)
    .where(_VERSIONS.c.study_id == _STUDY, _VERSIONS.c.status == VersionStatus.APPROVED)
    .order_by(_VERSIONS.c.number.desc())
)
_CONTENT = (
    select(_CONTENTS)
    .join(_GATES, _GATES.c.id == _CONTENTS.c.gate_id)
    .where(_GATES.c.study_id == _STUDY, _GATES.c.number == bindparam("gate"))
)
_RUN = (
    select(_RUNS.c.id, _RUNS.c.gate_id, _RUNS.c.engine, _RUNS.c.software)
    .join(_GATES, _GATES.c.id == _RUNS.c.gate_id)
    .where(_GATES.c.study_id == _STUDY, _GATES.c.number == bindparam("gate"), _RUNS.c.number == bindparam("run"))
)
_RECORD = select(_RECORDS.c.record, _RECORDS.c.hash, _RECORDS.c.words).where(
    _RECORDS.c.run_id == bindparam("run_id")
)
_OF_RUN = (
    select(
        _RESULTS.c.scenario,
        _RESULTS.c.replications,
        _RESULTS.c.sha256,
        func.length(_RESULTS.c.content).label("size_bytes"),
    )
    .where(_RESULTS.c.run_id == bindparam("run_id"))
    .order_by(_RESULTS.c.id)
)
_TABLE = select(_RESULTS.c.content).where(
    _RESULTS.c.run_id == bindparam("run_id"), _RESULTS.c.scenario == bindparam("scenario")
)
_OF_COURSES = select(_COURSES.c.scenario, _COURSES.c.content).where(_COURSES.c.run_id == bindparam("run_id"))
_KEPT = (
    select(_PARTS.c.scenario, func.sum(_PARTS.c.last - _PARTS.c.first + 1).label("done"))
    .where(_PARTS.c.gate_id == bindparam("gate_id"), _PARTS.c.engine == bindparam("engine"))
    .where(_PARTS.c.software == bindparam("software"))
    .group_by(_PARTS.c.scenario)
)


def gate_matter(connection: Connection, study_id: int, number: int | None = None) -> GateMatter:
    """Of an approved version, the newest where none is named; NotFound where there is none."""
    one = _VERSION if number is None else _VERSION.where(_VERSIONS.c.number == number)
    row = connection.execute(one.limit(1), {"study_id": study_id}).first()
    if row is None:
        raise NotFound("There is no such approved version. Have the version approved first.")
    configuration = supply_configuration(connection, study_id)
    definition = configured(definition_of_version(connection, study_id, row.number), configuration)
    return GateMatter(row.protocol, Mode(row.mode), row.number, row.salted_digest, definition, configuration)


def gate_shown(connection: Connection, study_id: int, number: int) -> GateShown:
    """One gate; NotFound where the study has none of that number."""
    line = gate_line(connection, study_id, number)
    row = connection.execute(_CONTENT, {"study_id": study_id, "gate": number}).mappings().one()
    return GateShown(
        line=line,
        **{name: row[name] for name in ("name", "title", "reason", "agreement", "identity", "version_hash")},
        scenarios=tuple(ScenarioText(**each) for each in row["scenarios"]),
        looks=tuple(row["looks"]),
        configuration=SupplyConfiguration.model_validate(row["configuration"]),
        configuration_hash=row["configuration_hash"],
    )


def gate_run_shown(connection: Connection, study_id: int, gate: int, run: int) -> GateRunShown:
    """One run of a gate; NotFound where it has none of that number."""
    shown, row = gate_shown(connection, study_id, gate), _found(connection, study_id, gate, run)
    told = connection.execute(_RECORD, {"run_id": row["id"]}).mappings().first()
    results = connection.execute(_OF_RUN, {"run_id": row["id"]}).mappings()
    record = json.loads(told["record"]) if told is not None and told["record"] else None
    return GateRunShown(
        line=next(line for line in shown.line.runs if line.number == run),
        steps=_steps(connection, shown, row, record),
        words="" if told is None else told["words"],
        record=record,
        record_hash="" if told is None else told["hash"],
        results=tuple(ResultsLine(**each) for each in results),
    )


def gate_results(connection: Connection, study_id: int, gate: int, run: int, scenario: str) -> bytes:
    """The Parquet table of a scenario's replications; NotFound where there is none."""
    row = _found(connection, study_id, gate, run)
    found = connection.execute(_TABLE, {"run_id": row["id"], "scenario": scenario}).scalar()
    if found is None:
        raise NotFound(f"Run {run} of gate {gate} has no results of a scenario {scenario}. Look at its page.")
    return bytes(found)


def gate_courses(connection: Connection, study_id: int, gate: int, run: int) -> dict[str, bytes]:
    """Parquet tables of courses by their scenario, of those that are kept; NotFound where there is no such run."""
    row = _found(connection, study_id, gate, run)
    return {each.scenario: bytes(each.content) for each in connection.execute(_OF_COURSES, {"run_id": row["id"]})}


def _found(connection: Connection, study_id: int, gate: int, run: int) -> RowMapping:
    row = connection.execute(_RUN, {"study_id": study_id, "gate": gate, "run": run}).mappings().first()
    if row is None:
        raise NotFound(f"Gate {gate} has no run {run}. Look at its page.")
    return row


def _steps(
    connection: Connection, shown: GateShown, run: RowMapping, record: Mapping[str, Any] | None
) -> tuple[ScenarioStep, ...]:
    if record is not None:
        return tuple(ScenarioStep(each["scenario"], each["replications"], None) for each in record["scenarios"])
    asked = {name: run[name] for name in ("gate_id", "engine", "software")}
    kept = {row.scenario: int(row.done) for row in connection.execute(_KEPT, asked)}
    done = [(scenario.name, kept.get(scenario.name, 0)) for scenario in shown.scenarios]
    return tuple(
        ScenarioStep(name, count, next((look for look in shown.looks if look > count), shown.looks[-1]))
        for name, count in done
    )
