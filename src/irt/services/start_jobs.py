"""Starting long work: the job is in the queue when this is committed, and a worker takes it from there."""

from datetime import date

from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.services.audit_draft import AuditDraft
from irt.services.jobs import enqueue_job
from irt.services.work import Work
from irt.states.records import JobKind


class StartResupply(SQLModel):
    """Plan a day's shipments as a job; `needs_approval` lets them wait for the supply manager."""

    study_id: int
    day: date
    needs_approval: bool = False


class StartNight(SQLModel):
    """The night of a study and day, started by the installation itself."""

    study_id: int
    day: date


class StartVerification(SQLModel):
    """Examine a study's whole audit trail and its signatures."""

    study_id: int


class JobStarted(SQLModel):
    """The job's number, under which its progress is told."""

    job_id: int


def start_resupply(work: Work, ask: StartResupply) -> JobStarted:
    """Queues a run of the planner for the person who asks."""
    work.actor.require(Permission.RUN_RESUPPLY, ask.study_id)
    asked = {"day": ask.day.isoformat(), "needs_approval": ask.needs_approval}
    return _queued(work, JobKind.RESUPPLY, ask.study_id, asked)


def start_night(work: Work, ask: StartNight) -> JobStarted:
    """Queues the night; the key that the caller presses with makes it one a study and day."""
    work.actor.require(Permission.RUN_RESUPPLY, ask.study_id)
    return _queued(work, JobKind.NIGHT, ask.study_id, {"day": ask.day.isoformat()})


def start_verification(work: Work, ask: StartVerification) -> JobStarted:
    """Queues the examination of a study's audit trail; whoever may read any of it may have it examined."""
    work.actor.require(Permission.VIEW_AUDIT, ask.study_id)
    return _queued(work, JobKind.VERIFICATION, ask.study_id, {})


def _queued(work: Work, kind: JobKind, study_id: int, asked: dict[str, object]) -> JobStarted:
    job_id = enqueue_job(work, kind, asked, study_id)
    new = {"kind": kind, **asked}
    work.audit(AuditDraft(act="job_started", record_kind="job", record=str(job_id), study_id=study_id, new=new))
    return JobStarted(job_id=job_id)
