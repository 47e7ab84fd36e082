"""Advice beside a plan: a question is kept, worked out by a worker, and its answer kept beside it."""

from typing import Any

from sqlalchemy import RowMapping, bindparam, func, select, update
from sqlmodel import Field, SQLModel

from irt.errors import IntegrityFault
from irt.services.audit_draft import AuditDraft
from irt.services.jobs import enqueue_job
from irt.services.plans import PLAN, require_may_plan
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.states.plan import AdviceKind
from irt.states.records import JobKind
from irt.tables.columns import table_of
from irt.tables.secret import SupplyAdvice


class AskAdvice(SQLModel):
    """A question in plain values, beside a plan; whoever asks has checked that it can be worked out."""

    study_id: int
    plan: int
    kind: AdviceKind
    title: str = Field(min_length=1, max_length=200)
    asked: dict[str, Any]


class AdviceAsked(SQLModel):
    """The number of the advice in its study, and the job that works it out."""

    advice: int
    job_id: int


class KeepAdvice(SQLModel):
    """What came of a question."""

    study_id: int
    advice: int
    result: dict[str, Any]


class AdviceKept(SQLModel):
    """The advice, finished."""

    advice: int


_ADVICE = table_of(SupplyAdvice)
_NEXT = select(func.coalesce(func.max(_ADVICE.c.number), 0) + 1).where(_ADVICE.c.study_id == bindparam("study_id"))
_ONE = select(_ADVICE).where(_ADVICE.c.study_id == bindparam("study_id"), _ADVICE.c.number == bindparam("advice"))


def ask_advice(work: Work, ask: AskAdvice) -> AdviceAsked:
    """Keeps a question; the job names it and tells nothing of it."""
    study = lock_study(work, ask.study_id)
    require_may_plan(work, study)
    work.one("plan", PLAN, study_id=study.id, number=ask.plan)
    number = int(work.connection.execute(_NEXT, {"study_id": study.id}).scalar_one())
    job_id = enqueue_job(work, JobKind.ADVICE, {"advice": number}, study.id)
    work.record(
        SupplyAdvice,
        **study.owner,
        number=number,
        plan=ask.plan,
        kind=ask.kind,
        title=ask.title,
        asked=ask.asked,
        account_id=work.actor.account_id,
        job_id=job_id,
        at=work.at,
    )
    told, secret = {"plan": ask.plan, "job": job_id}, {"kind": ask.kind, "title": ask.title}
    work.audit(AuditDraft("advice_asked", "advice", str(number), study_id=study.id, new=told, secret=secret))
    return AdviceAsked(advice=number, job_id=job_id)


def advice_asked(work: Work, study_id: int, number: int) -> RowMapping:
    """A question's row."""
    return work.one("advice", _ONE, study_id=study_id, advice=number)


def keep_advice(work: Work, ask: KeepAdvice) -> AdviceKept:
    """Finishes an advice; from then on it never changes."""
    study = lock_study(work, ask.study_id)
    require_may_plan(work, study)
    advice = advice_asked(work, study.id, ask.advice)
    if advice["finished_at"] is not None:
        raise IntegrityFault(f"advice {ask.advice} is finished")
    finished = {"result": ask.result, "finished_at": work.at}
    work.run(update(_ADVICE).where(_ADVICE.c.id == advice["id"]).values(finished))
    work.audit(AuditDraft("advice_kept", "advice", str(ask.advice), study_id=study.id))
    return AdviceKept(advice=ask.advice)
