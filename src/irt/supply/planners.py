"""Which rule a study is supplied by, and the settings that every rule is told."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from irt.study.definition import StudyDefinition
from irt.study.virtual_block import virtual_block
from irt.supply import predictive, resupply
from irt.supply.planner import ResupplyPlanner, SiteView
from irt.supply.predictive import Predictive
from irt.supply.projection import Assumptions
from irt.supply.resupply import Formula, MinMax, Need, judged


def planner_of(definition: StudyDefinition, planner: ResupplyPlanner) -> ResupplyPlanner:
    """The planner that the study names; `planner` of the installation for all but the predictive one."""
    return Predictive() if definition.resupply.method == "predictive" else planner


def settings_of(definition: StudyDefinition, consolidate: bool | None = None) -> dict[str, Any]:
    """What planners are told of a study; blinding groups are topped up together unless that is said otherwise."""
    part = definition.resupply
    settings: dict[str, Any] = {
        "consolidate": definition.blinded if consolidate is None else consolidate,
        "groups": {kit_type.code: kit_type.blinding_group for kit_type in definition.kit_types},
        "review_days": part.review_days,
        "protection": part.protection,
        "least_kits": part.least_kits,
    }
    if part.method == "predictive" or part.protection == "whole_blocks":
        block = virtual_block(definition)
        settings["block"] = block.first()
        settings["assumed"] = Assumptions(
            part.forecast.screen_failure_rate, part.forecast.dropout_rate, block.subjects, block.kits
        )
    return settings


def needs_today(
    definition: StudyDefinition, site: SiteView, day: date, settings: Mapping[str, Any]
) -> tuple[Formula, list[Need]]:
    """The study's rule, and what it counts at a site on a day of every kit type, wanted or not."""
    if definition.resupply.method == "predictive":
        return Formula(Predictive.name, predictive.RULE), predictive.judge(site, day, settings)
    return Formula(MinMax.name, resupply.RULE), judged(site, day, settings)


def explain_by(
    definition: StudyDefinition, site: SiteView, day: date, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """What the study's rule counted at a site on a day, by kit type, and why an order follows or not."""
    return {need.kit_type: need.told() for need in needs_today(definition, site, day, settings)[1]}
