"""The ledger of kits as stored: how each was loaded, what moved it, and what is written on it now."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, select

from irt.states.kit import Accountability, Assignment, Custody, KitEvent, KitState, Quality
from irt.supply.reconciliation import Discrepancy, Moved, Standing, discrepancies
from irt.tables.columns import table_of
from irt.tables.kit import Kit, Movement

_KITS, _MOVEMENTS = table_of(Kit), table_of(Movement)
_WRITTEN = select(_KITS).where(_KITS.c.study_id == bindparam("study_id"))
_LEDGER = select(_MOVEMENTS).where(_MOVEMENTS.c.study_id == bindparam("study_id")).order_by(_MOVEMENTS.c.id)
_LOADED_AS = KitState(Custody.DEPOT, Quality.UNRELEASED, Assignment.FREE)


def ledger_discrepancies(connection: Connection, study_id: int) -> list[Discrepancy]:
    """Where the movements of a study do not lead to what is written on its kits; empty where all agrees."""
    written = {row["id"]: standing_of(row) for row in _rows(connection, _WRITTEN, study_id)}
    ledger = [moved(row) for row in _rows(connection, _LEDGER, study_id)]
    return list(discrepancies(as_loaded(written, ledger), ledger, written))


def as_loaded(
    written: Mapping[int, Standing], ledger: list[Moved], entered: Mapping[int, int] | None = None
) -> dict[int, Standing]:
    """Every kit begins unreleased at a depot: the one its first movement, which is its release, left it at.

    `entered` names the depot of kits that came from a pool, which may leave before their release.
    """
    loaded = {kit_id: Standing(standing.place_id, _LOADED_AS) for kit_id, standing in written.items()}
    for line in reversed(ledger):
        loaded[line.kit_id] = Standing(line.after.place_id, _LOADED_AS)
    return loaded | {kit_id: Standing(depot, _LOADED_AS) for kit_id, depot in (entered or {}).items()}


def _rows(connection: Connection, statement: Select[Any], study_id: int) -> Sequence[RowMapping]:
    return connection.execute(statement, {"study_id": study_id}).mappings().all()


def moved(row: RowMapping) -> Moved:
    """One line of the ledger as a value."""
    return Moved(row["kit_id"], KitEvent(row["event"]), standing_of(row))


def standing_of(row: RowMapping) -> Standing:
    """Where the row of a kit or of a movement says that the kit is."""
    state = KitState(
        Custody(row["custody"]),
        Quality(row["quality"]),
        Assignment(row["assignment"]),
        Accountability(row["accountability"]),
    )
    return Standing(row["place_id"], state)
