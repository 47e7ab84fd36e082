"""Durable jobs: leased, renewed by progress, taken over from a silent worker, finished once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from irt.errors import NotAllowed
from irt.services.audit_draft import AuditDraft
from irt.services.jobs import (
    ATTEMPTS_MAX,
    LEASE,
    AskCancel,
    ClaimedJob,
    LeaseLost,
    Progress,
    ask_cancel,
    cancel_job,
    claim_job,
    enqueue_job,
    fail_job,
    finish_job,
    report_progress,
)
from irt.services.work import Work
from irt.states.records import JobStatus
from irt.states.table import TransitionRefused
from irt.tables.columns import table_of
from irt.tables.record import Job
from tests.cast import Office

Value = TypeVar("Value")


class StartPlan(SQLModel):
    """A wish for a plan, made by a job."""

    day: str


class PlanStarted(SQLModel):
    """The job's number."""

    job_id: int


def start_plan(work: Work, ask: StartPlan) -> PlanStarted:
    """A use case that needs long work."""
    job_id = enqueue_job(work, "plan", {"day": ask.day})
    work.audit(AuditDraft(act="plan_started", record_kind="job", record=str(job_id)))
    return PlanStarted(job_id=job_id)


def started(office: Office) -> int:
    """One job in the queue."""
    job_id: int = office.does(office.ada, start_plan, StartPlan(day="2026-03-02")).job_id
    return job_id


def written(office: Office, act: Callable[[Connection], Value]) -> Value:
    """What a worker does in one transaction."""
    with office.store.writing() as connection:
        return act(connection)


def claimed(office: Office) -> ClaimedJob:
    """The next job; there must be one."""
    job = written(office, lambda c: claim_job(c, office.now))
    if job is None:
        raise LookupError("no job waits")
    return job


def stored(office: Office, job_id: int) -> Any:
    """The job's row."""
    table = table_of(Job)
    with office.store.reading() as connection:
        return connection.execute(select(table).where(table.c.id == job_id)).one()


def test_a_job_runs_from_queue_to_result(office: Office) -> None:
    """With progress in between; afterwards nothing waits."""
    job_id = started(office)
    job = claimed(office)
    assert (job.id, job.kind, job.asked, job.attempt) == (job_id, "plan", {"day": "2026-03-02"}, 1)
    assert written(office, lambda c: report_progress(c, job, Progress(3, 10, "3 of 10 sites"), office.now))
    assert (stored(office, job_id).done_steps, stored(office, job_id).words) == (3, "3 of 10 sites")
    written(office, lambda c: finish_job(c, job, {"shipments": 4}, office.now))
    row = stored(office, job_id)
    assert (row.status, row.result, row.ended_at) == (JobStatus.DONE, {"shipments": 4}, office.now)
    assert written(office, lambda c: claim_job(c, office.now)) is None


def test_a_refused_use_case_leaves_no_job(office: Office) -> None:
    """The job is written in the transaction of its cause."""

    def start_and_fail(work: Work, ask: StartPlan) -> PlanStarted:
        enqueue_job(work, "plan", {"day": ask.day})
        raise NotAllowed("Your role cannot do this.")

    with pytest.raises(NotAllowed):
        office.does(office.ada, start_and_fail, StartPlan(day="2026-03-02"))
    assert written(office, lambda c: claim_job(c, office.now)) is None


def test_two_workers_never_hold_one_job(office: Office) -> None:
    """The oldest first."""
    first, second = started(office), started(office)
    assert [claimed(office).id, claimed(office).id] == [first, second]
    assert written(office, lambda c: claim_job(c, office.now)) is None


def test_many_workers_at_once_take_each_job_once(office: Office) -> None:
    """A real race of threads for the same queue."""
    jobs = [started(office) for _ in range(12)]
    with ThreadPoolExecutor(4) as workers:
        taken = list(workers.map(lambda _: claimed(office).id, jobs))
    assert sorted(taken) == jobs


def test_a_silent_worker_loses_its_job(office: Office) -> None:
    """The next worker gets it; what the first one says later is refused."""
    started(office)
    lost = claimed(office)
    office.now += LEASE
    assert written(office, lambda c: claim_job(c, office.now)) is None
    office.wait(seconds=1)
    taken = claimed(office)
    assert (taken.id, taken.attempt) == (lost.id, 2)
    with pytest.raises(LeaseLost):
        written(office, lambda c: report_progress(c, lost, Progress(1, 2), office.now))
    with pytest.raises(LeaseLost):
        written(office, lambda c: finish_job(c, lost, {}, office.now))
    with pytest.raises(LeaseLost):
        written(office, lambda c: fail_job(c, lost, "", office.now))
    written(office, lambda c: finish_job(c, taken, {}, office.now))


def test_progress_renews_the_lease(office: Office) -> None:
    """A slow worker that reports keeps its job."""
    started(office)
    job = claimed(office)
    for step in range(5):
        office.now += LEASE - timedelta(seconds=1)
        written(office, partial(report_progress, job=job, progress=Progress(step, 5), now=office.now))
        assert written(office, lambda c: claim_job(c, office.now)) is None


def test_a_job_that_kills_its_workers_is_given_up(office: Office) -> None:
    """After three tries it has failed, and the next job is not held up."""
    killer = started(office)
    for attempt in range(1, ATTEMPTS_MAX + 1):
        assert claimed(office).attempt == attempt
        office.now += LEASE + timedelta(seconds=1)
    innocent = started(office)
    assert claimed(office).id == innocent
    assert stored(office, killer).status == JobStatus.FAILED


def test_a_failed_job_says_why(office: Office) -> None:
    """In words for its page."""
    job_id = started(office)
    job = claimed(office)
    written(office, lambda c: fail_job(c, job, "No plan keeps every site supplied.", office.now))
    assert (stored(office, job_id).status, stored(office, job_id).words) == (
        JobStatus.FAILED,
        "No plan keeps every site supplied.",
    )


def test_a_waiting_job_is_cancelled_at_once(office: Office) -> None:
    """And never runs."""
    job_id = started(office)
    answer = office.does(office.ada, ask_cancel, AskCancel(job_id=job_id))
    assert answer.status == JobStatus.CANCELLED
    assert written(office, lambda c: claim_job(c, office.now)) is None


def test_a_running_job_learns_of_it_at_its_next_report(office: Office) -> None:
    """And keeps what it has."""
    job_id = started(office)
    job = claimed(office)
    assert office.does(office.ada, ask_cancel, AskCancel(job_id=job_id)).status == JobStatus.RUNNING
    assert not written(office, lambda c: report_progress(c, job, Progress(1, 2), office.now))
    written(office, lambda c: cancel_job(c, job, {"best": 3}, office.now))
    assert (stored(office, job_id).status, stored(office, job_id).result) == (JobStatus.CANCELLED, {"best": 3})
    with pytest.raises(TransitionRefused):
        office.does(office.ada, ask_cancel, AskCancel(job_id=job_id))


def test_only_the_one_who_started_a_job_cancels_it(office: Office) -> None:
    """Others are told so."""
    job_id = started(office)
    with pytest.raises(NotAllowed):
        office.does(office.hire("bo"), ask_cancel, AskCancel(job_id=job_id))
