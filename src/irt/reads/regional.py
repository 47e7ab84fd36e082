"""Regional depots as a planner sees them: each a place to be supplied by the depot above it. For services only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Connection, bindparam, select

from irt.errors import BadInput
from irt.reads.asking import Asking
from irt.reads.inventory import depots_now, levels_on
from irt.reads.other_ways import other_ways
from irt.reads.piles import coming_to_depots
from irt.reads.supply_rules import NO_LANE, ApprovedLots, Lanes, Levels, WindowsByCountry
from irt.reads.ways_open import WaysOpen
from irt.supply.kit_selection import ANY_LABEL
from irt.supply.planner import NetworkView, SiteView
from irt.supply.regional import need_to_be_sent, served_through, windows_to_send_on
from irt.tables.columns import table_of
from irt.tables.study import Depot, Site

_DEPOTS, _SITES = table_of(Depot), table_of(Site)
_ABOVE = _DEPOTS.alias("above")
_STUDY: BindParameter[int] = bindparam("study_id")
_SUPPLIED = (
    select(
        _DEPOTS.c.id,
        _DEPOTS.c.code,
        _DEPOTS.c.country,
        _ABOVE.c.code.label("supplier"),
        _ABOVE.c.zone.label("supplier_zone"),
        _ABOVE.c.country.label("supplier_country"),
    )
    .join(_ABOVE, _ABOVE.c.id == _DEPOTS.c.supplied_by_id)
    .where(_DEPOTS.c.study_id == _STUDY)
    .order_by(_DEPOTS.c.code)
)
_SERVED = (
    select(_DEPOTS.c.code, _SITES.c.country, _SITES.c.label_group)
    .join(_DEPOTS, _DEPOTS.c.id == _SITES.c.depot_id)
    .where(_SITES.c.study_id == _STUDY)
    .distinct()
)


def regional_view(
    connection: Connection,
    asking: Asking,
    network: NetworkView,
    depot: str | None = None,
    *,
    every: bool = False,
) -> NetworkView:
    """The depots with levels of their own, or the one named, as places that the depots above them supply.

    `network`: with the sites and homes of that day; `every`: with or without levels, as plans for all see them.
    BadInput where the named depot is not kept up by another one.
    """
    rules = _Rules.of(connection, asking)
    ways = WaysOpen.of(connection, asking, rules.lanes)
    depots = depots_now(connection, asking)
    coming = coming_to_depots(connection, asking.study_id, asking.day)
    places = []
    for row in connection.execute(_SUPPLIED, {"study_id": asking.study_id}).all():
        levels = rules.levels.of_depot(row.id)
        if (levels or every) and depot in (None, row.code):
            below = rules.below(row.code)
            served = [site for site in network.sites if site.depot in below]
            homes = [home for home in network.homes if home.depot in below]
            lane = rules.lanes.to(row.supplier, row.country, row.code)
            local = asking.at.astimezone(ZoneInfo(row.supplier_zone))
            past_cut_off = lane.calendar.past_cut_off(asking.day, local)
            barred, import_keys = ways.between(row.supplier_country, row.country, lane, past_cut_off)
            place = SiteView(
                number=row.code,
                country=row.country,
                label_group=ANY_LABEL,
                depot=row.supplier,
                lead_time_days=lane.lead_time_days,
                calendar=lane.calendar,
                past_cut_off=past_cut_off,
                stock=tuple(stock for _, stock in depots[row.code].stock),
                on_the_way=tuple(coming.get(row.id, ())),
                levels=levels,
                has_lane=lane is not NO_LANE,
                labels=rules.labels(below),
                approved_lots=rules.lots(below),
                expected_need=need_to_be_sent([*served, *homes], asking.day),
                in_screening=sum(site.in_screening for site in served),
                serves=(*served, *(one for home in homes for one in home.serves)),
                barred=barred,
                import_keys=import_keys,
                other_ways=other_ways(ways, row.country, (row.code,)),
            )
            windows = rules.windows_days(below)
            places.append(place._replace(dnc_days=windows, dns_days=windows))
    if depot is not None and not places:
        raise BadInput(
            f"{depot} is no depot of this study that another one keeps up to levels. Nothing was planned. "
            "Check the code, or set its levels."
        )
    return NetworkView(depots, tuple(places), import_left=ways.import_left, import_windows=ways.windows())


@dataclass(frozen=True, slots=True)
class _Rules:
    """What governs depots on a day, and who is served from where."""

    levels: Levels
    lanes: Lanes
    approved: ApprovedLots
    windows: WindowsByCountry
    kit_types: tuple[str, ...]
    countries: Mapping[str, Mapping[str, str]]
    children: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, connection: Connection, asking: Asking) -> "_Rules":
        countries: dict[str, dict[str, str]] = defaultdict(dict)
        for country in asking.definition.countries:
            countries[country.depot][country.code] = country.label_group
        for code, country_code, label in connection.execute(_SERVED, {"study_id": asking.study_id}):
            countries[code][country_code] = label
        children: dict[str, list[str]] = defaultdict(list)
        for row in connection.execute(_SUPPLIED, {"study_id": asking.study_id}):
            children[row.supplier].append(row.code)
        return cls(
            levels=levels_on(connection, asking),
            lanes=Lanes(connection, asking.study_id, asking.day),
            approved=ApprovedLots(connection, asking.study_id),
            windows=WindowsByCountry(asking.definition),
            kit_types=tuple(kit_type.code for kit_type in asking.definition.kit_types),
            countries=countries,
            children=children,
        )

    def below(self, depot: str) -> tuple[str, ...]:
        return served_through(depot, self.children)

    def labels(self, depots: Sequence[str]) -> frozenset[str]:
        return frozenset(label for depot in depots for label in self.countries.get(depot, {}).values())

    def lots(self, depots: Sequence[str]) -> frozenset[str]:
        """Lots that may go to at least one country served, or everywhere."""
        return self.approved.of("").union(
            *(self.approved.of(country) for depot in depots for country in self.countries.get(depot, ()))
        )

    def windows_days(self, depots: Sequence[str]) -> dict[str, int]:
        """Kit type -> days before expiry from which a kit there can no longer be sent on to every country."""
        ways = ((depot, country) for depot in depots for country in self.countries.get(depot, ()))
        return windows_to_send_on(
            ways,
            self.kit_types,
            self.windows.dns,
            lambda depot, country: self.lanes.to(depot, country, "").lead_time_days,
        )
