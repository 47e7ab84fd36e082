"""The homes that depots send kits to, as planners see them: those of a country together, nobody by name.

For services only. What is foreseen there is need of the depot, never of a site.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from irt.reads.asking import Asking
from irt.reads.expected_need import ExpectedNeed
from irt.reads.supply_rules import NO_LANE, ApprovedLots, WindowsByCountry
from irt.reads.ways_open import WaysOpen
from irt.study.course import KitsOf
from irt.study.delivery import kits_at_site
from irt.study.network import HOME, Country, Depot
from irt.supply.planner import NOTHING, EnrolledSoFar, SiteView
from irt.tables.columns import table_of
from irt.tables.study import Depot as DepotRow
from irt.tables.study import Site

_SITES, _DEPOTS = table_of(Site), table_of(DepotRow)
# Satellites too, and sites that are closed: their subjects are still sent kits.
_ALL_SITES = (
    select(_SITES.c.id, _SITES.c.number, _SITES.c.country, _DEPOTS.c.code.label("depot"))
    .join(_DEPOTS, _DEPOTS.c.id == _SITES.c.depot_id)
    .where(_SITES.c.study_id == bindparam("study_id"))
    .order_by(_SITES.c.number)
)


def homes_of(
    connection: Connection,
    asking: Asking,
    ways: WaysOpen,
    expected: ExpectedNeed,
    enrolled: Mapping[int, EnrolledSoFar],
) -> tuple[SiteView, ...]:
    """One place for each country and depot that sends kits to homes there; none, and no question, in other studies.

    A site that another depot supplies than its country's has its homes with that depot.
    """
    countries = {one.code: one for one in asking.definition.countries if sent_by_depot(asking, one.code)}
    if not countries:
        return ()
    sites: dict[tuple[str, str], list[Any]] = {(one.code, one.depot): [] for one in countries.values()}
    for row in connection.execute(_ALL_SITES, {"study_id": asking.study_id}):
        if row.country in countries:
            sites.setdefault((row.country, row.depot), []).append(row)
    approved = ApprovedLots(connection, asking.study_id)
    depots = {depot.code: depot for depot in asking.definition.depots}
    return tuple(
        _homes(asking, ways, countries[country], depots[depot], approved.of(country))._replace(
            **_asked_for(there, expected, enrolled)
        )
        for (country, depot), there in sites.items()
    )


def sent_by_depot(asking: Asking, country: str) -> bool:
    """Whether kits go from the depot of that country to homes."""
    return kits_at_site(asking.definition.delivery, country) is KitsOf.AT_SITE


def homes_in(country: str) -> str:
    """What the homes of a country are called; no site has such a number."""
    return f"homes {country}"


def _homes(asking: Asking, ways: WaysOpen, country: Country, depot: Depot, lots: frozenset[str]) -> SiteView:
    lane = ways.lanes.to(depot.code, HOME, HOME)
    past_cut_off = lane.calendar.past_cut_off(asking.day, asking.at.astimezone(ZoneInfo(depot.zone)))
    barred, import_keys = ways.between(depot.country, country.code, lane, past_cut_off)
    own = depot.code == country.depot
    return SiteView(
        number=homes_in(country.code) if own else f"{homes_in(country.code)} from {depot.code}",
        country=country.code,
        label_group=country.label_group,
        depot=depot.code,
        lead_time_days=lane.lead_time_days,
        calendar=lane.calendar,
        past_cut_off=past_cut_off,
        dns_days=WindowsByCountry(asking.definition).dns(country.code),
        approved_lots=lots,
        has_lane=lane is not NO_LANE,
        barred=barred,
        import_keys=import_keys,
        kits_of=KitsOf.AT_HOME,
    )


def _asked_for(
    sites: Sequence[Any], expected: ExpectedNeed, enrolled: Mapping[int, EnrolledSoFar]
) -> dict[str, Any]:
    """What is foreseen at homes, in all, and site by site: subjects come site by site."""
    need: dict[str, list[Any]] = defaultdict(list)
    for row in sites:
        for kit_type, dated in expected.at_homes.get(row.id, NOTHING).items():
            need[kit_type] += dated
    serves = tuple(
        SiteView(
            number=homes_in(row.number),
            country=row.country,
            label_group="",
            depot="",
            lead_time_days=0,
            in_screening=expected.in_screening.get(row.id, 0),
            treated=expected.treated.get(row.id, ()),
            enrolled=enrolled.get(row.id),
            kits_of=KitsOf.AT_HOME,
        )
        for row in sites
    )
    return {"expected_need": {kit_type: sorted(dated) for kit_type, dated in need.items()}, "serves": serves}
