"""Shipments that cross a border and have left the shelf, as whoever writes their papers finds them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select

from irt.blinding.views import BlindedView
from irt.states.shipment import ShipmentStatus
from irt.tables.columns import table_of
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Depot, Site

INVOICES_MAX = 200


@dataclass(frozen=True)
class BorderCrossing(BlindedView):
    """A shipment from one country to another."""

    id: int
    number: str
    status: ShipmentStatus
    origin: str
    origin_country: str
    destination: str
    country: str
    kits: int
    dispatch_on: date | None
    waybill: str


_SHIPMENTS, _SHIPPED = table_of(Shipment), table_of(ShipmentKit)
_SITES, _DEPOTS = table_of(Site), table_of(Depot)
_TARGETS = _DEPOTS.alias("target")
_PICKED = (
    ShipmentStatus.PICKED,
    ShipmentStatus.PACKED,
    ShipmentStatus.IN_TRANSIT,
    ShipmentStatus.CUSTOMS_HOLD,
    ShipmentStatus.DELIVERED,
    ShipmentStatus.RECEIVED,
    ShipmentStatus.RECEIVED_PARTLY,
    ShipmentStatus.RECEIVED_WITH_DISCREPANCY,
    ShipmentStatus.CLOSED,
)
_KITS = (
    select(func.count())
    .select_from(_SHIPPED)
    .where(_SHIPPED.c.shipment_id == _SHIPMENTS.c.id)
    .scalar_subquery()
    .label("kits")
)
_ABROAD = (
    select(
        _SHIPMENTS,
        _KITS,
        _DEPOTS.c.name.label("origin"),
        _DEPOTS.c.country.label("origin_country"),
        func.coalesce(_SITES.c.name, _TARGETS.c.name).label("destination"),
        func.coalesce(_SITES.c.country, _TARGETS.c.country).label("country"),
    )
    .join(_DEPOTS, _DEPOTS.c.id == _SHIPMENTS.c.origin_depot_id)
    .outerjoin(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .outerjoin(_TARGETS, _TARGETS.c.id == _SHIPMENTS.c.target_depot_id)
    .where(
        _SHIPMENTS.c.study_id == bindparam("study_id"),
        _SHIPMENTS.c.subject_id.is_(None),
        _SHIPMENTS.c.status.in_(_PICKED),
        or_(_SITES.c.country != _DEPOTS.c.country, _TARGETS.c.country != _DEPOTS.c.country),
    )
    .order_by(_SHIPMENTS.c.id.desc())
    .limit(bindparam("at_most"))
)


def border_crossings(
    connection: Connection, study_id: int, before: int | None = None, at_most: int = INVOICES_MAX
) -> tuple[BorderCrossing, ...]:
    """Shipments of the study that cross a border and are picked, newest first."""
    statement = _ABROAD if before is None else _ABROAD.where(_SHIPMENTS.c.id < before)
    rows = connection.execute(statement, {"study_id": study_id, "at_most": at_most}).mappings()
    return tuple(_crossing(dict(row)) for row in rows)


def _crossing(row: dict[str, Any]) -> BorderCrossing:
    return BorderCrossing(
        id=row["id"],
        number=row["number"],
        status=ShipmentStatus(row["status"]),
        origin=row["origin"],
        origin_country=row["origin_country"],
        destination=row["destination"],
        country=row["country"],
        kits=row["kits"],
        dispatch_on=row["dispatch_on"],
        waybill=row["waybill"] or "",
    )
