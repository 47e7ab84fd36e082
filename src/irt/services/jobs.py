"""Long work that outlives a crash: rows that workers lease, renew by reporting progress, and finish once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update
from sqlmodel import SQLModel

from irt.errors import NotAllowed
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work
from irt.states.records import JOB, JobEvent, JobStatus
from irt.states.table import next_status
from irt.tables.columns import table_of
from irt.tables.record import Job

ATTEMPTS_MAX = 3
LEASE = timedelta(minutes=2)
"""A worker silent for this long has lost its job to the next one."""

_JOBS = table_of(Job)
_CLAIMABLE = (
    select(_JOBS)
    .where(
        or_(
            _JOBS.c.status == JobStatus.QUEUED,
            (_JOBS.c.status == JobStatus.RUNNING) & (_JOBS.c.leased_until < bindparam("now")),
        )
    )
    .order_by(_JOBS.c.id)
    .limit(1)
)
_CLAIM = _CLAIMABLE.with_for_update(skip_locked=True)
_LOCK = select(_JOBS).where(_JOBS.c.id == bindparam("job_id")).with_for_update(key_share=True)


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job in the hands of one worker. `attempt` tells its reports from those of an earlier worker."""

    id: int
    kind: str
    study_id: int | None
    account_id: int | None
    asked: Mapping[str, Any]
    attempt: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is, in steps and in words for the page."""

    done_steps: int
    all_steps: int | None
    words: str = ""


class AskCancel(SQLModel):
    """The job to stop."""

    job_id: int


class CancelAsked(SQLModel):
    """The job, which stops at its next report, or at once where it has not begun."""

    job_id: int
    status: JobStatus


class LeaseLost(Exception):
    """The job is no longer this worker's: it was silent too long, and another one has it."""


def enqueue_job(work: Work, kind: str, asked: Mapping[str, Any], study_id: int | None = None) -> int:
    """Puts a job into the queue, in the transaction of the change that needs it; audited by the caller."""
    return work.record(
        Job,
        kind=kind,
        study_id=study_id,
        asked=dict(asked),
        status=JobStatus.QUEUED,
        account_id=work.actor.account_id,
        created_at=work.at,
    )


def job_waits(connection: Connection, now: datetime) -> bool:
    """Whether a worker would find a job; asks without a lock, so that waiting workers hold nobody up."""
    return connection.execute(_CLAIMABLE, {"now": now}).first() is not None


def claim_job(connection: Connection, now: datetime, lease: timedelta = LEASE) -> ClaimedJob | None:
    """The oldest job that waits or whose worker fell silent; None where there is none.

    A job that was lost three times fails: it is what kills its workers.
    """
    row = connection.execute(_CLAIM, {"now": now}).mappings().first()
    if row is None:
        return None
    status = JobStatus(row["status"])
    if status == JobStatus.RUNNING:
        if row["attempts"] >= ATTEMPTS_MAX:
            _end(connection, row["id"], now, next_status(JOB, status, JobEvent.FAIL), "Given up after three tries.")
            return claim_job(connection, now, lease)
        status = next_status(JOB, status, JobEvent.RETRY)
    attempt = row["attempts"] + 1
    connection.execute(
        update(_JOBS)
        .where(_JOBS.c.id == row["id"])
        .values(status=next_status(JOB, status, JobEvent.START), attempts=attempt, leased_until=now + lease)
    )
    return ClaimedJob(row["id"], row["kind"], row["study_id"], row["account_id"], row["asked"], attempt)


def report_progress(
    connection: Connection, job: ClaimedJob, progress: Progress, now: datetime, lease: timedelta = LEASE
) -> bool:
    """Writes progress, renews the lease, and says whether to go on (False: somebody asked to cancel)."""
    row = _own(connection, job)
    connection.execute(
        update(_JOBS)
        .where(_JOBS.c.id == job.id)
        .values(
            done_steps=progress.done_steps,
            all_steps=progress.all_steps,
            words=progress.words,
            leased_until=now + lease,
        )
    )
    return not row["cancel_asked"]


def renew_lease(connection: Connection, job: ClaimedJob, now: datetime, lease: timedelta = LEASE) -> None:
    """Says that the worker is alive, within a step too long for a report."""
    _own(connection, job)
    connection.execute(update(_JOBS).where(_JOBS.c.id == job.id).values(leased_until=now + lease))


def finish_job(connection: Connection, job: ClaimedJob, result: Mapping[str, Any], now: datetime) -> None:
    """Keeps the result, once; LeaseLost where another worker has the job."""
    status = JobStatus(_own(connection, job)["status"])
    _end(connection, job.id, now, next_status(JOB, status, JobEvent.FINISH), "", dict(result))


def fail_job(connection: Connection, job: ClaimedJob, words: str, now: datetime) -> None:
    """Ends the job with words for its page, fit for any reader."""
    status = JobStatus(_own(connection, job)["status"])
    _end(connection, job.id, now, next_status(JOB, status, JobEvent.FAIL), words)


def cancel_job(connection: Connection, job: ClaimedJob, result: Mapping[str, Any] | None, now: datetime) -> None:
    """Ends the job because somebody asked; what is finished of it is kept."""
    status = JobStatus(_own(connection, job)["status"])
    kept = None if result is None else dict(result)
    _end(connection, job.id, now, next_status(JOB, status, JobEvent.CANCEL), "Cancelled.", kept)


def release_job(connection: Connection, job: ClaimedJob) -> None:
    """Puts the job back into the queue: its worker was told to stop, and the next one begins it again."""
    status = JobStatus(_own(connection, job)["status"])
    waits = {"status": next_status(JOB, status, JobEvent.RETRY), "leased_until": None}
    connection.execute(update(_JOBS).where(_JOBS.c.id == job.id).values(**waits))


def ask_cancel(work: Work, ask: AskCancel) -> CancelAsked:
    """Asks a job to stop: by the person who started it."""
    row = work.one("job", _LOCK, job_id=ask.job_id)
    if row["account_id"] != work.actor.account_id:
        raise NotAllowed("This job was started by somebody else. Nothing was changed. Ask them to cancel it.")
    status = JobStatus(row["status"])
    cancelled = next_status(JOB, status, JobEvent.CANCEL)
    if status == JobStatus.QUEUED:
        _end(work.connection, ask.job_id, work.at, cancelled, "Cancelled.")
        status = cancelled
    work.run(update(_JOBS).where(_JOBS.c.id == ask.job_id).values(cancel_asked=True))
    work.audit(
        AuditDraft(act="job_cancel_asked", record_kind="job", record=str(ask.job_id), study_id=row["study_id"])
    )
    return CancelAsked(job_id=ask.job_id, status=status)


def _own(connection: Connection, job: ClaimedJob) -> Any:
    """The job's row, locked, if it is still this worker's."""
    row = connection.execute(_LOCK, {"job_id": job.id}).mappings().one()
    if row["status"] != JobStatus.RUNNING or row["attempts"] != job.attempt:
        raise LeaseLost(f"job {job.id} is no longer in attempt {job.attempt}")
    return row


def _end(
    connection: Connection,
    job_id: int,
    now: datetime,
    status: JobStatus,
    words: str,
    result: dict[str, Any] | None = None,
) -> None:
    values: dict[str, Any] = {"status": status, "words": words, "ended_at": now, "leased_until": None}
    connection.execute(update(_JOBS).where(_JOBS.c.id == job_id).values(**values, result=result))
