"""What a withdrawn release does to goods not yet sent: kits of the lot leave the shipments to that country."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from irt.services.move_kits import Move, lock_kits, move_each
from irt.services.shipments import lock_shipments, note_outcome
from irt.services.site_kits import can_move
from irt.services.work import Work
from irt.states.kit import Custody, KitEvent
from irt.states.shipment import OPEN
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Site

_KITS, _SHIPMENTS, _SHIPPED, _SITES = table_of(Kit), table_of(Shipment), table_of(ShipmentKit), table_of(Site)
_WAITING = (
    select(_SHIPPED.c.kit_id, _SHIPPED.c.shipment_id, _SHIPMENTS.c.number)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _SHIPPED.c.shipment_id)
    .join(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .join(_KITS, _KITS.c.id == _SHIPPED.c.kit_id)
    .where(
        _SHIPMENTS.c.study_id == bindparam("study_id"),
        _SHIPMENTS.c.status.in_(sorted(OPEN)),
        # A subject's own parcel is stopped by a hold: its kits are promised.
        _SHIPMENTS.c.subject_id.is_(None),
        _SITES.c.country.in_(bindparam("countries", expanding=True)),
        _SHIPPED.c.outcome.is_(None),
        _KITS.c.blinded_lot_id == bindparam("lot_id"),
        _KITS.c.custody == Custody.DEPOT,
    )
)


def take_out_of_shipments(work: Work, study_id: int, lot_id: int, countries: Sequence[str]) -> int:
    """Leaves the lot's reserved kits at their depots, free for other countries; how many there were."""
    asked = {"study_id": study_id, "lot_id": lot_id, "countries": sorted(countries)}
    waiting = work.rows(_WAITING, **asked) if countries else ()
    if not waiting:
        return 0
    shipments = lock_shipments(work, study_id, {row["number"] for row in waiting})
    shipment_of = {row["kit_id"]: row["shipment_id"] for row in waiting}
    kits = [kit for kit in lock_kits(work, shipment_of) if can_move(kit, KitEvent.UNRESERVE)]
    move_each(work, [Move(kit, kit.place_id, shipment_of[kit.id]) for kit in kits], KitEvent.UNRESERVE)
    note_outcome(work, shipments, [kit.id for kit in kits], "left_at_depot")
    return len(kits)
