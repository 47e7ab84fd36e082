"""The scenario of a study on the database, as it stands now."""

from datetime import datetime

from sqlalchemy import Connection

from irt.reads.unblinded_study_state import study_state
from simulation.enrolment.posterior.fit import EFFORT, Effort
from simulation.enrolment.site_rates import site_rates
from simulation.live.scenario import TwinAsked, scenario_of_study
from simulation.spec.scenario import Scenario
from web.forecasting.facts import enrolment_of_study

MONTH_DAYS = 30


def scenario_now(
    connection: Connection, study_id: int, at: datetime, asked: TwinAsked, seed: int = 1, effort: Effort = EFFORT
) -> Scenario:
    """Its state and what was learned of its enrolment; a limit of the study is the target where none is asked."""
    state = study_state(connection, study_id, at.date(), at, asked.horizon_days)
    known, most = enrolment_of_study(connection, study_id, at.date())
    rates = site_rates(known, -(-asked.horizon_days // MONTH_DAYS), seed, effort)
    return scenario_of_study(state, rates, TwinAsked(asked.horizon_days, asked.target or most))
