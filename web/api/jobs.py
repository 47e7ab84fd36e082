"""Long work: started by a command, seen and cancelled by whoever started it."""

from dataclasses import dataclass
from datetime import datetime

from irt.blinding.roles import Permission
from irt.reads.blinded_jobs import JobProgress, job_of
from irt.services.jobs import ask_cancel
from irt.services.start_jobs import start_resupply, start_verification
from irt.states.records import JobKind, JobStatus
from web.api.operations import Caller, JobId, Now, Records, command, question


@dataclass(frozen=True)
class JobShown:
    """How far a job is; `result` says in words what came of it, `all_steps` is null until they are counted."""

    id: int
    kind: JobKind
    study_id: int | None
    status: JobStatus
    done_steps: int
    all_steps: int | None
    words: str
    result: str
    started_at: datetime
    ended_at: datetime | None


@question("/jobs/{job_id:int}", None, "A job's progress and outcome")
def show_job(job_id: JobId, caller: Caller, store: Records, now: Now) -> JobShown:
    """A job that the token's owner started."""
    with store.reading() as connection:
        return _shown(job_of(connection, caller.account_id, job_id, now))


def _shown(job: JobProgress) -> JobShown:
    return JobShown(
        id=job.id,
        kind=job.kind,
        study_id=job.study_id,
        status=job.status,
        done_steps=job.done_steps,
        all_steps=job.all_steps,
        words=job.words,
        result=job.result,
        started_at=job.started_at,
        ended_at=job.ended_at,
    )


OPERATIONS = (
    command(
        "/resupply/start",
        start_resupply,
        Permission.RUN_RESUPPLY,
        "Plan a day's shipments as a job",
        {"study_id": 1, "day": "2026-03-02", "needs_approval": True},
    ),
    command(
        "/audit-trail/verify",
        start_verification,
        Permission.VIEW_AUDIT,
        "Verify a study's whole audit trail as a job",
        {"study_id": 1},
    ),
    command("/jobs/cancel", ask_cancel, None, "Ask a job to stop", {"job_id": 1}),
    show_job,
)
