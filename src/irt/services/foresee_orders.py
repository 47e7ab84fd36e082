"""Orders of nights to come under two versions, on the same facts, by the rule that each version names."""

from irt.reads.amendment_facts import every_site
from irt.reads.asking import Asking, LevelOverlay
from irt.reads.inventory import levels_on, network_view
from irt.services.foresee_sites import Amendment
from irt.services.study_network import levels_in
from irt.services.supply_study import depot_ids
from irt.services.work import Work
from irt.study.blinded import blinded_study
from irt.study.definition import StudyDefinition
from irt.study.group_courses import courses_of_groups
from irt.supply.orders_ahead import (
    OrderAhead,
    OrdersDiffer,
    in_groups,
    orders_ahead,
    orders_differing,
    settings_in_groups,
)
from irt.supply.planner import NetworkView, ResupplyPlanner
from irt.supply.planners import settings_of
from irt.supply.predictive import Predictive
from irt.supply.resupply import MinMax

NIGHTS = 28
"""So many nights are foreseen."""


def rule_of(definition: StudyDefinition) -> ResupplyPlanner:
    """The rule of a version; the plain predictive one for an optimizer, which plans all nights at once."""
    return MinMax() if definition.resupply.method == "min_max" else Predictive()


def orders_by_type(work: Work, amendment: Amendment) -> tuple[OrdersDiffer, ...]:
    """Orders that differ, by site and kit type."""
    before, after = _networks(work, amendment)
    return orders_differing(
        _ahead(work, amendment.before, before, None), _ahead(work, amendment.after, after, None)
    )


def orders_by_look(work: Work, amendment: Amendment) -> tuple[OrdersDiffer, ...] | None:
    """Orders that differ, by site and the name of the blinding group; None where kits hang on more than the look.

    The rule is told of groups alone, of sums that blinded people could count. Every arm's kits look alike at each
    visit, so that nothing follows from who is in which arm.
    """
    for definition in (amendment.before, amendment.after):
        if not definition.blinded or courses_of_groups(blinded_study(definition)) is None:
            return None
    groups = {one.code: one.blinding_group for one in (*amendment.before.kit_types, *amendment.after.kit_types)}
    names = {one.code: one.name for one in (*amendment.before.blinding_groups, *amendment.after.blinding_groups)}
    before, after = _networks(work, amendment)
    differing = orders_differing(
        _ahead(work, amendment.before, before, groups), _ahead(work, amendment.after, after, groups)
    )
    return tuple(OrdersDiffer(one.site, names[one.what], one.before, one.after) for one in differing)


def _ahead(
    work: Work, definition: StudyDefinition, network: NetworkView, groups: dict[str, str] | None
) -> tuple[OrderAhead, ...]:
    settings = settings_of(definition)
    if groups is not None:
        network, settings = in_groups(network, groups), settings_in_groups(settings, groups)
    return orders_ahead(rule_of(definition), network, work.at.date(), NIGHTS, settings)


def _networks(work: Work, amendment: Amendment) -> tuple[NetworkView, NetworkView]:
    """The network as it is, and as it would be were every site on the version, with the levels it brings."""
    now = Asking(amendment.study_id, amendment.before, work.at.date(), work.at)
    then = Asking(
        amendment.study_id,
        amendment.after,
        work.at.date(),
        work.at,
        overlay=_new_levels(work, amendment),
        everywhere=True,
    )
    return _network(work, now), _network(work, then)


def _network(work: Work, asking: Asking) -> NetworkView:
    days = NIGHTS + levels_on(work.connection, asking).longest_days
    return network_view(work.connection, asking.ahead(days))


def _new_levels(work: Work, amendment: Amendment) -> tuple[LevelOverlay, ...]:
    """Levels that the approval would bring into force; others stay as they were last decided."""
    sites = {row["number"]: row["id"] for row in every_site(work.connection, amendment.study_id)}
    depots = depot_ids(work, amendment.study_id)
    known = levels_in(amendment.before, sites, depots)
    return tuple(
        LevelOverlay(
            country,
            site_id,
            depot_id,
            kit_type,
            level.minimum,
            level.maximum,
            level.trigger_days,
            level.resupply_days,
        )
        for country, site_id, depot_id, kit_type, level in levels_in(amendment.after, sites, depots)
        if (country, site_id, depot_id, kit_type, level) not in known
    )
