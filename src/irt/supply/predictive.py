"""Predictive resupply: the need of a site's subjects and of those in screening, with the levels as buffers.

An order is due where less counts as stock than the need over the trigger window and the minimum; it reaches to the
need over the resupply window and the maximum. Where both windows are zero this is min/max.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from irt.supply.planner import Level, NetworkView, ProposedShipment, SiteView
from irt.supply.projection import (
    Assumptions,
    blocks_expected,
    in_whole_kits,
    need_of_blocks,
    need_of_subjects,
)
from irt.supply.resupply import Formula, Need, judged, needs_of, share_out

RULE = (
    "considered = on_site + on_the_way; minimum = need over the trigger window + minimum buffer; "
    "maximum = need over the resupply window + maximum buffer; "
    "if considered < minimum: wanted = maximum - considered"
)


class Predictive:
    """Trigger and resupply windows over projected need, plus buffers."""

    name = "predictive"

    def plan(self, network: NetworkView, day: date, settings: Mapping[str, Any]) -> list[ProposedShipment]:
        """Shipments to propose on `day`, in order of depot and site; never more than a depot holds."""
        needs: list[Need] = []
        for site in network.sites:
            levels, basis = projected(site, day, settings)
            needs += needs_of(site._replace(levels=levels), day, settings, basis)
        return share_out(network, needs, day, Formula(self.name, RULE))


def judge(site: SiteView, day: date, settings: Mapping[str, Any]) -> list[Need]:
    """Every kit type of a site with what was counted and projected, wanted or not."""
    levels, basis = projected(site, day, settings)
    return judged(site._replace(levels=levels), day, settings, basis)


def projected(
    site: SiteView, day: date, settings: Mapping[str, Any]
) -> tuple[dict[str, Level], dict[str, dict[str, Any]]]:
    """The levels of a day with the need in them, and by kit type how they came about."""
    assumed: Assumptions = settings.get("assumed", Assumptions())
    trigger = _need(site, day, settings, "trigger_days")
    reach = _need(site, day, settings, "resupply_days")
    blocks = blocks_expected(site.in_screening, assumed)
    levels, basis = {}, {}
    for kit_type, buffer in site.levels.items():
        least = trigger[kit_type] + buffer.minimum
        levels[kit_type] = Level(least, max(reach[kit_type] + buffer.maximum, least))
        basis[kit_type] = {
            "trigger_days": buffer.trigger_days,
            "resupply_days": buffer.resupply_days,
            "need_to_trigger": trigger[kit_type],
            "need_to_reach": reach[kit_type],
            "minimum_buffer": buffer.minimum,
            "maximum_buffer": buffer.maximum,
            "in_screening": site.in_screening,
            "virtual_blocks": blocks,
        }
    return levels, basis


def _need(site: SiteView, day: date, settings: Mapping[str, Any], window: str) -> dict[str, int]:
    """Kits of each type over its own window: known subjects', rounded within groups, and blocks for screening."""
    assumed: Assumptions = settings.get("assumed", Assumptions())
    blocks = blocks_expected(site.in_screening, assumed)
    shares: dict[str, Fraction] = {}
    for kit_type, level in site.levels.items():
        visits = site.expected_need.get(kit_type, ())
        shares[kit_type] = need_of_subjects(visits, day, getattr(level, window), assumed.dropout_rate)
    whole = in_whole_kits(shares, settings.get("groups", {}))
    return {
        kit_type: whole[kit_type] + need_of_blocks(kit_type, blocks, getattr(level, window), assumed, site.kits_of)
        for kit_type, level in site.levels.items()
    }
