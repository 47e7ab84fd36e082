"""Forecasts of enrolment: asked for, worked out by a worker from what is known then, and kept."""

from datetime import date
from typing import Any

from sqlalchemy import RowMapping, bindparam, func, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import IntegrityFault
from irt.services.audit_draft import AuditDraft
from irt.services.jobs import enqueue_job
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.states.records import JobKind
from irt.tables.columns import table_of
from irt.tables.enrolment import EnrolmentForecast

SUBJECTS_MAX = 1_000_000
MONTHS_MAX = 60
SEED_MAX = 2**31 - 1


class AskForecast(SQLModel):
    """Months ahead, the target, how few subjects in these months make a site one at risk, and the seed."""

    study_id: int
    months: int = Field(default=12, ge=1, le=MONTHS_MAX)
    target: int = Field(ge=1, le=SUBJECTS_MAX)
    at_most: int = Field(default=0, ge=0, le=1_000)
    seed: int = Field(default=1, ge=0, le=SEED_MAX)


class ForecastAsked(SQLModel):
    """The number of the forecast in its study, and the job that works it out."""

    forecast: int
    job_id: int


class KeepForecast(SQLModel):
    """What came out, from what was known on that day."""

    study_id: int
    forecast: int
    known_on: date
    result: dict[str, Any]


class ForecastKept(SQLModel):
    """The forecast, finished."""

    forecast: int


_FORECASTS = table_of(EnrolmentForecast)
_OF_STUDY = _FORECASTS.c.study_id == bindparam("study_id")
_NEXT = select(func.coalesce(func.max(_FORECASTS.c.number), 0) + 1).where(_OF_STUDY)
_ONE = select(_FORECASTS).where(_OF_STUDY, _FORECASTS.c.number == bindparam("forecast"))


def ask_forecast(work: Work, ask: AskForecast) -> ForecastAsked:
    """Keeps what is asked; whoever may see a study's enrolment may ask what will become of it."""
    work.actor.require(Permission.VIEW_ENROLMENT, ask.study_id)
    study = lock_study(work, ask.study_id)
    number = int(work.connection.execute(_NEXT, {"study_id": study.id}).scalar_one())
    job_id = enqueue_job(work, JobKind.ENROLMENT, {"forecast": number}, study.id)
    asked = ask.model_dump(exclude={"study_id"})
    work.record(
        EnrolmentForecast,
        **study.owner,
        number=number,
        asked=asked,
        account_id=work.actor.account_id,
        job_id=job_id,
        at=work.at,
    )
    told = {"job": job_id, **asked}
    work.audit(
        AuditDraft("enrolment_forecast_asked", "enrolment forecast", str(number), study_id=study.id, new=told)
    )
    return ForecastAsked(forecast=number, job_id=job_id)


def forecast_asked(work: Work, study_id: int, number: int) -> RowMapping:
    """A forecast's row."""
    return work.one("enrolment forecast", _ONE, study_id=study_id, forecast=number)


def keep_forecast(work: Work, ask: KeepForecast) -> ForecastKept:
    """Finishes a forecast; from then on it never changes."""
    work.actor.require(Permission.VIEW_ENROLMENT, ask.study_id)
    study = lock_study(work, ask.study_id)
    row = forecast_asked(work, study.id, ask.forecast)
    if row["finished_at"] is not None:
        raise IntegrityFault(f"enrolment forecast {ask.forecast} is finished")
    finished = {"known_on": ask.known_on, "result": ask.result, "finished_at": work.at}
    work.run(update(_FORECASTS).where(_FORECASTS.c.id == row["id"]).values(finished))
    work.audit(
        AuditDraft(
            "enrolment_forecast_kept",
            "enrolment forecast",
            str(ask.forecast),
            study_id=study.id,
            new={"known_on": ask.known_on.isoformat()},
        )
    )
    return ForecastKept(forecast=ask.forecast)
