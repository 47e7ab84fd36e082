"""Where a kit was found to differ from the record: on the shelf it lay on, or where its parcel went."""

from sqlalchemy import Connection, bindparam, select

from irt.states.kit import Custody
from irt.tables.columns import table_of
from irt.tables.kit import Movement
from irt.tables.shipment import Shipment

_MOVES, _SHIPMENTS = table_of(Movement), table_of(Shipment)
_LINE = select(_MOVES.c.kit_id, _MOVES.c.custody, _MOVES.c.place_id).where(_MOVES.c.id == bindparam("movement_id"))
_BEFORE = (
    select(_MOVES.c.custody, _MOVES.c.place_id)
    .where(_MOVES.c.kit_id == bindparam("kit_id"), _MOVES.c.id < bindparam("movement_id"))
    .order_by(_MOVES.c.id.desc())
    .limit(1)
)
_GOES_TO = select(_SHIPMENTS.c.site_id, _SHIPMENTS.c.target_depot_id).where(
    _SHIPMENTS.c.id == bindparam("shipment_id")
)
_SHELVES = (Custody.SITE, Custody.DEPOT)


def where_found(connection: Connection, movement_id: int) -> tuple[str, int | None]:
    """The kind of place and its id: where the kit is after the movement or, of a missing one, where it was due."""
    line = connection.execute(_LINE, {"movement_id": movement_id}).one()
    if line.custody in _SHELVES:
        return str(line.custody), line.place_id
    before = connection.execute(_BEFORE, {"kit_id": line.kit_id, "movement_id": movement_id}).first()
    if before is None:
        return "", None
    if before.custody == Custody.SHIPMENT:
        goes_to = connection.execute(_GOES_TO, {"shipment_id": before.place_id}).one()
        at_site = goes_to.site_id is not None
        return (str(Custody.SITE), goes_to.site_id) if at_site else (str(Custody.DEPOT), goes_to.target_depot_id)
    return str(before.custody), before.place_id
