"""Changes of a running study tried on a twin: asked for, played by a worker, and the answer kept."""

from typing import Any

from sqlalchemy import RowMapping, bindparam, func, select, update
from sqlmodel import Field, SQLModel

from irt.errors import IntegrityFault
from irt.services.audit_draft import AuditDraft
from irt.services.jobs import enqueue_job
from irt.services.plans import require_may_plan
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.states.records import JobKind
from irt.tables.columns import table_of
from irt.tables.secret import TwinRun


class AskTwin(SQLModel):
    """A change in plain values; whoever asks has checked that it can be read."""

    study_id: int
    change: dict[str, Any]
    days: int = Field(default=180, ge=7, le=1_500)
    replications: int = Field(default=100, ge=2, le=10_000)
    seed: int = Field(default=1, ge=0, le=2**31 - 1)


class TwinAsked(SQLModel):
    """The number of the twin in its study, and the job that plays it."""

    twin: int
    job_id: int


class KeepTwin(SQLModel):
    """What came of it."""

    study_id: int
    twin: int
    result: dict[str, Any]


class TwinKept(SQLModel):
    """The twin, finished."""

    twin: int


_TWINS = table_of(TwinRun)
_OF_STUDY = _TWINS.c.study_id == bindparam("study_id")
_NEXT = select(func.coalesce(func.max(_TWINS.c.number), 0) + 1).where(_OF_STUDY)
_ONE = select(_TWINS).where(_OF_STUDY, _TWINS.c.number == bindparam("twin"))


def ask_twin(work: Work, ask: AskTwin) -> TwinAsked:
    """Keeps a change to be tried; the job names it and tells nothing of it."""
    study = lock_study(work, ask.study_id)
    require_may_plan(work, study)
    number = int(work.connection.execute(_NEXT, {"study_id": study.id}).scalar_one())
    job_id = enqueue_job(work, JobKind.TWIN, {"twin": number}, study.id)
    asked = ask.model_dump(exclude={"study_id"})
    work.record(
        TwinRun,
        **study.owner,
        number=number,
        asked=asked,
        account_id=work.actor.account_id,
        job_id=job_id,
        at=work.at,
    )
    told = {"job": job_id}
    work.audit(AuditDraft("twin_asked", "live twin", str(number), study_id=study.id, new=told, secret=asked))
    return TwinAsked(twin=number, job_id=job_id)


def twin_asked(work: Work, study_id: int, number: int) -> RowMapping:
    """A twin's row."""
    return work.one("live twin", _ONE, study_id=study_id, twin=number)


def keep_twin(work: Work, ask: KeepTwin) -> TwinKept:
    """Finishes a twin; from then on it never changes."""
    study = lock_study(work, ask.study_id)
    require_may_plan(work, study)
    row = twin_asked(work, study.id, ask.twin)
    if row["finished_at"] is not None:
        raise IntegrityFault(f"live twin {ask.twin} is finished")
    finished = {"result": ask.result, "finished_at": work.at}
    work.run(update(_TWINS).where(_TWINS.c.id == row["id"]).values(finished))
    work.audit(AuditDraft("twin_kept", "live twin", str(ask.twin), study_id=study.id))
    return TwinKept(twin=ask.twin)
