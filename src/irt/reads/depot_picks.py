"""The warehouse's order of one shipment's kits. For the depot's pick list on screen alone, and for nobody else."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from irt.blinding.views import BlindedView
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit
from irt.tables.secret import KitContent, ShipmentCalculation
from irt.tables.shipment import Shipment, ShipmentKit


@dataclass(frozen=True)
class PickLine(BlindedView):
    """Where a kit lies in the warehouse, its number and the lot on its label; never its type."""

    sequence: int
    number: str
    lot: str


_KITS, _LOTS, _CONTENTS = table_of(Kit), table_of(BlindedLot), table_of(KitContent)
_SHIPMENTS, _SHIPPED = table_of(Shipment), table_of(ShipmentKit)
_PICKS = (
    select(_CONTENTS.c.sequence, _KITS.c.number, _LOTS.c.number.label("lot"))
    .join(_KITS, _KITS.c.id == _CONTENTS.c.kit_id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .join(_SHIPPED, _SHIPPED.c.kit_id == _KITS.c.id)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _SHIPPED.c.shipment_id)
    .where(
        _SHIPMENTS.c.study_id == bindparam("study_id"),
        _SHIPMENTS.c.number == bindparam("number"),
        _SHIPPED.c.outcome.is_(None),
    )
    .order_by(_CONTENTS.c.sequence)
)


_CALCULATIONS = table_of(ShipmentCalculation)
_TRACE = (
    select(_CALCULATIONS.c.trace)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _CALCULATIONS.c.shipment_id)
    .where(_SHIPMENTS.c.study_id == bindparam("study_id"), _SHIPMENTS.c.number == bindparam("number"))
)


@dataclass(frozen=True)
class LotReason(BlindedView):
    """A lot on the list that leaves before one that expires earlier, and why; of the lot, never of single kits."""

    lot: str
    why: str


def lot_reasons(connection: Connection, study_id: int, number: str) -> tuple[LotReason, ...]:
    """The lots of a shipment that do not follow the order of expiry; none where all do."""
    trace = connection.execute(_TRACE, {"study_id": study_id, "number": number}).scalar() or {}
    return tuple(LotReason(lot, why) for lot, why in sorted(trace.get("not_fefo", {}).items()))


def pick_list(connection: Connection, study_id: int, number: str) -> tuple[PickLine, ...]:
    """The kits that a shipment still waits for, in the order they lie; who asks has been checked."""
    found = connection.execute(_PICKS, {"study_id": study_id, "number": number})
    return tuple(PickLine(row.sequence, row.number, row.lot) for row in found)
