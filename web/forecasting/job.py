"""What a worker does with a forecast of enrolment: learns from what is known on the day, tells how far it is."""

from collections.abc import Mapping
from typing import Any

from irt.services.enrolment_forecasts import AskForecast, KeepForecast, forecast_asked, keep_forecast
from irt.services.running_job import Reports, RunningJob
from irt.services.unit_of_work import perform
from irt.services.work import Work
from simulation.enrolment.posterior.fit import EFFORT, Effort
from simulation.enrolment.study import ForecastAsked, forecast_study
from web.forecasting.facts import enrolment_of_study
from web.forecasting.told import study_summary

WORDS = "Learning from the subjects so far"


def work_on_forecast(running: RunningJob) -> Mapping[str, Any]:
    """Works one forecast out; a refusal ends the job and is told on its page."""
    return work_on_forecast_with(EFFORT, running)


def work_on_forecast_with(effort: Effort, running: RunningJob) -> Mapping[str, Any]:
    """The same with another length of the chain."""
    number, study_id, day = int(running.job.asked["forecast"]), running.study_id, running.clock().date()
    with running.store.reading() as connection:
        row = forecast_asked(Work(running.store, connection, running.starter(), running.clock()), study_id, number)
        known, most = enrolment_of_study(connection, study_id, day)
    if row["finished_at"] is None:
        ask = AskForecast(study_id=study_id, **row["asked"])
        asked = ForecastAsked(ask.months, ask.target, ask.at_most, ask.seed, most)
        found = forecast_study(known, asked, effort, Reports(running, WORDS).tell)
        result = study_summary(found, known, asked)
        keep = KeepForecast(study_id=study_id, forecast=number, known_on=day, result=result)
        perform(running.store, running.starter(), running.clock(), keep_forecast, keep, running.key)
    return {"forecast": number}
