"""A run of a go-live gate: started, worked on outside part by part, cancelled, or ended without a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, select, update
from sqlmodel import Field, SQLModel

from irt.errors import Refusal
from irt.reads.gates import release, status_of
from irt.services.audit_draft import AuditDraft
from irt.services.gates import gate_numbered, require_may_gate, run_numbered
from irt.services.jobs import enqueue_job
from irt.services.supply_study import SupplyStudy, lock_study
from irt.services.work import Work
from irt.states.gate import GateVerdict
from irt.states.plan import RUN, RunEvent, RunStatus
from irt.states.records import JobKind, JobStatus
from irt.states.table import next_status
from irt.tables.columns import table_of
from irt.tables.gate import GateRun, GoLiveGate
from irt.tables.record import Job
from irt.tables.secret import GatePart, GateRecord


class StartGateRun(SQLModel):
    """The gate to run, by which engine; `software` names all that calculates, with versions."""

    study_id: int
    gate: int
    engine: str = Field(max_length=40)
    software: str = Field(max_length=400)


class GateRunStarted(SQLModel):
    """The run's number within its gate, and the job that works on it; without one, whoever opened it does."""

    gate: int
    run: int
    job_id: int | None


class CancelGateRun(SQLModel):
    """The run to stop; what is done is kept, and the next run of the gate goes on from it."""

    study_id: int
    gate: int
    run: int


class EndGateRun(SQLModel):
    """A run that ends without a verdict, and why, in a sentence; it may name kit types."""

    study_id: int
    gate: int
    run: int
    words: str
    cancelled: bool = False


class GateRunTold(SQLModel):
    """The run and its status now."""

    gate: int
    run: int
    status: RunStatus


class GateRunUnderWay(Refusal):
    """A gate is run once at a time."""

    def __init__(self, gate: int, run: int) -> None:
        super().__init__(f"Run {run} of gate {gate} is under way. Nothing was started. Wait for it, or cancel it.")


class GateRunEnded(Refusal):
    """The run has ended, and what ended never changes."""

    def __init__(self, gate: int, run: int) -> None:
        super().__init__(f"Run {run} of gate {gate} has ended. Nothing was changed. Start another one.")


_RUNS, _PARTS, _JOBS, _GATES = table_of(GateRun), table_of(GatePart), table_of(Job), table_of(GoLiveGate)
_NEXT = select(func.coalesce(func.max(_RUNS.c.number), 0) + 1).where(_RUNS.c.gate_id == bindparam("gate_id"))
_OPEN = (
    select(_RUNS, _JOBS.c.status.label("job_status"))
    .outerjoin(_JOBS, _JOBS.c.id == _RUNS.c.job_id)
    .where(_RUNS.c.gate_id == bindparam("gate_id"), _RUNS.c.ended_at.is_(None))
)
_JOB = select(_JOBS.c.status).where(_JOBS.c.id == bindparam("job_id"))
_STATE = select(_RUNS.c.cancel_asked, _RUNS.c.ended_at).where(_RUNS.c.id == bindparam("run_id"))
_ASKED = (
    select(_RUNS, _GATES.c.number.label("gate_number"))
    .join(_GATES, _GATES.c.id == _RUNS.c.gate_id)
    .where(_GATES.c.study_id == bindparam("study_id"), _GATES.c.number == bindparam("gate"))
    .where(_RUNS.c.number == bindparam("run"))
)
_OF_SCENARIO = [_PARTS.c[name] == bindparam(name) for name in ("gate_id", "engine", "software", "scenario")]


def start_gate_run(work: Work, ask: StartGateRun) -> GateRunStarted:
    """Opens a run that a worker carries out."""
    return _open(work, ask, as_job=True)


def open_gate_run(work: Work, ask: StartGateRun) -> GateRunStarted:
    """Opens a run that whoever asks carries out; one that was left open so is taken up."""
    return _open(work, ask, as_job=False)


