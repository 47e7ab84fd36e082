"""An optimization run: asked for, worked on outside, told of step by step, cancelled, or ended without a plan."""

import hashlib
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, select, update
from sqlmodel import Field, SQLModel

from irt.audit.chain import canonical
from irt.errors import BadInput, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.jobs import enqueue_job
from irt.services.plans import PLAN, require_may_plan
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.states.plan import RUN, RunEvent, RunStatus
from irt.states.records import JobKind
from irt.states.table import next_status
from irt.tables.columns import table_of
from irt.tables.plan import OptimizationRun
from irt.tables.secret import RunInputs, RunProgress

HORIZON_DAYS_MAX = 731
DAYS_AHEAD_MAX = 366


class StartOptimization(SQLModel):
    """The day to plan from and for how long, when to stop, what to assume otherwise, and which plan to build on."""

    study_id: int
    day: date
    horizon_days: int = Field(default=84, ge=1, le=HORIZON_DAYS_MAX)
    title: str = Field(default="", max_length=200)
    gap: float = Field(default=0.01, ge=0, le=1)
    seconds: float = Field(default=60, gt=0, le=3600)
    seed: int = Field(default=1, ge=0, le=2**31 - 1)
    parent: int | None = None
    settings: dict[str, Any] = {}


class OptimizationStarted(SQLModel):
    """The run's number in the study, and the job that works on it; without one, whoever opened it does."""

    run: int
    job_id: int | None


class KeepProblem(SQLModel):
    """The problem that a run solves, as JSON."""

    study_id: int
    run: int
    problem: dict[str, Any]


class ProblemKept(SQLModel):
    """The hash of the problem, by which a plan is later tied to it."""

    run: int
    hash: str


class EndRun(SQLModel):
    """A run that ends without a plan, and why, in a sentence; it may name kit types."""

    study_id: int
    run: int
    words: str
    cancelled: bool = False


class CancelRun(SQLModel):
    """The run to stop; the best plan so far is kept."""

    study_id: int
    run: int


class RunTold(SQLModel):
    """The run and its status now."""

    run: int
    status: RunStatus


class RunEnded(Refusal):
    """The run has ended, and what ended never changes."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Optimization {number} has ended. Nothing was changed. Start another one.")


_RUNS, _INPUTS = table_of(OptimizationRun), table_of(RunInputs)
_NEXT = select(func.coalesce(func.max(_RUNS.c.number), 0) + 1).where(_RUNS.c.study_id == bindparam("study_id"))
_RUN = select(_RUNS).where(_RUNS.c.study_id == bindparam("study_id"), _RUNS.c.number == bindparam("run"))
_LOCKED = _RUN.with_for_update(key_share=True)
_ASKED = select(_INPUTS.c.settings, _INPUTS.c.problem, _INPUTS.c.hash).where(
    _INPUTS.c.run_id == bindparam("run_id")
)
_CANCEL_ASKED = select(_RUNS.c.cancel_asked).where(_RUNS.c.id == bindparam("run_id"))


def software() -> str:
    """The release that calculates and checks."""
    return version("irt")


def start_optimization(work: Work, ask: StartOptimization) -> OptimizationStarted:
    """Opens a run that a worker calculates."""
    return _open(work, ask, as_job=True)


def open_optimization(work: Work, ask: StartOptimization) -> OptimizationStarted:
    """Opens a run that whoever asks calculates."""
    return _open(work, ask, as_job=False)


def _open(work: Work, ask: StartOptimization, *, as_job: bool) -> OptimizationStarted:
    """What it is asked with is kept where kit types are."""
    study = lock_study(work, ask.study_id)
    require_may_plan(work, study)
    if not 0 <= (ask.day - work.at.date()).days <= DAYS_AHEAD_MAX:
        raise BadInput("Plan from today on, or from a day within a year. Nothing was started.")
    if ask.parent is not None:
        work.one("plan", PLAN, study_id=study.id, number=ask.parent)
    number = int(work.connection.execute(_NEXT, {"study_id": study.id}).scalar_one())
    job_id = enqueue_job(work, JobKind.OPTIMIZATION, {"run": number}, study.id) if as_job else None
    goal = {"gap": ask.gap, "seconds": ask.seconds, "seed": ask.seed}
    run_id = work.record(
        OptimizationRun,
        **study.owner,
        number=number,
        title=ask.title,
        day=ask.day,
        horizon_days=ask.horizon_days,
        goal=goal,
        parent=ask.parent,
        status=RunStatus.RUNNING,
        software=software(),
        account_id=work.actor.account_id,
        job_id=job_id,
        at=work.at,
    )
    work.append(RunInputs, **study.owner, run_id=run_id, settings=ask.settings)
    told = {
        "day": ask.day.isoformat(),
        "horizon_days": ask.horizon_days,
        **goal,
        "parent": ask.parent,
        "job": job_id,
    }
    _audit(work, study.id, number, "optimization_started", told, secret={"settings": ask.settings})
    return OptimizationStarted(run=number, job_id=job_id)


def keep_problem(work: Work, ask: KeepProblem) -> ProblemKept:
    """Keeps the problem as it stands now, once; a second try with another one is refused."""
    study = lock_study(work, ask.study_id)
    require_may_plan(work, study)
    run = lock_run(work, study.id, ask.run)
    digest = hash_of(ask.problem)
    before = work.one("run", _ASKED, run_id=run["id"])["hash"]
    if before not in ("", digest):
        raise BadInput(f"Optimization {ask.run} already has another problem. Nothing was changed.")
    if not before:
        values = {"problem": ask.problem, "hash": digest}
        work.run(update(_INPUTS).where(_INPUTS.c.run_id == run["id"]).values(values))
    _audit(work, study.id, ask.run, "optimization_problem_kept", {}, secret={"problem_hash": digest})
    return ProblemKept(run=ask.run, hash=digest)


def end_run(work: Work, ask: EndRun) -> RunTold:
    """Ends a run that has no plan; why is told to those who may know kit types."""
    study = lock_study(work, ask.study_id)
    require_may_plan(work, study)
    run = lock_run(work, study.id, ask.run)
    work.append(RunProgress, **study.owner, run_id=run["id"], seconds=0.0, bound=0, words=ask.words)
    status = close_run(work, run, RunEvent.CANCEL if ask.cancelled else RunEvent.FAIL)
    _audit(work, study.id, ask.run, "optimization_ended", {"status": status}, secret={"words": ask.words})
    return RunTold(run=ask.run, status=status)


def cancel_run(work: Work, ask: CancelRun) -> RunTold:
    """Asks a run to stop at its next step."""
    study = lock_study(work, ask.study_id)
    require_may_plan(work, study)
    run = lock_run(work, study.id, ask.run)
    work.run(update(_RUNS).where(_RUNS.c.id == run["id"]).values(cancel_asked=True))
    _audit(work, study.id, ask.run, "optimization_cancel_asked", {})
    return RunTold(run=ask.run, status=RunStatus(run["status"]))


@dataclass(frozen=True, slots=True)
class RunOpen:
    """A run as whoever works on it needs it."""

    id: int
    sponsor_id: int
    study_id: int
    number: int
    day: date
    horizon_days: int
    goal: dict[str, Any]
    parent: int | None
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run is: seconds since its start, bound and best plan in cents."""

    seconds: float
    bound: int
    cost: int | None
    words: str = ""


