"""Long work as the person who started it sees it: how far it is, and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.states.records import JobKind, JobStatus
from irt.tables.columns import table_of
from irt.tables.record import Job
from irt.tables.study import Study

JOBS_MAX = 50
PATIENCE = timedelta(minutes=1)
"""A job that waits longer is told that perhaps no worker runs."""


@dataclass(frozen=True)
class JobProgress(BlindedView):
    """One job. `all_steps` is None where nobody knows yet how many there are."""

    id: int
    kind: JobKind
    title: str
    study_id: int | None
    study: str
    status: JobStatus
    done_steps: int
    all_steps: int | None
    words: str
    started_at: datetime
    ended_at: datetime | None
    cancel_asked: bool
    result: str
    href: str

    @property
    def under_way(self) -> bool:
        """Whether it waits or runs."""
        return self.status in (JobStatus.QUEUED, JobStatus.RUNNING)


_JOBS, _STUDIES = table_of(Job), table_of(Study)
_MINE = (
    select(_JOBS, _STUDIES.c.name.label("study"))
    .outerjoin(_STUDIES, _STUDIES.c.id == _JOBS.c.study_id)
    .where(_JOBS.c.account_id == bindparam("account_id"))
)
_ONE = _MINE.where(_JOBS.c.id == bindparam("job_id"))
_NEWEST = _MINE.order_by(_JOBS.c.id.desc()).limit(JOBS_MAX)

_TITLES = {
    JobKind.NIGHT: "Supply night",
    JobKind.RESUPPLY: "Resupply",
    JobKind.VERIFICATION: "Verification of the history",
    JobKind.BENCH: "Work on the bench",
    JobKind.HOLD: "Kits set apart",
    JobKind.OPTIMIZATION: "Optimization of the supply",
    JobKind.ADVICE: "Advice beside a plan",
    JobKind.ENROLMENT: "Forecast of enrolment",
    JobKind.GATE: "Go-live gate",
    JobKind.TWIN: "Live twin",
}


def _planned(job: RowMapping, result: Mapping[str, Any]) -> str:
    notice = result.get("notice", "")
    return _made(job, result["shipments"]) + (f" Planned by {notice}." if notice else "")


def _made(job: RowMapping, shipments: int) -> str:
    if not shipments:
        return "No shipment was needed: everywhere enough counts as stock."
    one = shipments == 1
    counted = "1 shipment" if one else f"{shipments} shipments"
    if job["asked"].get("needs_approval"):
        return f"{counted} {'waits' if one else 'wait'} for approval."
    return f"{counted} {'was' if one else 'were'} made."


def _verified(job: RowMapping, result: Mapping[str, Any]) -> str:
    if result["intact"]:
        return f"All {result['entries']:,} entries and every signature hold."
    return "The history is damaged. Stop working and call the help line. The history page says where."


def _set_apart(job: RowMapping, result: Mapping[str, Any]) -> str:
    return f"{result['found']:,} kits were found, {result['moved']:,} of them moved."


def _answered(job: RowMapping, result: Mapping[str, Any]) -> str:
    return "The answer is kept."


def _foreseen(job: RowMapping, result: Mapping[str, Any]) -> str:
    return f"Forecast {result['forecast']} is kept."


def _gated(job: RowMapping, result: Mapping[str, Any]) -> str:
    return f"Gate {result['gate']}, run {result['run']}: {result['verdict']}."


def _optimized(job: RowMapping, result: Mapping[str, Any]) -> str:
    return f"Plan {result['plan']} is kept. Nothing leaves before it is approved."


_RESULTS: dict[JobKind, tuple[Callable[[RowMapping, Mapping[str, Any]], str], str]] = {
    JobKind.NIGHT: (_planned, "/supply/shipments"),
    JobKind.RESUPPLY: (_planned, "/supply/shipments"),
    JobKind.VERIFICATION: (_verified, "/history?study={study_id}"),
    JobKind.BENCH: (_answered, "/randomization/designs/{result[paper]}"),
    JobKind.HOLD: (_set_apart, "/holds/{study_id}/{result[hold]}"),
    JobKind.OPTIMIZATION: (_optimized, "/supply/optimizer/{result[plan]}"),
    JobKind.ADVICE: (_answered, "/supply/optimizer/{result[plan]}/advice/{result[advice]}"),
    JobKind.TWIN: (_answered, "/supply/twin/{result[twin]}"),
    JobKind.ENROLMENT: (_foreseen, "/enrolment/forecast/{result[forecast]}"),
    JobKind.GATE: (_gated, "/gates/{result[gate]}"),
}


def job_of(connection: Connection, account_id: int, job_id: int, now: datetime) -> JobProgress:
    """A person's own job; NotFound where it is none of theirs."""
    row = connection.execute(_ONE, {"account_id": account_id, "job_id": job_id}).mappings().first()
    if row is None:
        raise NotFound("There is no such job, or somebody else started it. Look at the list of your jobs.")
    return _progress(row, now)


def jobs_of(connection: Connection, account_id: int, now: datetime) -> tuple[JobProgress, ...]:
    """The person's fifty newest jobs."""
    rows = connection.execute(_NEWEST, {"account_id": account_id}).mappings()
    return tuple(_progress(row, now) for row in rows)


def _progress(row: RowMapping, now: datetime) -> JobProgress:
    kind, status = JobKind(row["kind"]), JobStatus(row["status"])
    told, address = _RESULTS[kind]
    done = status == JobStatus.DONE
    return JobProgress(
        id=row["id"],
        kind=kind,
        title=_TITLES[kind],
        study_id=row["study_id"],
        study=row["study"] or "",
        status=status,
        done_steps=row["done_steps"],
        all_steps=row["all_steps"],
        words=_words(row, status, now),
        started_at=row["created_at"],
        ended_at=row["ended_at"],
        cancel_asked=row["cancel_asked"],
        result=told(row, row["result"]) if done else "",
        href=address.format(study_id=row["study_id"], result=row["result"]) if done else "",
    )


def _words(row: RowMapping, status: JobStatus, now: datetime) -> str:
    if status == JobStatus.QUEUED:
        late = now - row["created_at"] > PATIENCE
        return "No worker has taken it yet. Ask the administrator whether one runs." if late else "Waits its turn"
    if status == JobStatus.RUNNING and row["cancel_asked"]:
        return "Stops at the end of this step"
    return str(row["words"])
