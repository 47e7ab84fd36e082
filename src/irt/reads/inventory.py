"""The supply network as a planner sees it: stock by kit type everywhere, so for services only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, select

from irt.states.kit import Assignment, Custody, Quality
from irt.states.records import SiteStatus
from irt.states.shipment import OPEN, ShipmentStatus
from irt.study.definition import StudyDefinition
from irt.supply.calendar import EVERY_DAY, DispatchCalendar, calendar_of
from irt.supply.planner import DepotView, Level, LotStock, NetworkView, OnTheWay, SiteView
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit, LotApproval
from irt.tables.secret import KitContent, ManufacturingLot, ResupplySetting
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Depot, Lane, Site

_KITS, _LOTS, _CONTENTS, _APPROVALS = (
    table_of(Kit),
    table_of(BlindedLot),
    table_of(KitContent),
    table_of(LotApproval),
)
_SITES, _DEPOTS, _LANES, _SETTINGS = table_of(Site), table_of(Depot), table_of(Lane), table_of(ResupplySetting)
_BULK = table_of(ManufacturingLot)
_SHIPMENTS, _SHIPPED = table_of(Shipment), table_of(ShipmentKit)
_STUDY: BindParameter[int] = bindparam("study_id")

_ACTIVE_SITES = (
    select(
        _SITES.c.id,
        _SITES.c.number,
        _SITES.c.country,
        _SITES.c.label_group,
        _DEPOTS.c.code.label("depot"),
        _DEPOTS.c.zone.label("depot_zone"),
    )
    .join(_DEPOTS, _DEPOTS.c.id == _SITES.c.depot_id)
    .where(_SITES.c.study_id == _STUDY, _SITES.c.status == SiteStatus.ACTIVE)
    .order_by(_SITES.c.number)
)
_USABLE = (_KITS.c.assignment == Assignment.FREE, _KITS.c.quality == Quality.RELEASED)
_ALIKE = (_CONTENTS.c.kit_type, _KITS.c.blinded_lot_id, _KITS.c.expiry)
# Places are named one by one, so that the index of places is used whatever a database guesses about its tables.
_PLACES: BindParameter[list[int]] = bindparam("places", expanding=True)
_SITE_STOCK = (
    select(_KITS.c.place_id, *_ALIKE, func.count().label("kits"))
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .where(_KITS.c.custody == Custody.SITE, _KITS.c.place_id.in_(_PLACES), *_USABLE)
    .group_by(_KITS.c.place_id, *_ALIKE)
)
_DEPOT_IDS = select(_DEPOTS.c.id, _DEPOTS.c.code).where(_DEPOTS.c.study_id == _STUDY)
# A depot holds many thousand kits. Lots of one kit type are counted from the index alone, without their contents.
_BY_LOT = (_KITS.c.place_id, _KITS.c.label_group, _KITS.c.blinded_lot_id, _KITS.c.expiry)
_LOT_TYPES = select(_BULK.c.blinded_lot_id, _BULK.c.kit_type).where(_BULK.c.study_id == _STUDY).distinct()
_DEPOT_LOTS = (
    select(*_BY_LOT, func.count().label("kits"))
    .where(_KITS.c.custody == Custody.DEPOT, _KITS.c.place_id.in_(_PLACES), *_USABLE)
    .group_by(*_BY_LOT)
)
_MIXED_LOTS = (
    select(*_BY_LOT, _CONTENTS.c.kit_type, func.count().label("kits"))
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .where(
        _KITS.c.custody == Custody.DEPOT,
        _KITS.c.place_id.in_(_PLACES),
        _KITS.c.blinded_lot_id.in_(bindparam("lots", expanding=True)),
        *_USABLE,
    )
    .group_by(*_BY_LOT, _CONTENTS.c.kit_type)
)
_UNDERWAY = (
    select(_SHIPMENTS.c.site_id.label("place"), _SHIPMENTS.c.expected_on, *_ALIKE, func.count().label("kits"))
    .join(_SHIPPED, _SHIPPED.c.shipment_id == _SHIPMENTS.c.id)
    .join(_KITS, _KITS.c.id == _SHIPPED.c.kit_id)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .where(
        _SHIPMENTS.c.study_id == _STUDY,
        _SHIPMENTS.c.status.in_(sorted({*OPEN, ShipmentStatus.RECEIVED_PARTLY})),
        _SHIPMENTS.c.site_id.is_not(None),
        _SHIPPED.c.outcome.is_(None),
        _KITS.c.quality == Quality.RELEASED,
    )
    .group_by(_SHIPMENTS.c.site_id, _SHIPMENTS.c.expected_on, *_ALIKE)
)
_SETTINGS_IN_FORCE = (
    select(
        _SETTINGS.c.country,
        _SETTINGS.c.site_id,
        _SETTINGS.c.kit_type,
        _SETTINGS.c.minimum,
        _SETTINGS.c.maximum,
    )
    .where(_SETTINGS.c.study_id == _STUDY, _SETTINGS.c.effective_from <= bindparam("day"))
    .order_by(_SETTINGS.c.effective_from, _SETTINGS.c.id)
)
_LANES_IN_FORCE = (
    select(_DEPOTS.c.code, _LANES.c.target, _LANES.c.lead_time_days, _LANES.c.calendar)
    .join(_DEPOTS, _DEPOTS.c.id == _LANES.c.origin_id)
    .where(_LANES.c.study_id == _STUDY, _LANES.c.effective_from <= bindparam("day"))
    .order_by(_LANES.c.effective_from, _LANES.c.id)
)
_LOT_NUMBERS = select(_LOTS.c.id, _LOTS.c.number).where(_LOTS.c.study_id == _STUDY)
_APPROVED = select(_APPROVALS.c.blinded_lot_id, _APPROVALS.c.country).where(_APPROVALS.c.study_id == _STUDY)


@dataclass(frozen=True, slots=True)
class LaneView:
    """A lane in force: how long goods travel, and when they leave."""

    lead_time_days: int
    calendar: DispatchCalendar


_NO_LANE = LaneView(0, EVERY_DAY)


def network_view(
    connection: Connection, study_id: int, definition: StudyDefinition, day: date, at: datetime
) -> NetworkView:
    """The network of a study on a day; depots are counted only when a planner asks for them."""
    asking = _Asking(connection, study_id, definition, day, at)
    return NetworkView(_DepotsOnDemand(asking), tuple(asking.sites()))


class _Asking:
    """One reading of the network, each kind of fact by one statement."""

    def __init__(
        self, connection: Connection, study_id: int, definition: StudyDefinition, day: date, at: datetime
    ) -> None:
        self.connection, self.study_id, self.definition = connection, study_id, definition
        self.day, self.at = day, at
        self.lots: dict[int, str] = {row.id: row.number for row in self._rows(_LOT_NUMBERS)}

    def _rows(self, statement: Select[Any], **more: Any) -> Sequence[Any]:
        return self.connection.execute(statement, {"study_id": self.study_id, **more}).all()

    def _rows_at(self, statement: Select[Any], places: Iterable[int], **more: Any) -> Sequence[Any]:
        return self.connection.execute(statement, {"places": sorted(places), **more}).all()

    def sites(self) -> Iterator[SiteView]:
        sites = self._rows(_ACTIVE_SITES)
        stock, coming = self._stock([site.id for site in sites]), self._coming()
        levels, lanes = self._levels(), self._lanes()
        approved, windows = self._approved_lots(), _Windows(self.definition)
        local = {zone: self.at.astimezone(ZoneInfo(zone)) for zone in {site.depot_zone for site in sites}}
        for site in sites:
            lane = lanes.get((site.depot, site.number)) or lanes.get((site.depot, site.country)) or _NO_LANE
            yield SiteView(
                number=site.number,
                country=site.country,
                label_group=site.label_group,
                depot=site.depot,
                lead_time_days=lane.lead_time_days,
                calendar=lane.calendar,
                past_cut_off=lane.calendar.past_cut_off(self.day, local[site.depot_zone]),
                stock=tuple(stock.get(site.id, ())),
                on_the_way=tuple(coming.get(site.id, ())),
                levels=levels.of(site.country, site.id),
                dnc_days=windows.dnc(site.country),
                dns_days=windows.dns(site.country),
                approved_lots=approved.get(site.country, approved[None]),
            )

    def depots(self) -> dict[str, DepotView]:
        codes = {row.id: row.code for row in self._rows(_DEPOT_IDS)}
        stock: dict[str, list[tuple[str, LotStock]]] = {code: [] for code in codes.values()}
        for place, label, lot_id, expiry, kit_type, kits in sorted(self._piles(codes)):
            stock[codes[place]].append((label, LotStock(kit_type, self.lots[lot_id], expiry, kits)))
        return {code: DepotView(code, tuple(lots)) for code, lots in stock.items()}

    def _piles(self, depot_ids: Iterable[int]) -> Iterator[tuple[int, str, int, date, str, int]]:
        """Free kits at depots by place, label, lot, expiry and kit type."""
        types: dict[int, list[str]] = defaultdict(list)
        for lot_id, kit_type in self._rows(_LOT_TYPES):
            types[lot_id].append(kit_type)
        mixed = set()
        for place, label, lot_id, expiry, kits in self._rows_at(_DEPOT_LOTS, depot_ids):
            if len(types[lot_id]) == 1:
                yield place, label, lot_id, expiry, types[lot_id][0], kits
            else:
                mixed.add(lot_id)
        if mixed:
            for row in self._rows_at(_MIXED_LOTS, depot_ids, lots=sorted(mixed)):
                yield row.place_id, row.label_group, row.blinded_lot_id, row.expiry, row.kit_type, row.kits

    def _stock(self, site_ids: Iterable[int]) -> dict[int, list[LotStock]]:
        stock: dict[int, list[LotStock]] = defaultdict(list)
        for place, kit_type, lot_id, expiry, kits in self._rows_at(_SITE_STOCK, site_ids):
            stock[place].append(LotStock(kit_type, self.lots[lot_id], expiry, kits))
        return stock

    def _coming(self) -> dict[int, list[OnTheWay]]:
        coming: dict[int, list[OnTheWay]] = defaultdict(list)
        for place, due, kit_type, lot_id, expiry, kits in self._rows(_UNDERWAY):
            coming[place].append(OnTheWay(kit_type, self.lots[lot_id], expiry, kits, due or self.day))
        return coming

    def _levels(self) -> "_Levels":
        found: dict[tuple[str | None, int | None], dict[str, Level]] = defaultdict(dict)
        for row in self._rows(_SETTINGS_IN_FORCE, day=self.day):
            found[(row.country, row.site_id)][row.kit_type] = Level(row.minimum, row.maximum)
        return _Levels(found)

    def _lanes(self) -> dict[tuple[str, str], LaneView]:
        return {
            (row.code, row.target): LaneView(row.lead_time_days, calendar_of(row.calendar))
            for row in self._rows(_LANES_IN_FORCE, day=self.day)
        }

    def _approved_lots(self) -> dict[str | None, frozenset[str]]:
        by_country: dict[str | None, set[str]] = defaultdict(set)
        for row in self._rows(_APPROVED):
            by_country[row.country].add(self.lots[row.blinded_lot_id])
        everywhere = by_country[None]
        return {country: frozenset(lots | everywhere) for country, lots in by_country.items()}


class _Levels:
    """Resupply settings by kit type: site before country before study."""

    def __init__(self, found: Mapping[tuple[str | None, int | None], Mapping[str, Level]]) -> None:
        self._found = found
        self._by_country: dict[str, dict[str, Level]] = {}

    def of(self, country: str, site_id: int) -> Mapping[str, Level]:
        """The settings in force at a site."""
        if country not in self._by_country:
            study, own = self._found.get((None, None), {}), self._found.get((country, None), {})
            self._by_country[country] = {**study, **own}
        at_site = self._found.get((None, site_id))
        return {**self._by_country[country], **at_site} if at_site else self._by_country[country]


class _Windows:
    """Do-not-count and do-not-ship days of every kit type, kept by country."""

    def __init__(self, definition: StudyDefinition) -> None:
        self._definition = definition
        self._days: dict[tuple[str, str], dict[str, int]] = {}

    def dnc(self, country: str) -> Mapping[str, int]:
        return self._of(country, "dnc_days")

    def dns(self, country: str) -> Mapping[str, int]:
        return self._of(country, "dns_days")

    def _of(self, country: str, window: str) -> dict[str, int]:
        if (country, window) not in self._days:
            self._days[(country, window)] = {
                kit_type.code: getattr(kit_type.windows_in(country), window)
                for kit_type in self._definition.kit_types
            }
        return self._days[(country, window)]


class _DepotsOnDemand(Mapping[str, DepotView]):
    """Depots by code. Counting a full depot takes far longer than seeing that no site is low."""

    def __init__(self, asking: _Asking) -> None:
        self._asking = asking
        self._counted: dict[str, DepotView] | None = None

    def _views(self) -> dict[str, DepotView]:
        if self._counted is None:
            self._counted = self._asking.depots()
        return self._counted

    def __getitem__(self, code: str) -> DepotView:
        return self._views()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._views())

    def __len__(self) -> int:
        return len(self._views())


_PICKING = (
    select(_KITS.c.id)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .join(_DEPOTS, _DEPOTS.c.id == _KITS.c.place_id)
    .where(
        _DEPOTS.c.study_id == _STUDY,
        _DEPOTS.c.code == bindparam("depot"),
        _KITS.c.custody == Custody.DEPOT,
        *_USABLE,
        _KITS.c.label_group == bindparam("label"),
        _LOTS.c.study_id == _STUDY,
        _LOTS.c.number == bindparam("lot"),
        _CONTENTS.c.kit_type == bindparam("kit_type"),
    )
    .order_by(_CONTENTS.c.sequence)
    .limit(bindparam("kits"))
)


def next_in_sequence(
    connection: Connection, study_id: int, depot: str, lot: str, kit_type: str, label: str, kits: int
) -> list[int]:
    """Ids of the next kits of a lot that a depot would pick, in the warehouse's order; not locked."""
    wanted = {"study_id": study_id, "depot": depot, "lot": lot, "kit_type": kit_type, "label": label}
    return list(connection.execute(_PICKING, {**wanted, "kits": kits}).scalars())
