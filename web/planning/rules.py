"""Rules of resupply played on a kept plan's problem: what they are asked with, what is told of their settings."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import Field, ValidationError
from sqlalchemy import Connection

from irt.errors import BadInput
from irt.reads.asking import Asking
from irt.reads.inventory import network_view
from irt.reads.regional import regional_view
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_plans import plan_files, plan_shown
from irt.services.optimization_runs import RunOpen
from irt.study.definition import StudyDefinition
from irt.study.part import Part
from irt.supply.planner import SiteView
from irt.supply.predictive import Predictive
from irt.supply.resupply import MinMax
from optimization.live.kept import revived
from optimization.live.network import LiveProblem
from optimization.problem_file import read_problem
from optimization.rules.levels import Category, recruiters
from optimization.rules.planner import RulePlanner
from optimization.rules.play import Rule
from optimization.rules.tuning import Method, Tried
from optimization.rules.ways import Ways


class RuleAsked(Part):
    """Which rule is played, and the plan on whose problem."""

    method: Method
    beside: int = Field(ge=1)


@dataclass(frozen=True, slots=True)
class Beside:
    """The problem of the other plan, the bound that holds for every plan of it, and the rule."""

    live: LiveProblem
    bound: int
    planner: RulePlanner


def rule_asked(settings: Mapping[str, Any]) -> RuleAsked | None:
    """What a run was asked with, where it plays a rule; BadInput for a rule that nobody knows."""
    if "method" not in settings:
        return None
    try:
        return RuleAsked.model_validate(dict(settings))
    except ValidationError as fault:
        raise BadInput("This rule is not known. Nothing was played. Choose one of the list.") from fault


def beside_plan(connection: Connection, run: RunOpen, asked: RuleAsked, at: datetime) -> Beside:
    """The other plan's problem as it was kept, whatever has happened since.

    A bound of a plan that follows wishes holds for those who follow them, and is left out.
    """
    shown = plan_shown(connection, run.study_id, asked.beside)
    files = plan_files(connection, run.study_id, asked.beside)
    live = revived(read_problem(json.dumps(files.problem)), shown.run.day)
    definition = definition_in_force(connection, run.study_id)
    rule = _today(connection, run.study_id, definition, at) if asked.method is Method.LEVELS else None
    planner = RulePlanner(asked.method, definition.resupply.review_days, rule)
    return Beside(live, shown.bound if shown.run.parent is None else 0, planner)


def rule_told(found: Tried, method: Method, live: LiveProblem) -> dict[str, Any]:
    """Method and settings by category, as they are kept beside the plan."""
    ways = Ways(live.problem)
    known = recruiters(ways)
    count = Counter(known.categories.values())
    rows = [
        {
            "category": str(category),
            "places": count[category],
            "trigger_days": setting.trigger_days,
            "reach_days": setting.reach_days,
            "least": setting.least,
            "most": setting.most,
            "levels": {} if method.predicts else _levels_of(found, known.categories, category),
        }
        for category, setting in found.settings.items()
        if count[category]
    ]
    return {"method": str(method), "settings": rows}


def _levels_of(found: Tried, categories: Mapping[str, Category], category: Category) -> dict[str, list[int]]:
    """Kit type -> the least and the greatest minimum and maximum of a category's places."""
    told: dict[str, list[int]] = {}
    for place, levels in found.levels.items():
        for kit, level in levels.items() if categories.get(place) is category else ():
            before = told.get(kit, [level.minimum, level.maximum])
            told[kit] = [min(before[0], level.minimum), max(before[1], level.maximum)]
    return told


def _today(connection: Connection, study_id: int, definition: StudyDefinition, at: datetime) -> Rule:
    """The study's own levels, by its own rule."""
    asking = Asking(study_id, definition, at.date(), at)
    network = network_view(connection, asking)
    regional = regional_view(connection, asking, network) if network.regional else None
    places: tuple[SiteView, ...] = (*network.sites, *(regional.sites if regional else ()))
    predicts = definition.resupply.method == "predictive"
    levels = {place.number: dict(place.levels) for place in places}
    return Rule(Predictive() if predicts else MinMax(), levels, definition.resupply.review_days)