def _open(work: Work, ask: StartGateRun, *, as_job: bool) -> GateRunStarted:
    study = lock_study(work, ask.study_id)
    require_may_gate(work, study)
    gate = gate_numbered(work, study, ask.gate)
    for run in work.rows(_OPEN, gate_id=gate["id"]):
        if not as_job and _left_open(run, ask):
            _audit(work, study, ask.gate, "gate_run_taken_up", {"run": run["number"]})
            return GateRunStarted(gate=ask.gate, run=run["number"], job_id=None)
        _give_up(work, ask.gate, run)
    number = int(work.connection.execute(_NEXT, {"gate_id": gate["id"]}).scalar_one())
    asked = {"gate": ask.gate, "run": number}
    job_id = enqueue_job(work, JobKind.GATE, asked, study.id) if as_job else None
    work.record(
        GateRun,
        **study.owner,
        gate_id=gate["id"],
        number=number,
        engine=ask.engine,
        software=ask.software,
        release=release(),
        status=RunStatus.RUNNING,
        account_id=work.actor.account_id,
        job_id=job_id,
        at=work.at,
    )
    _audit(work, study, ask.gate, "gate_run_started", {"run": number, "engine": ask.engine, "job": job_id})
    return GateRunStarted(gate=ask.gate, run=number, job_id=job_id)


def _left_open(run: RowMapping, ask: StartGateRun) -> bool:
    """Whether such a run was begun by a command that did not come to its end."""
    return run["job_id"] is None and (run["engine"], run["software"]) == (ask.engine, ask.software)


def _give_up(work: Work, gate: int, run: RowMapping) -> None:
    """A run whose job was given up is closed; any other is under way."""
    if status_of(RunStatus.RUNNING, run["job_status"]) == RunStatus.RUNNING:
        raise GateRunUnderWay(gate, run["number"])
    close_gate_run(work, run, RunEvent.CANCEL if run["job_status"] == JobStatus.CANCELLED else RunEvent.FAIL)


def cancel_gate_run(work: Work, ask: CancelGateRun) -> GateRunTold:
    """Asks a run to stop at its next part; one that nobody works on in a job ends at once."""
    study = lock_study(work, ask.study_id)
    require_may_gate(work, study)
    run = lock_gate_run(work, study, ask.gate, ask.run)
    job = None if run["job_id"] is None else work.row(_JOB, job_id=run["job_id"])
    work.run(update(_RUNS).where(_RUNS.c.id == run["id"]).values(cancel_asked=True))
    status = RunStatus(run["status"])
    if job is None or job["status"] != JobStatus.RUNNING:
        status = close_gate_run(work, run, RunEvent.CANCEL)
    _audit(work, study, ask.gate, "gate_cancel_asked", {"run": ask.run})
    return GateRunTold(gate=ask.gate, run=ask.run, status=status)


def end_gate_run(work: Work, ask: EndGateRun) -> GateRunTold:
    """Ends a run that has no verdict; why is told to those who may know kit types."""
    study = lock_study(work, ask.study_id)
    require_may_gate(work, study)
    run = lock_gate_run(work, study, ask.gate, ask.run)
    work.append(GateRecord, **study.owner, run_id=run["id"], record="", hash="", words=ask.words)
    status = close_gate_run(work, run, RunEvent.CANCEL if ask.cancelled else RunEvent.FAIL)
    told = {"run": ask.run, "status": status}
    _audit(work, study, ask.gate, "gate_run_ended", told, secret={"words": ask.words})
    return GateRunTold(gate=ask.gate, run=ask.run, status=status)


def lock_gate_run(work: Work, study: SupplyStudy, gate: int, number: int) -> RowMapping:
    """An open run's row, under the study's lock; GateRunEnded where it is over."""
    run = run_numbered(work, gate_numbered(work, study, gate), number)
    if run["ended_at"] is not None:
        raise GateRunEnded(gate, number)
    return run


