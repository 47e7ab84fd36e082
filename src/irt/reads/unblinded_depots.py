"""What the depots of a study could ship, by kit type and manufacturing lot."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, select

from irt.blinding.views import UnblindedView
from irt.reads.usable_kits import Shelves, usable_by
from irt.states.kit import Custody
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot
from irt.tables.secret import KitContent, ManufacturingLot
from irt.tables.study import Depot


@dataclass(frozen=True)
class DepotStock(UnblindedView):
    """Free, released kits of one type and blinded lot at one depot."""

    depot: str
    name: str
    kit_type: str
    lot: str
    manufacturing_lot: str
    expiry: date
    kits: int


_LOTS, _CONTENTS, _MADE = table_of(BlindedLot), table_of(KitContent), table_of(ManufacturingLot)
_DEPOTS = table_of(Depot)
_NAMES = select(_DEPOTS.c.id, _DEPOTS.c.code, _DEPOTS.c.name).where(_DEPOTS.c.study_id == bindparam("study_id"))
_BULK = (
    select(_MADE.c.id, _MADE.c.number, _MADE.c.kit_type, _LOTS.c.id.label("lot_id"), _LOTS.c.number.label("lot"))
    .join(_LOTS, _LOTS.c.id == _MADE.c.blinded_lot_id)
    .where(_MADE.c.study_id == bindparam("study_id"))
)


def depot_stock(connection: Connection, study_id: int) -> tuple[DepotStock, ...]:
    """What depots could ship, by type and lot."""
    depots = {row.id: row for row in connection.execute(_NAMES, {"study_id": study_id})}
    bulk = {row.id: row for row in connection.execute(_BULK, {"study_id": study_id})}
    of_lots: dict[int, list[int]] = {}
    for row in bulk.values():
        of_lots.setdefault(row.lot_id, []).append(row.id)
    found: Counter[tuple[int, int, date]] = Counter()
    shelves = Shelves(Custody.DEPOT, sorted(depots))
    for depot_id, _, _, expiry, bulk_id, kits in usable_by(
        connection, shelves, _CONTENTS.c.manufacturing_lot_id, of_lots
    ):
        found[depot_id, bulk_id, expiry] += kits
    stock = (
        DepotStock(depot.code, depot.name, made.kit_type, made.lot, made.number, expiry, kits)
        for (depot_id, bulk_id, expiry), kits in found.items()
        for depot, made in [(depots[depot_id], bulk[bulk_id])]
    )
    return tuple(
        sorted(stock, key=lambda one: (one.depot, one.kit_type, one.expiry, one.lot, one.manufacturing_lot))
    )
