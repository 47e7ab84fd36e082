"""Why a site would be sent what today, and why not: the rule that keeps a kit type from being ordered, by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from irt.study.definition import StudyDefinition
from irt.supply.planner import NetworkView, SiteView
from irt.supply.planners import TOGETHER, needs_today, settings_of
from irt.supply.resupply import STOPPED, Need, share_out

NOT_REACHED = "level not reached"
NO_LEVEL = "no level set"
SHORT = "too few kits at the depot"


@dataclass(frozen=True, slots=True)
class TypeReason:
    """One kit type at one site: what was counted (None without a level), kits that would go, what prevents more."""

    kit_type: str
    blinding_group: str
    facts: Mapping[str, Any] | None
    sent: int
    why_not: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A site on a day: by which rule, when goods would leave and arrive, what delays them, and every kit type.

    `barred`: blinding groups that may not travel now, and why.
    """

    planner: str
    rule: str
    dispatch_on: date
    lead_time_days: int
    waits: tuple[str, ...]
    types: tuple[TypeReason, ...]
    barred: Mapping[str, str]


def explained(network: NetworkView, site: SiteView, day: date, definition: StudyDefinition) -> Explanation:
    """The reasons of one site, were it supplied alone on that day."""
    formula, needs = needs_today(definition, site, day, settings_of(definition))
    share_out(network, [need for need in needs if need.wanted], day, formula)
    judged = {need.kit_type: need for need in needs}
    return Explanation(
        planner=formula.planner,
        rule=formula.rule,
        dispatch_on=site.calendar.dispatch_on(day, site.past_cut_off),
        lead_time_days=site.lead_time_days,
        waits=waits(site, day),
        types=tuple(
            _reason(kit_type.code, kit_type.blinding_group, judged.get(kit_type.code))
            for kit_type in definition.kit_types
        ),
        barred={
            kit_type.blinding_group: site.barred[kit_type.code]
            for kit_type in definition.kit_types
            if kit_type.code in site.barred
        },
    )


def waits(site: SiteView, day: date) -> tuple[str, ...]:
    """What keeps goods from leaving for the site on that very day."""
    reasons = []
    if site.stopped(day):
        reasons.append(f"{STOPPED} on {site.stops_on}")
    if not site.has_lane:
        reasons.append("no lane from its depot")
    if day in site.calendar.holidays:
        reasons.append("holiday")
    elif day.weekday() not in site.calendar.weekdays:
        reasons.append("nothing leaves on this weekday")
    elif site.past_cut_off:
        reasons.append("after the cut-off of the day")
    return tuple(reasons)


def _reason(kit_type: str, group: str, need: Need | None) -> TypeReason:
    if need is None:
        return TypeReason(kit_type, group, None, 0, (NO_LEVEL,))
    return TypeReason(kit_type, group, need.told(), need.granted.total(), _why_not(need))


def _why_not(need: Need) -> tuple[str, ...]:
    if need.kit_type in need.site.barred:
        return (need.site.barred[need.kit_type],)
    if not need.wanted:
        return (need.why if need.why in (STOPPED, TOGETHER) else NOT_REACHED,)
    if not need.missing:
        return ()
    if need.limit:
        return (need.limit,)
    refused = [f"lot {lot}: {rule}" for lot, rule in sorted(need.refused_lots.items())]
    return (SHORT, *refused)
