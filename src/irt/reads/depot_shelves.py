"""What the ledger says lay at a depot at one moment. Kits by number and label; nothing here knows a type."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import BindParameter, Connection, Row, bindparam, select

from irt.reads.holds import held_among
from irt.reads.ledger import standing_of
from irt.states.kit import Assignment, Custody, KitState, Quality
from irt.supply.reconciliation import Standing
from irt.supply.stock_differences import ShelfKit, lies_as
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit, Movement

_KITS, _LOTS, _MOVEMENTS = table_of(Kit), table_of(BlindedLot), table_of(Movement)
_STUDY: BindParameter[int] = bindparam("study_id")
_KIT = select(_KITS, _LOTS.c.number.label("lot")).join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
_THERE_NOW = _KIT.where(
    _KITS.c.study_id == _STUDY, _KITS.c.custody == Custody.DEPOT, _KITS.c.place_id == bindparam("depot_id")
)
_MOVED_SINCE = (
    select(_MOVEMENTS.c.kit_id)
    .distinct()
    .where(_MOVEMENTS.c.study_id == _STUDY, _MOVEMENTS.c.recorded_at > bindparam("moment"))
    .order_by(_MOVEMENTS.c.kit_id)
)
_OF_KITS = _MOVEMENTS.c.kit_id.in_(bindparam("kits", expanding=True))
_HISTORY = select(_MOVEMENTS).where(_OF_KITS).order_by(_MOVEMENTS.c.id)
_AT_ONCE = 5000


def shelves_at(connection: Connection, study_id: int, depot_id: int, moment: datetime) -> list[ShelfKit]:
    """The kits that lay at a depot at that moment, by the movements booked until then, in order of number."""
    asked = {"study_id": study_id, "depot_id": depot_id, "moment": moment}
    since = list(connection.execute(_MOVED_SINCE, asked).scalars())
    then = _standing_then(connection, since, moment)
    rows = {row.id: row for row in connection.execute(_THERE_NOW, asked) if row.id not in then}
    standing = {kit_id: standing_of(row._mapping) for kit_id, row in rows.items()}
    place = (Custody.DEPOT, depot_id)
    back = [kit_id for kit_id, stood in then.items() if (stood.state.custody, stood.place_id) == place]
    for some in _some(back):
        for row in connection.execute(_KIT.where(_KITS.c.id.in_(some))):
            rows[row.id], standing[row.id] = row, then[row.id]
    return _as_shelf(connection, study_id, rows, standing, moment)


def kit_on_shelf(
    connection: Connection, study_id: int, depot_id: int, number: str, now: datetime
) -> ShelfKit | None:
    """One kit as it lies at the depot now; None where it does not."""
    asked = {"study_id": study_id, "depot_id": depot_id}
    rows = {row.id: row for row in connection.execute(_THERE_NOW.where(_KITS.c.number == number), asked)}
    standing = {kit_id: standing_of(row._mapping) for kit_id, row in rows.items()}
    return next(iter(_as_shelf(connection, study_id, rows, standing, now)), None)


def _standing_then(connection: Connection, kits: Sequence[int], moment: datetime) -> dict[int, Standing]:
    """How kits that moved since stood before: their last movement until then, else as they were loaded."""
    then: dict[int, Standing] = {}
    for some in _some(kits):
        for row in connection.execute(_HISTORY, {"kits": some}).mappings():
            stood = standing_of(row)
            if row["recorded_at"] <= moment:
                then[row["kit_id"]] = stood
            elif row["kit_id"] not in then:
                loaded = KitState(Custody.DEPOT, Quality.UNRELEASED, Assignment.FREE)
                then[row["kit_id"]] = Standing(stood.place_id, loaded)
    return then


def _as_shelf(
    connection: Connection,
    study_id: int,
    rows: Mapping[int, Row[tuple[object, ...]]],
    standing: Mapping[int, Standing],
    moment: datetime,
) -> list[ShelfKit]:
    held = held_among(connection, study_id, rows)
    today = moment.date()
    found = (
        ShelfKit(row.number, row.lot, row.expiry, lies_as(standing[k].state, row.expiry, today, k in held))
        for k, row in rows.items()
    )
    return sorted(found, key=lambda kit: kit.number)


def _some(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
