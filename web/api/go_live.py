"""Go-live gates over the API: defined, run as jobs, watched, cancelled, signed; overrides for urgent safety."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from litestar import Response
from litestar.params import PathParameter, QueryParameter
from sqlalchemy import Connection
from sqlmodel import Field, SQLModel

from irt.blinding.actor import Actor
from irt.blinding.roles import DataClass, Permission
from irt.errors import BadInput, NotFound
from irt.reads.blinded_people import place_in
from irt.reads.gates import GateLine, GateRunLine, OverrideLine, gates_of
from irt.reads.unblinded_gates import (
    ResultsLine,
    ScenarioStep,
    ScenarioText,
    gate_courses,
    gate_results,
    gate_run_shown,
    gate_shown,
)
from irt.services.define_gate import DefineGate, define_gate
from irt.services.gate_runs import StartGateRun, cancel_gate_run, start_gate_run
from irt.services.override_gate import override_gate
from irt.services.sign_gate import sign_gate
from irt.services.store import Store
from irt.states.records import Mode
from simulation.replication import EngineName
from web.api.gate import SHOWS
from web.api.limits import NUMBER_MAX
from web.api.operations import (
    Caller,
    Now,
    Records,
    StudyId,
    asked_of_a_worker,
    command,
    file_question,
    question,
    unblinded_question,
)
from web.api.readings import write_down
from web.downloads import MEDIA_TYPES, file_answer, file_name
from web.gates.asking import gate_run_to_start, gate_to_define
from web.gates.comparing import runs_compared
from web.gates.report import run_columns

GateNumber = Annotated[int, PathParameter(ge=1, le=NUMBER_MAX, description="The gate's number in its study.")]
RunNumber = Annotated[int, PathParameter(ge=1, le=NUMBER_MAX, description="The run's number within its gate.")]
_SHOWN = frozenset({DataClass.SUPPLY_BY_TYPE, DataClass.LISTS})
"""Kit types, or whole lists: statisticians who know these may read gates as well as supply."""
_UNBLINDED: dict[str, Any] = {SHOWS: _SHOWN}
RunName = Annotated[
    str, QueryParameter(pattern="^[1-9][0-9]{0,8}[.][1-9][0-9]{0,8}$", description="As 2.1: run 1 of gate 2.")
]
ScenarioName = Annotated[
    str, QueryParameter(pattern="^[A-Za-z0-9._-]{1,64}$", description="As the agreement names it.")
]
_READS, _RUNS = Permission.VIEW_GATE, Permission.RUN_GATE


class HandInGate(SQLModel):
    """An agreement, and the scenarios that it names by the names that it has for them, all as YAML."""

    study_id: int
    version: int | None = Field(default=None, ge=1, le=NUMBER_MAX)
    agreement: str = Field(max_length=200_000)
    scenarios: dict[str, str]
    reason: str = Field(max_length=600)


class RunGate(SQLModel):
    """The gate to run, by which engine."""

    study_id: int
    gate: int = Field(ge=1, le=NUMBER_MAX)
    engine: EngineName = "lean"


@dataclass(frozen=True)
class GatesListed:
    """Gates and overrides, the newest first; whether sites open with a signed gate only."""

    asked: bool
    items: tuple[GateLine, ...]
    overrides: tuple[OverrideLine, ...]


@dataclass(frozen=True)
class GateAgreed:
    """What was agreed, word for word; `gate_id` is its hash, with every scenario and the study within."""

    line: GateLine
    name: str
    title: str
    reason: str
    agreement: str
    scenarios: tuple[ScenarioText, ...]
    gate_id: str
    version_hash: str
    configuration: dict[str, Any]
    configuration_hash: str


@dataclass(frozen=True)
class GateRunAnswer:
    """Where each scenario is; at the end the record with the hash that is signed, or words why there is none."""

    line: GateRunLine
    steps: tuple[ScenarioStep, ...]
    words: str
    record: dict[str, Any] | None
    record_hash: str
    results: tuple[ResultsLine, ...]


@dataclass(frozen=True)
class Compared:
    """One scenario of both runs, as `irt simulate compare` tells it; or words why it cannot be paired."""

    scenario: str
    told: dict[str, Any]
    why_not: str


@dataclass(frozen=True)
class RunsCompared:
    """The two runs, as gate.run, and the scenarios that both have."""

    first: str
    second: str
    scenarios: tuple[Compared, ...]


@question("/studies/{study_id:int}/gates", _READS, "Go-live gates of a study")
def list_gates(study_id: StudyId, caller: Caller, store: Records) -> GatesListed:
    """What each is worth now and why, its runs and verdicts, and who signed."""
    caller.require(_READS, study_id)
    with store.reading_past_wall() as connection:
        found = gates_of(connection, study_id)
    return GatesListed(found.asked, found.lines, found.overrides)


@unblinded_question("/studies/{study_id:int}/gates/{gate:int}", _READS, _SHOWN, "What a gate agrees on")
def show_gate(study_id: StudyId, gate: GateNumber, caller: Caller, store: Records, now: Now) -> GateAgreed:
    """Agreement, scenarios, and depots, lanes and levels that it holds for."""
    with store.reading() as connection:
        told = gate_shown(connection, study_id, gate)
    write_down(store, caller, now, study_id, f"go-live gate {gate}", len(told.scenarios), permission=_READS)
    names = ("line", "name", "title", "reason", "agreement", "scenarios", "version_hash", "configuration_hash")
    return GateAgreed(
        **{name: getattr(told, name) for name in names},
        gate_id=told.identity,
        configuration=told.configuration.plain(),
    )


@unblinded_question(
    "/studies/{study_id:int}/gates/{gate:int}/runs/{run:int}",
    _READS,
    _SHOWN,
    "How far a run of a gate is, and its record",
)
def show_gate_run(
    study_id: StudyId, gate: GateNumber, run: RunNumber, caller: Caller, store: Records, now: Now
) -> GateRunAnswer:
    """Every line with its limit and interval, seeds, versions, and hashes of the tables."""
    with store.reading() as connection:
        told = gate_run_shown(connection, study_id, gate, run)
    if told.record is not None:
        write_down(store, caller, now, study_id, f"go-live gate {gate}, run {run}", 1, permission=_READS)
    record = None if told.record is None else dict(told.record)
    return GateRunAnswer(told.line, told.steps, told.words, record, told.record_hash, told.results)


@unblinded_question("/studies/{study_id:int}/gates/comparison", _READS, _SHOWN, "Two runs of gates side by side")
def compare_gate_runs(
    study_id: StudyId, first: RunName, second: RunName, caller: Caller, store: Records, now: Now
) -> RunsCompared:
    """Second minus first of every measure, replication by replication, with intervals."""
    with store.reading() as connection:
        named = [_run_named(name) for name in (first, second)]
        runs = [gate_run_shown(connection, study_id, *name) for name in named]
        if not all(run.record for run in runs):
            raise BadInput("One of the runs has no verdict. Nothing was compared. Choose runs that ended.")
        columns = [run_columns(connection, study_id, gate, run) for (gate, _), run in zip(named, runs, strict=True)]
    write_down(store, caller, now, study_id, f"go-live runs {first} and {second}", 2, permission=_READS)
    found = runs_compared(runs, columns)
    return RunsCompared(
        first, second, tuple(Compared(each.scenario, dict(each.told or {}), each.why_not) for each in found)
    )


def _run_named(name: str) -> tuple[int, int]:
    gate, _, run = name.partition(".")
    return int(gate), int(run)


@file_question("/studies/{study_id:int}/gates/{gate:int}/runs/{run:int}/results.parquet",
               "Every replication of a scenario", _READS, _SHOWN)  # fmt: skip
def take_gate_results(
    study_id: StudyId,
    gate: GateNumber,
    run: RunNumber,
    scenario: ScenarioName,
    caller: Caller,
    store: Records,
    now: Now,
) -> Response[bytes]:
    """A row each, a column each measure: what the verdict rests on."""
    with store.reading() as connection:
        table = gate_results(connection, study_id, gate, run, scenario)
    return _table(store, caller, now, study_id, f"gate_{gate}_run_{run}_{scenario}", table)


@file_question("/studies/{study_id:int}/gates/{gate:int}/runs/{run:int}/courses.parquet",
               "Replications by site, visit and period", _READS, _SHOWN)  # fmt: skip
def take_gate_courses(
    study_id: StudyId,
    gate: GateNumber,
    run: RunNumber,
    scenario: ScenarioName,
    caller: Caller,
    store: Records,
    now: Now,
) -> Response[bytes]:
    """What the plots by site, visit and week are drawn from."""
    with store.reading() as connection:
        tables = gate_courses(connection, study_id, gate, run)
    if scenario not in tables:
        raise NotFound(f"Run {run} of gate {gate} has no courses of a scenario {scenario}. Ask again later.")
    return _table(store, caller, now, study_id, f"gate_{gate}_run_{run}_{scenario}_courses", tables[scenario])


def _table(store: Store, caller: Actor, now: datetime, study_id: int, name: str, table: bytes) -> Response[bytes]:
    write_down(store, caller, now, study_id, name.replace("_", " "), 1, permission=_READS)
    with store.reading() as connection:
        place = place_in(connection, caller, study_id, None)
    mode = Mode.PRODUCTION if place is None else place.mode
    return file_answer(table, file_name(name, mode, now, "parquet"), MEDIA_TYPES["parquet"])


def hand_in_gate(connection: Connection, ask: HandInGate) -> DefineGate:
    """Agrees on a gate for an approved version, the newest where none is named; earlier ones of it are void."""
    return gate_to_define(connection, ask.study_id, ask.agreement, ask.scenarios, ask.reason, ask.version)


def run_gate(connection: Connection, ask: RunGate) -> StartGateRun:
    """Runs a gate as a job; what an earlier run did is not done again."""
    return gate_run_to_start(ask.study_id, ask.gate, ask.engine)


_AGREEMENT = (
    "name: opening\nscenarios: [steady.yaml]\nlooks: [250, 500]\nlimits:\n"
    "  - {name: missed per visit, figure: per, measure: missed, per: visits, below: 0.005}\n"
)
_SCENARIO = "name: steady\nstudy: version\nhorizon_days: 365\nenrolment: {screened_per_site_month: 1}\n"
_SIGNING = {"password": "the owner's password", "code": "123456"}
OPERATIONS = (
    list_gates,
    show_gate,
    show_gate_run,
    compare_gate_runs,
    take_gate_results,
    take_gate_courses,
    asked_of_a_worker(
        "/gates/define",
        hand_in_gate,
        define_gate,
        _RUNS,
        "Agree on a go-live gate",
        {
            "study_id": 1,
            "agreement": _AGREEMENT,
            "scenarios": {"steady.yaml": _SCENARIO},
            "reason": "Before the first site",
        },
        **_UNBLINDED,
    ),
    asked_of_a_worker(
        "/gates/run", run_gate, start_gate_run, _RUNS, "Run a go-live gate, as a job", {"study_id": 1, "gate": 1}
    ),
    command(
        "/gates/cancel",
        cancel_gate_run,
        _RUNS,
        "Stop a run of a gate; what is done is kept",
        {"study_id": 1, "gate": 1, "run": 2},
    ),
    command(
        "/gates/sign",
        sign_gate,
        Permission.SIGN_GATE,
        "Sign a gate that passed",
        {"study_id": 1, "gate": 1, "run": 2, "hash": "b9d0" * 16, "signing": _SIGNING},
    ),
    command(
        "/gates/override",
        override_gate,
        Permission.SIGN_GATE,
        "Let a version go live without its gate for some days, for urgent safety",
        {
            "study_id": 1,
            "version": 2,
            "reason": "The dose in force is unsafe",
            "ends_on": "2026-06-30",
            "signing": _SIGNING,
        },
    ),
)
