"""The statistician's bench: a question is kept, worked out by a worker, and its answer kept beside it."""

from typing import Any

from sqlalchemy import RowMapping, bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import IntegrityFault
from irt.randomization.bench_work import BenchKind
from irt.services.audit_draft import AuditDraft
from irt.services.jobs import enqueue_job
from irt.services.work import Work
from irt.states.records import JobKind
from irt.tables.columns import table_of
from irt.tables.secret import BenchPaper
from irt.tables.study import Study


class StartBenchWork(SQLModel):
    """A question in plain values; whoever asks has checked that a design can be read from it."""

    study_id: int
    kind: BenchKind
    title: str = Field(min_length=1, max_length=200)
    asked: dict[str, Any]


class BenchWorkStarted(SQLModel):
    """The paper that will hold the answer, and the job that works it out."""

    paper_id: int
    job_id: int


class KeepAnswer(SQLModel):
    """What came of a paper's question."""

    study_id: int
    paper_id: int
    result: dict[str, Any]


class AnswerKept(SQLModel):
    """The paper, finished."""

    paper_id: int


_PAPERS, _STUDIES = table_of(BenchPaper), table_of(Study)
_SPONSOR = select(_STUDIES.c.sponsor_id).where(_STUDIES.c.id == bindparam("study_id"))
_PAPER = select(_PAPERS).where(_PAPERS.c.id == bindparam("paper_id"), _PAPERS.c.study_id == bindparam("study_id"))


def start_bench_work(work: Work, ask: StartBenchWork) -> BenchWorkStarted:
    """Puts a question on the bench; the job names its paper and tells nothing of it."""
    work.actor.require(Permission.VIEW_RANDOMIZATION, ask.study_id)
    sponsor_id = work.one("study", _SPONSOR, study_id=ask.study_id)["sponsor_id"]
    paper_id = work.record(
        BenchPaper,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        kind=ask.kind,
        title=ask.title,
        asked=ask.asked,
        account_id=work.actor.account_id,
        at=work.at,
    )
    job_id = enqueue_job(work, JobKind.BENCH, {"paper": paper_id}, ask.study_id)
    work.run(update(_PAPERS).where(_PAPERS.c.id == paper_id).values(job_id=job_id))
    work.audit(
        AuditDraft(
            act="bench_work_started",
            record_kind="bench paper",
            record=str(paper_id),
            study_id=ask.study_id,
            new={"job": job_id},
            secret={"kind": ask.kind, "title": ask.title},
        )
    )
    return BenchWorkStarted(paper_id=paper_id, job_id=job_id)


def paper_asked(work: Work, study_id: int, paper_id: int) -> RowMapping:
    """A paper's row."""
    return work.one("bench paper", _PAPER, study_id=study_id, paper_id=paper_id)


def keep_answer(work: Work, ask: KeepAnswer) -> AnswerKept:
    """Finishes a paper; from then on it never changes."""
    work.actor.require(Permission.VIEW_RANDOMIZATION, ask.study_id)
    paper = paper_asked(work, ask.study_id, ask.paper_id)
    if paper["finished_at"] is not None:
        raise IntegrityFault(f"paper {ask.paper_id} is finished")
    finished = {"result": ask.result, "finished_at": work.at}
    work.run(update(_PAPERS).where(_PAPERS.c.id == ask.paper_id).values(finished))
    work.audit(AuditDraft("bench_work_finished", "bench paper", str(ask.paper_id), study_id=ask.study_id))
    return AnswerKept(paper_id=ask.paper_id)
