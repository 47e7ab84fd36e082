"""Go-live gates of a study as anybody may know them: what each is worth now, its runs, and overrides.

What a gate agrees on names kit types and stays where those are; of it only follows whether it still holds.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, func, select

from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.reads.supply_configuration import supply_configuration
from irt.states.gate import GateFacts, GateInputs, GateStanding, GateVerdict, RunFacts, standing_of
from irt.states.plan import RunStatus
from irt.states.records import JobStatus, Mode, VersionStatus
from irt.study.rules import Conduct
from irt.tables.columns import table_of
from irt.tables.gate import GateOverride, GateRun, GateSignature, GoLiveGate
from irt.tables.people import Account
from irt.tables.record import Job, Signature
from irt.tables.secret import GateContent, GatePart, GateResults
from irt.tables.study import Study, StudyVersion


@dataclass(frozen=True)
class GateRunLine(BlindedView):
    """One run of a gate. `done` replications of `of` at most, over all scenarios; `job_id` None: by command."""

    number: int
    status: RunStatus
    verdict: GateVerdict | None
    engine: str
    software: str
    release: str
    started_by: str
    started_by_id: int
    at: datetime
    ended_at: datetime | None
    cancel_asked: bool
    job_id: int | None
    done: int
    of: int
    signed_by: str
    signed_at: datetime | None

    @property
    def under_way(self) -> bool:
        """Whether somebody works on it, or will."""
        return self.status == RunStatus.RUNNING


@dataclass(frozen=True)
class GateLine(BlindedView):
    """One gate: for which version, by whom, what it is worth now and why; its runs, the newest first."""

    number: int
    version: int
    defined_by: str
    defined_by_id: int
    defined_at: datetime
    standing: GateStanding
    why: str
    runs: tuple[GateRunLine, ...]


@dataclass(frozen=True)
class OverrideLine(BlindedView):
    """A version that may go live without its gate until a day, for urgent safety."""

    version: int
    reason: str
    signed_by: str
    at: datetime
    ends_on: date


@dataclass(frozen=True)
class GatesOfStudy(BlindedView):
    """All gates and overrides, the newest first; `asked`: whether sites open with a signed gate only."""

    study_id: int
    asked: bool
    lines: tuple[GateLine, ...]
    overrides: tuple[OverrideLine, ...]


_GATES, _RUNS, _SIGNED = table_of(GoLiveGate), table_of(GateRun), table_of(GateSignature)
_CONTENTS, _PARTS, _RESULTS = table_of(GateContent), table_of(GatePart), table_of(GateResults)
_STUDIES, _VERSIONS, _OVERRIDES = table_of(Study), table_of(StudyVersion), table_of(GateOverride)
_ACCOUNTS, _SIGNATURES, _JOBS = table_of(Account), table_of(Signature), table_of(Job)
_STUDY: BindParameter[int] = bindparam("study_id")
_ALL = (
    select(
        _GATES.c.id,
        _GATES.c.number,
        _GATES.c.version_number,
        _GATES.c.account_id,
        _GATES.c.at,
        _ACCOUNTS.c.printed_name,
        _CONTENTS.c.version_hash,
        _CONTENTS.c.configuration_hash,
        _CONTENTS.c.looks,
        _CONTENTS.c.scenarios,
        _VERSIONS.c.salted_digest,
    )
    .join(_CONTENTS, _CONTENTS.c.gate_id == _GATES.c.id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _GATES.c.account_id)
    .join(_VERSIONS, (_VERSIONS.c.study_id == _GATES.c.study_id) & (_VERSIONS.c.number == _GATES.c.version_number))
    .where(_GATES.c.study_id == _STUDY)
    .order_by(_GATES.c.number.desc())
)
_ALL_RUNS = (
    select(
        _RUNS,
        _ACCOUNTS.c.printed_name,
        _JOBS.c.status.label("job_status"),
        _SIGNATURES.c.printed_name.label("signed_by"),
        _SIGNED.c.at.label("signed_at"),
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _RUNS.c.account_id)
    .outerjoin(_JOBS, _JOBS.c.id == _RUNS.c.job_id)
    .outerjoin(_SIGNED, _SIGNED.c.run_id == _RUNS.c.id)
    .outerjoin(_SIGNATURES, _SIGNATURES.c.id == _SIGNED.c.signature_id)
    .where(_RUNS.c.study_id == _STUDY)
    .order_by(_RUNS.c.id.desc())
)
_DONE_IN_PARTS = (
    select(
        _PARTS.c.gate_id,
        _PARTS.c.engine,
        _PARTS.c.software,
        func.sum(_PARTS.c.last - _PARTS.c.first + 1).label("done"),
    )
    .where(_PARTS.c.study_id == _STUDY)
    .group_by(_PARTS.c.gate_id, _PARTS.c.engine, _PARTS.c.software)
)
_DONE_IN_RESULTS = (
    select(_RESULTS.c.run_id, func.sum(_RESULTS.c.replications).label("done"))
    .where(_RESULTS.c.study_id == _STUDY)
    .group_by(_RESULTS.c.run_id)
)
_ALL_OVERRIDES = (
    select(_OVERRIDES, _SIGNATURES.c.printed_name)
    .join(_SIGNATURES, _SIGNATURES.c.id == _OVERRIDES.c.signature_id)
    .where(_OVERRIDES.c.study_id == _STUDY)
    .order_by(_OVERRIDES.c.id.desc())
)
_CONDUCT = (
    select(_STUDIES.c.mode, _VERSIONS.c.public_part)
    .join(_VERSIONS, _VERSIONS.c.study_id == _STUDIES.c.id)
    .where(_STUDIES.c.id == _STUDY, _VERSIONS.c.status == VersionStatus.APPROVED)
    .order_by(_VERSIONS.c.number.desc())
)


def release() -> str:
    """The release of the product that is installed."""
    return version("irt")


def gates_of(connection: Connection, study_id: int) -> GatesOfStudy:
    """Every gate with what it is worth at this moment."""
    return GatesOfStudy(
        study_id, gate_asked(connection, study_id), _lines(connection, study_id), overrides_of(connection, study_id)
    )


def gate_line(connection: Connection, study_id: int, number: int) -> GateLine:
    """One gate; NotFound where the study has none of that number."""
    for line in _lines(connection, study_id):
        if line.number == number:
            return line
    raise NotFound(f"This study has no go-live gate {number}. Look at the list.")


def gate_of_version(connection: Connection, study_id: int, number: int) -> GateLine | None:
    """The newest gate of a version: the only one that can hold."""
    return next((line for line in _lines(connection, study_id) if line.version == number), None)


def gate_asked(connection: Connection, study_id: int) -> bool:
    """Whether the newest approved version asks for a gate, in production."""
    found = connection.execute(_CONDUCT.limit(1), {"study_id": study_id}).first()
    return found is not None and _asks(found)


def gate_asked_of(connection: Connection, study_id: int, number: int) -> bool:
    """Whether that version does."""
    one = _CONDUCT.where(_VERSIONS.c.number == bindparam("number"))
    found = connection.execute(one, {"study_id": study_id, "number": number}).first()
    return found is not None and _asks(found)


def _asks(found: Any) -> bool:
    return found.mode == Mode.PRODUCTION and Conduct.model_validate(found.public_part["conduct"]).gate_asked


def overrides_of(connection: Connection, study_id: int) -> tuple[OverrideLine, ...]:
    """Every override, the newest first, past ones too."""
    return tuple(
        OverrideLine(row["version_number"], row["reason"], row["printed_name"], row["at"], row["ends_on"])
        for row in connection.execute(_ALL_OVERRIDES, {"study_id": study_id}).mappings()
    )


def _lines(connection: Connection, study_id: int) -> tuple[GateLine, ...]:
    asked = {"study_id": study_id}
    gates = connection.execute(_ALL, asked).mappings().all()
    if not gates:
        return ()
    runs: dict[int, list[RowMapping]] = defaultdict(list)
    for run in connection.execute(_ALL_RUNS, asked).mappings():
        runs[run["gate_id"]].append(run)
    done = _Done(connection, study_id)
    now = supply_configuration(connection, study_id).hash
    newest: dict[int, int] = {}
    lines = []
    for gate in gates:
        newer = newest.setdefault(gate["version_number"], gate["number"])
        told = tuple(_run(run, gate, done) for run in runs[gate["id"]])
        lines.append(_line(gate, told, newer if newer > gate["number"] else None, now))
    return tuple(lines)


def _line(gate: RowMapping, runs: Sequence[GateRunLine], newer: int | None, configuration_hash: str) -> GateLine:
    facts = GateFacts(
        gate["version_hash"],
        gate["configuration_hash"],
        [RunFacts(run.number, run.status, run.verdict, run.release, run.signed_at is not None) for run in runs],
        newer,
    )
    standing = standing_of(facts, GateInputs(gate["salted_digest"], configuration_hash, release()))
    return GateLine(
        number=gate["number"],
        version=gate["version_number"],
        defined_by=gate["printed_name"],
        defined_by_id=gate["account_id"],
        defined_at=gate["at"],
        standing=standing.standing,
        why=standing.why,
        runs=tuple(runs),
    )


def _run(run: RowMapping, gate: RowMapping, done: "_Done") -> GateRunLine:
    names = ("number", "engine", "software", "release", "at", "ended_at", "cancel_asked", "job_id", "signed_at")
    return GateRunLine(
        **{name: run[name] for name in names},
        status=status_of(RunStatus(run["status"]), run["job_status"]),
        verdict=None if run["verdict"] is None else GateVerdict(run["verdict"]),
        started_by=run["printed_name"],
        started_by_id=run["account_id"],
        done=done.of(run),
        of=gate["looks"][-1] * len(gate["scenarios"]),
        signed_by=run["signed_by"] or "",
    )


_OF_JOB: Mapping[str, RunStatus] = {JobStatus.CANCELLED: RunStatus.CANCELLED, JobStatus.FAILED: RunStatus.FAILED}


def status_of(status: RunStatus, job_status: str | None) -> RunStatus:
    """A run whose job was given up without a word is over, though nobody wrote so into its row."""
    return _OF_JOB.get(job_status or "", status) if status == RunStatus.RUNNING else status


class _Done:
    """Replications that are done, by run: those of its results, or what is kept of the gate for going on."""

    def __init__(self, connection: Connection, study_id: int) -> None:
        asked = {"study_id": study_id}
        self._parts = {
            (row.gate_id, row.engine, row.software): int(row.done)
            for row in connection.execute(_DONE_IN_PARTS, asked)
        }
        self._results = {row.run_id: int(row.done) for row in connection.execute(_DONE_IN_RESULTS, asked)}

    def of(self, run: RowMapping) -> int:
        kept = self._parts.get((run["gate_id"], run["engine"], run["software"]), 0)
        return self._results.get(run["id"], kept)
