"""The supply network as a planner sees it, on one day. Stock by kit type, so for services only."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Connection, bindparam, select

from irt.reads.asking import Asking
from irt.reads.enrolled import enrolled_so_far
from irt.reads.expected_need import ExpectedNeed, expected_need
from irt.reads.homes import homes_of
from irt.reads.other_ways import other_ways
from irt.reads.piles import on_the_way, piles_at
from irt.reads.supply_rules import (
    NEWEST_APPROVED,
    NO_LANE,
    STOP_CHANGED,
    STOPS_ON,
    ApprovedLots,
    KitTypesOfVersions,
    Lanes,
    Levels,
    WindowsByCountry,
)
from irt.reads.ways_open import WaysOpen
from irt.states.kit import Custody
from irt.states.records import SiteStatus
from irt.study.delivery import kits_at_site
from irt.supply.planner import NOTHING, DepotView, EnrolledSoFar, LotStock, NetworkView, SiteView
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot
from irt.tables.study import Depot, Site

_SITES, _DEPOTS, _LOTS = table_of(Site), table_of(Depot), table_of(BlindedLot)
_STUDY: BindParameter[int] = bindparam("study_id")
_ACTIVE_SITES = (
    select(
        _SITES.c.id,
        _SITES.c.number,
        _SITES.c.country,
        _SITES.c.label_group,
        _DEPOTS.c.code.label("depot"),
        _DEPOTS.c.zone.label("depot_zone"),
        _SITES.c.version_number,
        (_SITES.c.version_number < NEWEST_APPROVED).label("behind"),
        STOP_CHANGED.label("stop_changed"),
        STOPS_ON.label("stops_on"),
        _DEPOTS.c.country.label("depot_country"),
    )
    .join(_DEPOTS, _DEPOTS.c.id == _SITES.c.depot_id)
    # A satellite lives on the stock of its main site.
    .where(_SITES.c.study_id == _STUDY, _SITES.c.status == SiteStatus.ACTIVE, _SITES.c.main_site_id.is_(None))
    .order_by(_SITES.c.number)
)
_ONE_SITE = _ACTIVE_SITES.where(_SITES.c.number == bindparam("site"))
_DEPOT_CODES = select(_DEPOTS.c.id, _DEPOTS.c.code).where(_DEPOTS.c.study_id == _STUDY).order_by(_DEPOTS.c.code)
_LOT_NUMBERS = select(_LOTS.c.id, _LOTS.c.number).where(_LOTS.c.study_id == _STUDY)


def network_view(connection: Connection, asking: Asking) -> NetworkView:
    """The network of a study on a day; depots are counted only when a planner asks for them."""
    lots = {row.id: row.number for row in connection.execute(_LOT_NUMBERS, {"study_id": asking.study_id})}
    levels, lanes = levels_on(connection, asking), Lanes(connection, asking.study_id, asking.day)
    ways = WaysOpen.of(connection, asking, lanes)
    days, enrolled = _days_ahead(asking, levels), _enrolled(connection, asking)
    expected = _expected(connection, asking, days)
    sites = tuple(_sites(connection, asking, lots, levels, ways, expected, enrolled))
    depots = _DepotsOnDemand(connection, asking, lots)
    homes = homes_of(connection, asking, ways, expected, enrolled) if days and not asking.site else ()
    return NetworkView(depots, sites, levels.regional, ways.import_left, ways.windows(), homes)


def levels_on(connection: Connection, asking: Asking) -> Levels:
    """The levels in force on the day, of sites and regional depots."""
    part = asking.definition.resupply
    windows_days = part.trigger_days, part.resupply_days
    return Levels(connection, asking.study_id, asking.day, windows_days, asking.overlay)


def depots_now(connection: Connection, asking: Asking) -> Mapping[str, DepotView]:
    """The depots as they stand within this transaction, counted when first asked for."""
    lots = {row.id: row.number for row in connection.execute(_LOT_NUMBERS, {"study_id": asking.study_id})}
    return _DepotsOnDemand(connection, asking, lots)


def _sites(
    connection: Connection,
    asking: Asking,
    lots: Mapping[int, str],
    levels: Levels,
    ways: WaysOpen,
    expected: ExpectedNeed,
    enrolled: Mapping[int, EnrolledSoFar],
) -> Iterator[SiteView]:
    study_id, day = asking.study_id, asking.day
    facts = {"study_id": study_id, **({} if asking.site is None else {"site": asking.site})}
    sites = connection.execute(_ACTIVE_SITES if asking.site is None else _ONE_SITE, facts).all()
    stock = _stock(connection, asking, sites, lots)
    coming = on_the_way(connection, study_id, day)
    known = KitTypesOfVersions(connection, study_id)
    approved, windows = ApprovedLots(connection, study_id), WindowsByCountry(asking.definition)
    local = {zone: asking.at.astimezone(ZoneInfo(zone)) for zone in {site.depot_zone for site in sites}}
    for row in sites:
        site_id, number, country, label_group, depot, depot_zone, version, behind, changed, stops_on, origin = row
        lane = ways.lanes.to(depot, country, number)
        past_cut_off = lane.calendar.past_cut_off(day, local[depot_zone])
        barred, import_keys = ways.between(origin, country, lane, past_cut_off)
        yield SiteView(
            number=number,
            country=country,
            label_group=label_group,
            depot=depot,
            lead_time_days=lane.lead_time_days,
            calendar=lane.calendar,
            past_cut_off=past_cut_off,
            stock=tuple(stock[site_id]),
            on_the_way=tuple(coming.get(site_id, ())),
            levels=known.among(levels.of(country, site_id), version if behind and not asking.everywhere else None),
            dnc_days=windows.dnc(country),
            dns_days=windows.dns(country),
            approved_lots=approved.of(country),
            stops_on=stops_on if changed else _stop_in_file(asking, country, number),
            expected_need=expected.by_site.get(site_id, NOTHING),
            in_screening=expected.in_screening.get(site_id, 0),
            treated=expected.treated.get(site_id, ()),
            enrolled=enrolled.get(site_id),
            has_lane=lane is not NO_LANE,
            barred=barred,
            import_keys=import_keys,
            other_ways=other_ways(ways, country, (number, country)),
            kits_of=kits_at_site(asking.definition.delivery, country),
        )


def _stop_in_file(asking: Asking, country: str, site: str) -> date | None:
    stops = asking.definition.resupply.stops
    return stops.sites.get(site) or stops.countries.get(country)


def _days_ahead(asking: Asking, levels: Levels) -> int:
    """How far the study, or whoever asks, looks ahead; 0 where levels alone rule."""
    part = asking.definition.resupply
    days = {"predictive": levels.longest_days, "optimizer": part.planning.horizon_days}.get(part.method, 0)
    return asking.ahead_days or days


def _expected(connection: Connection, asking: Asking, days: int) -> ExpectedNeed:
    """What subjects will need within so many days; nothing is asked where there are none."""
    if not days:
        return ExpectedNeed()
    one_by_one = bool(asking.ahead_days) or asking.definition.resupply.method == "optimizer"
    return expected_need(connection, asking.study_id, asking.definition, asking.day, days, one_by_one)


def _enrolled(connection: Connection, asking: Asking) -> Mapping[int, EnrolledSoFar]:
    """How sites have enrolled, asked only where new subjects may be expected."""
    part = asking.definition.resupply
    expects = part.method == "optimizer" and part.planning.subjects_per_month
    return enrolled_so_far(connection, asking.study_id, asking.day) if expects or asking.ahead_days else {}


def _stock(
    connection: Connection, asking: Asking, sites: Sequence[Any], lots: Mapping[int, str]
) -> dict[int, list[LotStock]]:
    stock: dict[int, list[LotStock]] = {site.id: [] for site in sites}
    for place_id, _, lot_id, expiry, kit_type, kits in piles_at(connection, asking.study_id, Custody.SITE, stock):
        stock[place_id].append(LotStock(kit_type, lots[lot_id], expiry, kits))
    return stock


class _DepotsOnDemand(Mapping[str, DepotView]):
    """Depots by code. Counting a full depot takes far longer than seeing that no site is low."""

    def __init__(self, connection: Connection, asking: Asking, lots: Mapping[int, str]) -> None:
        self._connection, self._study_id, self._lots = connection, asking.study_id, lots
        self._counted: dict[str, DepotView] | None = None

    def _views(self) -> dict[str, DepotView]:
        if self._counted is None:
            self._counted = self._count()
        return self._counted

    def _count(self) -> dict[str, DepotView]:
        rows = self._connection.execute(_DEPOT_CODES, {"study_id": self._study_id}).all()
        stock: dict[int, list[tuple[str, LotStock]]] = {row.id: [] for row in rows}
        piles = piles_at(self._connection, self._study_id, Custody.DEPOT, stock)
        for place_id, label, lot_id, expiry, kit_type, kits in sorted(piles):
            stock[place_id].append((label, LotStock(kit_type, self._lots[lot_id], expiry, kits)))
        return {row.code: DepotView(row.code, tuple(stock[row.id])) for row in rows}

    def __getitem__(self, code: str) -> DepotView:
        return self._views()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._views())

    def __len__(self) -> int:
        return len(self._views())
