"""Depots, lanes and levels of a study as they were last decided, whenever they come into force."""

from collections.abc import Iterator

from sqlalchemy import BindParameter, Connection, bindparam, select

from irt.study.network import Depot as DepotPart
from irt.study.network import Lane as LanePart
from irt.study.resupply import MinMax
from irt.study.supply_configuration import PlaceLevel, SupplyConfiguration
from irt.supply.level_rows import LevelRow, over
from irt.tables.columns import table_of
from irt.tables.secret import ResupplySetting
from irt.tables.study import Depot, Lane, Site

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


def supply_configuration(connection: Connection, study_id: int) -> SupplyConfiguration:
    """The last row of each depot, lane and level, whether or not its day has come: time alone changes nothing."""
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
    )


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
