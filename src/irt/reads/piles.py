"""Usable kits counted in piles: alike in place, label, lot, expiry and kit type. For services only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Column, Connection, Select, bindparam, func, select

from irt.reads.holds import OPEN_HOLDS, covers_in_force, under_hold
from irt.reads.usable_kits import USABLE, Shelves, usable_by
from irt.states.kit import Custody, Quality
from irt.states.shipment import OPEN, ShipmentStatus
from irt.supply.planner import OnTheWay
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit
from irt.tables.secret import KitContent, ManufacturingLot
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Depot

_KITS, _LOTS, _CONTENTS, _BULK = (
    table_of(Kit),
    table_of(BlindedLot),
    table_of(KitContent),
    table_of(ManufacturingLot),
)
_SHIPMENTS, _SHIPPED, _DEPOTS = table_of(Shipment), table_of(ShipmentKit), table_of(Depot)
_STUDY: BindParameter[int] = bindparam("study_id")


Pile = tuple[int, str, int, date, str, int]
"""So many free, released kits at one place: place id, label, lot id, expiry, kit type, kits.

A bare tuple: thousands are read every night.
"""


_LOT_TYPES = (
    select(_BULK.c.blinded_lot_id, _BULK.c.kit_type, OPEN_HOLDS).where(_BULK.c.study_id == _STUDY).distinct()
)


def piles_at(connection: Connection, study_id: int, custody: Custody, places: Iterable[int]) -> Iterator[Pile]:
    """Usable kits at sites or depots."""
    types: dict[int, list[str]] = defaultdict(list)
    shelves = Shelves(custody, sorted(places))
    for lot_id, kit_type, open_holds in connection.execute(_LOT_TYPES, {"study_id": study_id}).all():
        if open_holds and not types:
            shelves = shelves._replace(fit=~under_hold(covers_in_force(connection, study_id)))
        types[lot_id].append(kit_type)
    for place_id, lot_id, label, expiry, kit_type, kits in usable_by(
        connection, shelves, _CONTENTS.c.kit_type, types
    ):
        yield place_id, label, lot_id, expiry, kit_type, kits


def _underway(to: Column[Any]) -> Select[Any]:
    return (
        select(
            to,
            _CONTENTS.c.kit_type,
            _LOTS.c.number,
            _KITS.c.expiry,
            func.count().label("kits"),
            _SHIPMENTS.c.expected_on,
        )
        .join(_SHIPPED, _SHIPPED.c.shipment_id == _SHIPMENTS.c.id)
        .join(_KITS, _KITS.c.id == _SHIPPED.c.kit_id)
        .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
        .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
        .where(
            _SHIPMENTS.c.study_id == _STUDY,
            _SHIPMENTS.c.status.in_(sorted({*OPEN, ShipmentStatus.RECEIVED_PARTLY})),
            to.is_not(None),
            _SHIPPED.c.outcome.is_(None),
            _KITS.c.quality == Quality.RELEASED,
        )
        .group_by(to, _CONTENTS.c.kit_type, _LOTS.c.number, _KITS.c.expiry, _SHIPMENTS.c.expected_on)
    )


_TO_SITES, _TO_DEPOTS = _underway(_SHIPMENTS.c.site_id), _underway(_SHIPMENTS.c.target_depot_id)


def on_the_way(connection: Connection, study_id: int, day: date) -> dict[int, list[OnTheWay]]:
    """Kits awaited with open shipments, by site; due on `day` where nothing else is known."""
    return _coming(connection, _TO_SITES, study_id, day)


def coming_to_depots(connection: Connection, study_id: int, day: date) -> dict[int, list[OnTheWay]]:
    """Kits awaited with open shipments, by regional depot; due on `day` where nothing else is known."""
    return _coming(connection, _TO_DEPOTS, study_id, day)


def _coming(connection: Connection, statement: Select[Any], study_id: int, day: date) -> dict[int, list[OnTheWay]]:
    coming: dict[int, list[OnTheWay]] = defaultdict(list)
    for place_id, kit_type, lot, expiry, kits, due in connection.execute(statement, {"study_id": study_id}).all():
        coming[place_id].append(OnTheWay(kit_type, lot, expiry, kits, due or day))
    return coming


_PICKING = (
    select(_KITS.c.id, OPEN_HOLDS)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .join(_DEPOTS, _DEPOTS.c.id == _KITS.c.place_id)
    .where(
        _DEPOTS.c.study_id == _STUDY,
        _DEPOTS.c.code == bindparam("depot"),
        _KITS.c.custody == Custody.DEPOT,
        *USABLE,
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
) -> Sequence[int]:
    """Ids of the next kits of a lot that a depot would pick, in the warehouse's order; not locked."""
    wanted: dict[str, Any] = {"depot": depot, "lot": lot, "kit_type": kit_type, "label": label, "kits": kits}
    rows = connection.execute(_PICKING, {"study_id": study_id, **wanted}).all()
    if rows and rows[0].open_holds:
        fit = _PICKING.where(~under_hold(covers_in_force(connection, study_id)))
        rows = connection.execute(fit, {"study_id": study_id, **wanted}).all()
    return [row.id for row in rows]
