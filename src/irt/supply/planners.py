"""Which rule a study is supplied by, and the settings that every rule is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from irt.study.course import KitsOf
from irt.study.courses import courses_of
from irt.study.definition import StudyDefinition
from irt.study.virtual_block import virtual_block
from irt.supply import predictive, resupply
from irt.supply.planner import NetworkView, ProposedShipment, ResupplyPlanner, SiteView
from irt.supply.predictive import Predictive
from irt.supply.projection import Assumptions
from irt.supply.resupply import Formula, MinMax, Need, judged, needs_by_hand

TOGETHER = "all places are planned together"
PLANNED_TOGETHER = (
    "what leaves follows from a plan for all places together, at the least cost for the promised service"
)


@dataclass(frozen=True, slots=True)
class ByMethod:
    """The planners of an installation: the plain one, and those found by the method that a study names.

    It is itself a planner, the plain one.
    """

    plain: ResupplyPlanner
    found: Callable[[str], ResupplyPlanner | None]

    @property
    def name(self) -> str:
        """The plain one's."""
        return self.plain.name

    def plan(self, network: NetworkView, day: date, settings: Mapping[str, Any]) -> list[ProposedShipment]:
        """What the plain one proposes."""
        return self.plain.plan(network, day, settings)


@dataclass(frozen=True, slots=True)
class StandIn:
    """The plain planner in the place of the one that a study names, and why."""

    plain: ResupplyPlanner
    instead_of: str
    why: str

    @property
    def name(self) -> str:
        """The plain one's."""
        return self.plain.name

    def plan(self, network: NetworkView, day: date, settings: Mapping[str, Any]) -> list[ProposedShipment]:
        """What the plain one proposes."""
        return self.plain.plan(network, day, settings)


def planner_of(definition: StudyDefinition, planner: ResupplyPlanner) -> ResupplyPlanner:
    """The planner that the study names, among those of the installation."""
    method = definition.resupply.method
    if method == "predictive":
        return Predictive()
    if method == "min_max" or not isinstance(planner, ByMethod):
        return planner
    return planner.found(method) or planner


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
    if part.method == "optimizer":
        settings |= _of_planning(definition)
    if part.method != "min_max" or part.protection == "whole_blocks":
        settings |= _foreseen(definition)
    return settings


def settings_to_optimize(definition: StudyDefinition) -> dict[str, Any]:
    """The settings of the optimizer, whichever rule the study itself is supplied by."""
    return {**settings_of(definition), **_of_planning(definition), **_foreseen(definition)}


def _of_planning(definition: StudyDefinition) -> dict[str, Any]:
    """What only the optimizer reckons with: prices, storage, and the courses of the arms."""
    planning = definition.resupply.planning
    return {"planning": planning, "storage": _storage(definition), "courses": courses_of(definition)}


def _foreseen(definition: StudyDefinition) -> dict[str, Any]:
    """The virtual block, and what is assumed of subjects."""
    block, forecast = virtual_block(definition), definition.resupply.forecast
    at_site = virtual_block(definition, KitsOf.AT_SITE) if definition.delivery else block
    rates = forecast.screen_failure_rate, forecast.dropout_rate
    return {
        "block": block.first(),
        "block_at_site": at_site.first(),
        "assumed": Assumptions(*rates, block.subjects, block.kits, at_site.kits),
    }


def _storage(definition: StudyDefinition) -> dict[str, str]:
    """Storage class by kit type, of kits with numbers."""
    return {
        kit_type.code: definition.blinding_group(kit_type.blinding_group).storage
        for kit_type in definition.kit_types
        if kit_type.serialized
    }


def needs_today(
    definition: StudyDefinition, site: SiteView, day: date, settings: Mapping[str, Any]
) -> tuple[Formula, list[Need]]:
    """The study's rule, and what it counts at a site on a day of every kit type, wanted or not."""
    if definition.resupply.method == "optimizer":
        every = dict.fromkeys((kit_type.code for kit_type in definition.kit_types), 0)
        return Formula("optimizer", PLANNED_TOGETHER), needs_by_hand(site, day, every, TOGETHER)
    if definition.resupply.method == "predictive":
        return Formula(Predictive.name, predictive.RULE), predictive.judge(site, day, settings)
    return Formula(MinMax.name, resupply.RULE), judged(site, day, settings)


def explain_by(
    definition: StudyDefinition, site: SiteView, day: date, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """What the study's rule counted at a site on a day, by kit type, and why an order follows or not."""
    return {need.kit_type: need.told() for need in needs_today(definition, site, day, settings)[1]}
