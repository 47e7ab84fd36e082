"""The record of a run that came to a verdict, with the replications it rests on: kept by its hash, to be signed."""

import hashlib
import json
from typing import Any, NoReturn

from sqlalchemy import RowMapping
from sqlmodel import Field, SQLModel

from irt.audit.chain import canonical
from irt.errors import IntegrityFault
from irt.services.audit_draft import AuditDraft
from irt.services.gate_runs import clear_parts, close_gate_run, lock_gate_run
from irt.services.gates import gate_numbered, require_may_gate
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.states.gate import GateVerdict
from irt.states.plan import RunEvent
from irt.tables.secret import GateRecord, GateResults


class ScenarioResults(SQLModel):
    """The table of a scenario's replications, as Parquet."""

    scenario: str
    replications: int = Field(ge=1)
    sha256: str
    content: bytes = Field(exclude=True)


class KeepGateRecord(SQLModel):
    """What came of a run: the record, its canonical text and hash are one; and a table for each scenario."""

    study_id: int
    gate: int
    run: int
    record: dict[str, Any]
    results: list[ScenarioResults]


class GateRecordKept(SQLModel):
    """The verdict, and the hash that a signature is bound to."""

    gate: int
    run: int
    verdict: GateVerdict
    hash: str


def keep_gate_record(work: Work, ask: KeepGateRecord) -> GateRecordKept:
    """Holds the record against the gate and its tables, keeps all, and ends the run."""
    study = lock_study(work, ask.study_id)
    require_may_gate(work, study)
    gate = gate_numbered(work, study, ask.gate)
    run = lock_gate_run(work, study, ask.gate, ask.run)
    _verify(gate, run, ask)
    text = canonical(ask.record)
    digest = hashlib.sha256(text.encode()).hexdigest()
    work.append(GateRecord, **study.owner, run_id=run["id"], record=text, hash=digest)
    tables = [
        {**study.owner, "run_id": run["id"], **each.model_dump(), "content": each.content} for each in ask.results
    ]
    work.record_all(GateResults, tables)
    verdict = GateVerdict(ask.record["verdict"])
    close_gate_run(work, run, RunEvent.FINISH, verdict)
    clear_parts(work, gate["id"])
    work.audit(
        AuditDraft(
            act="gate_run_kept",
            record_kind="go-live gate",
            record=str(ask.gate),
            study_id=study.id,
            new={"run": ask.run, "verdict": verdict},
            secret={"record_hash": digest, "identity": gate["identity"]},
        )
    )
    return GateRecordKept(gate=ask.gate, run=ask.run, verdict=verdict, hash=digest)


def _verify(gate: RowMapping, run: RowMapping, ask: KeepGateRecord) -> None:
    """What does not add up is a fault of the program."""
    told = ask.record
    for name, stored in (
        ("gate_id", gate["identity"]),
        ("version_hash", gate["version_hash"]),
        ("configuration_hash", gate["configuration_hash"]),
        ("engine", run["engine"]),
        ("software", run["software"]),
        ("release", run["release"]),
    ):
        if told[name] != stored:
            _broken(ask, f"its {name} is not the one of the gate")
    hashes = {each["scenario"]: each["results_sha256"] for each in told["scenarios"]}
    if hashes != {each.scenario: hashlib.sha256(each.content).hexdigest() for each in ask.results}:
        _broken(ask, "its tables are not those it tells of")
    if hashes != {each.scenario: each.sha256 for each in ask.results}:
        _broken(ask, "its tables have other hashes")
    json.loads(canonical(told))


def _broken(ask: KeepGateRecord, why: str) -> NoReturn:
    raise IntegrityFault(f"the record of run {ask.run} of gate {ask.gate} is not kept: {why}")
