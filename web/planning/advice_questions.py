"""Questions beside a plan as they are kept, asked the same way from its pages and by other systems."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection

from irt.errors import BadInput
from irt.reads.asking import Asking
from irt.reads.blinded_enrolment_forecasts import kept_forecast
from irt.reads.inventory import network_view
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_plans import plan_files
from irt.services.supply_advice import AskAdvice
from irt.states.plan import AdviceKind
from irt.supply.planners import settings_to_optimize
from optimization.advice.inputs import changed_problem
from optimization.advice.what_if import Case, case_of
from optimization.campaigns.campaign_file import CampaignFile
from optimization.campaigns.from_courses import by_courses
from optimization.campaigns.from_enrolment import read_forecast, with_enrolment
from optimization.campaigns.from_problem import Terms, campaigns_from
from optimization.live.demand import StudyDemand
from optimization.problem import Problem
from optimization.problem_file import read_problem
from optimization.result import Goal

CASES_MAX, CHANGES_MAX, LOTS_MAX, DAYS_MAX = 8, 50, 40, 3_650
_TITLE_MAX = 200


@dataclass(frozen=True, slots=True)
class Beside:
    """The plan that is asked about, and when each calculation is to end."""

    study_id: int
    plan: int
    goal: Goal


def what_if_question(connection: Connection, beside: Beside, cases: Mapping[str, Sequence[str]]) -> AskAdvice:
    """What other inputs would change; refused by name where a path names nothing."""
    named = _cases(cases)
    problem = problem_of(connection, beside)
    for case in named:
        changed_problem(problem, case.changes)
    asked = {"cases": [{"name": name, "set": list(typed)} for name, typed in cases.items()]}
    words = ", ".join(case.name for case in named)
    return _question(beside, AdviceKind.WHAT_IF, f"What if: {words}", asked)


def _cases(cases: Mapping[str, Sequence[str]]) -> list[Case]:
    changes = sum(len(typed) for typed in cases.values())
    if not changes:
        raise BadInput("Nothing is to be changed. Nothing was started. Say what, as lots.L1.expiry_day+=14.")
    if len(cases) > CASES_MAX or changes > CHANGES_MAX:
        raise BadInput(f"At most {CASES_MAX} cases and {CHANGES_MAX} changes at once. Nothing was started.")
    return [case_of(name, typed) for name, typed in cases.items()]


def expiry_question(beside: Beside, days: int, most: int) -> AskAdvice:
    """What so many days more would save, lot by lot."""
    if not 1 <= days <= DAYS_MAX or not 1 <= most <= LOTS_MAX:
        raise BadInput(f"From 1 to {DAYS_MAX} days, and from 1 to {LOTS_MAX} lots. Nothing was started.")
    words = f"{days} days more of expiry"
    return _question(beside, AdviceKind.EXPIRY_VALUE, words, {"days": days, "most": most})


def campaigns_question(beside: Beside, file: CampaignFile) -> AskAdvice:
    """How much to pack in which campaign."""
    count = len(file.campaigns.days)
    words = f"Campaigns: {count} {'day' if count == 1 else 'days'}, service {file.service_level:.1%}"
    return _question(beside, AdviceKind.CAMPAIGNS, words, {"file": file.model_dump(mode="json")})


def campaigns_of_plan(connection: Connection, beside: Beside, terms: Terms) -> AskAdvice:
    """The same from the plan's own need and stock."""
    return campaigns_question(beside, campaigns_from(problem_of(connection, beside), terms))


def campaigns_by_forecast(
    connection: Connection, beside: Beside, terms: Terms, number: int, at: datetime
) -> AskAdvice:
    """The same from a kept forecast of enrolment, and from the visits of those who are there today.

    NotFound where the study has none of that number, BadInput where it is not finished or tells too few months.
    """
    kept = kept_forecast(connection, beside.study_id, number)
    if kept.result is None:
        raise BadInput(
            f"Forecast {number} is not finished. Nothing was started. Wait for it, or choose another one."
        )
    file = campaigns_from(problem_of(connection, beside), terms)
    definition = definition_in_force(connection, beside.study_id)
    asking = Asking(beside.study_id, definition, at.date(), at, ahead_days=file.horizon_days)
    network = network_view(connection, asking)
    demand = StudyDemand(settings_to_optimize(definition)["courses"])
    kits, days = [kit.id for kit in file.kit_types], file.horizon_days
    places = (*network.sites, *network.homes)
    known = {
        kit: sum((demand.means(place, kit, days) for place in places), np.zeros(days)).tolist() for kit in kits
    }
    new = {kit: demand.mean_of_newcomer(kit, days).tolist() for kit in kits}
    told = by_courses(file, known, new, max((at.date() - file.start).days, 0))
    asked = campaigns_question(beside, with_enrolment(told, read_forecast(json.dumps(kept.result))))
    return asked.model_copy(update={"title": f"{asked.title}, enrolment by forecast {number}"[:_TITLE_MAX]})


def problem_of(connection: Connection, beside: Beside) -> Problem:
    """The problem of the plan."""
    return read_problem(json.dumps(plan_files(connection, beside.study_id, beside.plan).problem))


def _question(beside: Beside, kind: AdviceKind, words: str, asked: dict[str, Any]) -> AskAdvice:
    goal = {"gap": beside.goal.gap, "seconds": beside.goal.seconds, "seed": beside.goal.seed}
    return AskAdvice(
        study_id=beside.study_id,
        plan=beside.plan,
        kind=kind,
        title=words[:_TITLE_MAX],
        asked=asked | {"goal": goal},
    )
