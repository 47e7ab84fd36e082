"""How a study is supplied as it was last decided, whenever that comes into force."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import BindParameter, Connection, bindparam, select

from irt.reads.plan_ways import ways_known
from irt.study.network import Depot as DepotPart
from irt.study.network import ImportLicence as LicencePart
from irt.study.network import Lane as LanePart
from irt.study.network import Shipper as ShipperPart
from irt.study.resupply import MinMax
from irt.study.supply_configuration import PlaceLevel, PlaceSite, PlaceStop, PlaceWay, SupplyConfiguration
from irt.supply.level_rows import LevelRow, over
from irt.tables.columns import table_of
from irt.tables.network import ImportLicence, Shipper
from irt.tables.secret import ResupplySetting
from irt.tables.study import Depot, Lane, Site
from irt.tables.supply import SupplyStop

_DEPOTS, _LANES, _SITES, _LEVELS = table_of(Depot), table_of(Lane), table_of(Site), table_of(ResupplySetting)
_SUPPLIERS = _DEPOTS.alias("supplier")
_STUDY: BindParameter[int] = bindparam("study_id")
_ALL_DEPOTS = (
    select(
        _DEPOTS.c.code,
        _DEPOTS.c.name,
        _DEPOTS.c.country,
        _DEPOTS.c.zone,
        _DEPOTS.c.blinded,
        _SUPPLIERS.c.code.label("supplied_by"),
    )
    .outerjoin(_SUPPLIERS, _SUPPLIERS.c.id == _DEPOTS.c.supplied_by_id)
    .where(_DEPOTS.c.study_id == _STUDY)
    .order_by(_DEPOTS.c.code)
)
_ALL_LANES = (
    select(_DEPOTS.c.code.label("origin"), _LANES.c.target, _LANES.c.lead_time_days, _LANES.c.calendar)
    .join(_DEPOTS, _DEPOTS.c.id == _LANES.c.origin_id)
    .where(_LANES.c.study_id == _STUDY)
    .order_by(_LANES.c.effective_from, _LANES.c.id)
)
_ALL_LEVELS = (
    select(
        _LEVELS.c.country,
        _SITES.c.number.label("site"),
        _DEPOTS.c.code.label("depot"),
        _LEVELS.c.kit_type,
        _LEVELS.c.minimum,
        _LEVELS.c.maximum,
        _LEVELS.c.trigger_days,
        _LEVELS.c.resupply_days,
    )
    .outerjoin(_SITES, _SITES.c.id == _LEVELS.c.site_id)
    .outerjoin(_DEPOTS, _DEPOTS.c.id == _LEVELS.c.depot_id)
    .where(_LEVELS.c.study_id == _STUDY)
    .order_by(_LEVELS.c.effective_from, _LEVELS.c.id)
)
_MAINS = _SITES.alias("main")
_ALL_SITES = (
    select(_SITES.c.number, _SITES.c.country, _DEPOTS.c.code.label("depot"), _MAINS.c.number.label("satellite_of"))
    .join(_DEPOTS, _DEPOTS.c.id == _SITES.c.depot_id)
    .outerjoin(_MAINS, _MAINS.c.id == _SITES.c.main_site_id)
    .where(_SITES.c.study_id == _STUDY)
    .order_by(_SITES.c.number)
)
_STOPS, _LICENCES, _SHIPPERS = table_of(SupplyStop), table_of(ImportLicence), table_of(Shipper)
_ALL_STOPS = (
    select(_STOPS.c.country, _SITES.c.number.label("site"), _STOPS.c.stops_on)
    .outerjoin(_SITES, _SITES.c.id == _STOPS.c.site_id)
    .where(_STOPS.c.study_id == _STUDY)
    .order_by(_STOPS.c.id)
)
_ALL_LICENCES = (
    select(*(_LICENCES.c[name] for name in LicencePart.model_fields))
    .where(_LICENCES.c.study_id == _STUDY)
    .order_by(_LICENCES.c.effective_from, _LICENCES.c.id)
)
_ALL_SHIPPERS = (
    select(*(_SHIPPERS.c[name] for name in ShipperPart.model_fields))
    .where(_SHIPPERS.c.study_id == _STUDY)
    .order_by(_SHIPPERS.c.effective_from, _SHIPPERS.c.id)
)


def supply_configuration(connection: Connection, study_id: int) -> SupplyConfiguration:
    """The last row of each part, whether or not its day has come: time alone changes nothing."""
    asked = {"study_id": study_id}
    depots = tuple(DepotPart(**row) for row in connection.execute(_ALL_DEPOTS, asked).mappings())
    lanes = {(row.origin, row.target): row for row in connection.execute(_ALL_LANES, asked)}
    return SupplyConfiguration(
        depots=depots,
        lanes=tuple(
            LanePart(origin=origin, target=target, lead_time_days=row.lead_time_days, **row.calendar)
            for (origin, target), row in sorted(lanes.items())
        ),
        levels=tuple(_levels(connection, study_id)),
        sites=tuple(PlaceSite(**row) for row in connection.execute(_ALL_SITES, asked).mappings()),
        stops=_stops(connection, study_id),
        ways=tuple(
            PlaceWay(way=each.way, open=each.open) for each in ways_known(connection, study_id, (), date.max)
        ),
        licences=_licences(connection, study_id),
        shippers=_shippers(connection, study_id),
    )


def _stops(connection: Connection, study_id: int) -> tuple[PlaceStop, ...]:
    rows = connection.execute(_ALL_STOPS, {"study_id": study_id}).mappings()
    latest = {(row["country"] or "", row["site"] or ""): PlaceStop(**row) for row in rows}
    return tuple(latest[place] for place in sorted(latest))


def _licences(connection: Connection, study_id: int) -> tuple[LicencePart, ...]:
    rows = connection.execute(_ALL_LICENCES, {"study_id": study_id}).mappings()
    latest = {(row["country"], row["number"]): LicencePart(**row) for row in rows}
    return tuple(latest[key] for key in sorted(latest))


def _shippers(connection: Connection, study_id: int) -> tuple[ShipperPart, ...]:
    rows = connection.execute(_ALL_SHIPPERS, {"study_id": study_id}).mappings()
    latest = {row["code"]: ShipperPart(**row) for row in rows}
    return tuple(latest[code] for code in sorted(latest))


def _levels(connection: Connection, study_id: int) -> Iterator[PlaceLevel]:
    found: dict[tuple[str, str, str, str], LevelRow] = {}
    for country, site, depot, kit_type, *row in connection.execute(_ALL_LEVELS, {"study_id": study_id}):
        place = (country or "", site or "", depot or "", kit_type)
        found[place] = over(found.get(place), (row[0], row[1], row[2], row[3]))
    for (country, site, depot, kit_type), (minimum, maximum, trigger_days, resupply_days) in sorted(found.items()):
        level = MinMax(minimum=minimum, maximum=maximum, trigger_days=trigger_days, resupply_days=resupply_days)
        yield PlaceLevel(
            kit_type=kit_type, country=country or None, site=site or None, depot=depot or None, level=level
        )