def close_gate_run(work: Work, run: RowMapping, event: RunEvent, verdict: GateVerdict | None = None) -> RunStatus:
    """Ends a run, for good."""
    status = next_status(RUN, RunStatus(run["status"]), event)
    ended = {"status": status, "verdict": verdict, "ended_at": work.at}
    work.run(update(_RUNS).where(_RUNS.c.id == run["id"]).values(ended))
    return status


@dataclass(frozen=True, slots=True)
class GateRunOpen:
    """A run as whoever works on it needs it."""

    id: int
    sponsor_id: int
    study_id: int
    gate_id: int
    gate: int
    number: int
    engine: str
    software: str
    release: str


def gate_run_asked(connection: Connection, study_id: int, gate: int, number: int) -> GateRunOpen | None:
    """What a run was asked; None where it has ended."""
    run = _asked(connection, study_id, gate, number)
    return _as_worked_on(run) if run["ended_at"] is None else None


def gate_run_judged(connection: Connection, study_id: int, gate: int, number: int) -> GateRunOpen | None:
    """The same of a run that ended with a verdict; None of any other."""
    run = _asked(connection, study_id, gate, number)
    return _as_worked_on(run) if run["verdict"] is not None else None


def _asked(connection: Connection, study_id: int, gate: int, number: int) -> RowMapping:
    return connection.execute(_ASKED, {"study_id": study_id, "gate": gate, "run": number}).mappings().one()


def _as_worked_on(run: RowMapping) -> GateRunOpen:
    names = ("id", "sponsor_id", "study_id", "gate_id", "number", "engine", "software", "release")
    return GateRunOpen(**{name: run[name] for name in names}, gate=run["gate_number"])


def goes_on(connection: Connection, run: GateRunOpen) -> bool:
    """Whether the run is still open and nobody asked to stop it."""
    state = connection.execute(_STATE, {"run_id": run.id}).one()
    return state.ended_at is None and not state.cancel_asked


def keep_part(
    connection: Connection, run: GateRunOpen, scenario: str, indexes: tuple[int, int], content: bytes
) -> None:
    """Keeps replications that are done, from the first to the last index: any later run of the gate finds them."""
    connection.execute(
        _PARTS.insert(),
        {
            "sponsor_id": run.sponsor_id,
            "study_id": run.study_id,
            **_key(run, scenario),
            "first": indexes[0],
            "last": indexes[1],
            "content": content,
        },
    )


def part_indexes(connection: Connection, run: GateRunOpen, scenario: str) -> Sequence[tuple[int, int]]:
    """First and last index of every part of a scenario that is kept for such a run."""
    asked = select(_PARTS.c.first, _PARTS.c.last).where(*_OF_SCENARIO).order_by(_PARTS.c.first)
    return [(row.first, row.last) for row in connection.execute(asked, _key(run, scenario))]


def parts_kept(connection: Connection, run: GateRunOpen, scenario: str) -> Sequence[bytes]:
    """The parts themselves, in order of their first index."""
    asked = select(_PARTS.c.content).where(*_OF_SCENARIO).order_by(_PARTS.c.first, _PARTS.c.id)
    return [bytes(content) for content in connection.execute(asked, _key(run, scenario)).scalars()]


def clear_parts(work: Work, gate_id: int) -> None:
    """What was kept for going on has become results."""
    work.run(delete(_PARTS).where(_PARTS.c.gate_id == gate_id))


def _key(run: GateRunOpen, scenario: str) -> dict[str, object]:
    return {"gate_id": run.gate_id, "engine": run.engine, "software": run.software, "scenario": scenario}


def _audit(
    work: Work,
    study: SupplyStudy,
    gate: int,
    act: str,
    new: dict[str, object],
    secret: dict[str, object] | None = None,
) -> None:
    work.audit(AuditDraft(act, "go-live gate", str(gate), study_id=study.id, new=new, secret=secret))
