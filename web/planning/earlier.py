"""The plan that a run goes on from, where the study or the run says so."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection

from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_plans import plan_to_keep
from irt.services.optimization_runs import RunOpen
from irt.supply.planners import settings_to_optimize
from optimization.live.earlier import earlier_of, nervousness_of
from optimization.live.network import LiveProblem
from optimization.replan.yesterday import Nervousness, Yesterday
from web.planning.problem import asked_settings


@dataclass(frozen=True, slots=True)
class Earlier:
    """The number of the plan, what it says for today, and what changing it costs."""

    number: int
    yesterday: Yesterday
    nervousness: Nervousness


def earlier_plan(connection: Connection, run: RunOpen, live: LiveProblem) -> Earlier | None:
    """The last plan, or the last approved one, as the run's settings say; None where there is none to keep."""
    definition = definition_in_force(connection, run.study_id)
    settings = asked_settings(settings_to_optimize(definition), run.horizon_days, run.settings)
    asked = settings["planning"].earlier
    if asked.keep == "never":
        return None
    found = plan_to_keep(connection, run.study_id, approved=asked.keep == "approved")
    if found is None:
        return None
    number, files = found
    yesterday = earlier_of(live, json.dumps(files.problem), files.plan)
    return Earlier(number, yesterday, nervousness_of(asked))