def run_asked(connection: Connection, study_id: int, number: int) -> RunOpen | None:
    """What a run was asked; None where it has ended."""
    run = connection.execute(_RUN, {"study_id": study_id, "run": number}).mappings().one()
    if run["ended_at"] is not None:
        return None
    settings = connection.execute(_ASKED, {"run_id": run["id"]}).mappings().one()["settings"]
    names = ("id", "sponsor_id", "study_id", "number", "day", "horizon_days", "goal", "parent")
    return RunOpen(**{name: run[name] for name in names}, settings=settings)


def note_step(connection: Connection, run: RunOpen, step: Step) -> bool:
    """Keeps how far a run is, and says whether to go on."""
    connection.execute(
        table_of(RunProgress).insert(),
        {
            "sponsor_id": run.sponsor_id,
            "study_id": run.study_id,
            "run_id": run.id,
            "seconds": step.seconds,
            "bound": step.bound,
            "cost": step.cost,
            "words": step.words,
        },
    )
    return not connection.execute(_CANCEL_ASKED, {"run_id": run.id}).scalar_one()


def lock_run(work: Work, study_id: int, number: int) -> RowMapping:
    """An open run's row, locked; RunEnded where it is over."""
    run = work.one("optimization", _LOCKED, study_id=study_id, run=number)
    if run["ended_at"] is not None:
        raise RunEnded(number)
    return run


def close_run(work: Work, run: RowMapping, event: RunEvent) -> RunStatus:
    """Ends a run, for good."""
    status = next_status(RUN, RunStatus(run["status"]), event)
    work.run(update(_RUNS).where(_RUNS.c.id == run["id"]).values(status=status, ended_at=work.at))
    return status


def problem_hash_of(work: Work, run: RowMapping) -> str:
    """The hash of the problem that a run solves; empty where it has none yet."""
    return str(work.one("run", _ASKED, run_id=run["id"])["hash"])


def hash_of(problem: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical(problem).encode()).hexdigest()


def _audit(
    work: Work, study_id: int, number: int, act: str, new: dict[str, Any], secret: dict[str, Any] | None = None
) -> None:
    work.audit(AuditDraft(act, "optimization", str(number), study_id=study_id, new=new or None, secret=secret))
