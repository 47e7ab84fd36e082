"""A warehouse's own stock is held against the ledger; each difference becomes a row. The ledger is not touched."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import RowMapping, bindparam, select, update

from irt.errors import BadInput, Refusal
from irt.messages.stock import StockCount, StockSnapshot
from irt.reads.depot_shelves import shelves_at
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work
from irt.states.stock_difference import (
    DIFFERENCE,
    STANDING,
    DifferenceEvent,
    DifferenceKind,
    DifferenceStatus,
    Lies,
)
from irt.states.table import next_status
from irt.supply.stock_differences import ShelfKit, StockDifference, count_differences, kit_differences
from irt.tables.columns import table_of
from irt.tables.study import Depot
from irt.tables.vendor import StockDifference as DifferenceRow


class OtherDepot(Refusal):
    """The stock is said to be another depot's than the sender's."""

    def __init__(self) -> None:
        super().__init__("A depot tells of its own stock alone. Nothing was booked. Name the sender's own code.")


_ROWS, _DEPOTS = table_of(DifferenceRow), table_of(Depot)
_DEPOT = select(_DEPOTS.c.code).where(_DEPOTS.c.id == bindparam("depot_id"))
_STANDING = (
    select(_ROWS)
    .where(
        _ROWS.c.study_id == bindparam("study_id"),
        _ROWS.c.depot_id == bindparam("depot_id"),
        _ROWS.c.status.in_(sorted(STANDING)),
        _ROWS.c.kind.in_(bindparam("kinds", expanding=True)),
    )
    .order_by(_ROWS.c.id)
    .with_for_update(key_share=True)
)
_SHOW = (
    update(_ROWS)
    .where(_ROWS.c.id.in_(bindparam("rows", expanding=True)))
    .values(last_message_id=bindparam("by_message"))
)
_VANISH = (
    update(_ROWS)
    .where(_ROWS.c.id.in_(bindparam("rows", expanding=True)))
    .values(status=DifferenceStatus.GONE, settled_at=bindparam("to_at"))
)
_COUNTED = (DifferenceKind.OTHER_COUNT,)
_NAMED = tuple(kind for kind in DifferenceKind if kind not in _COUNTED)


def compare_stock(work: Work, told: StockSnapshot | StockCount, message: RowMapping) -> None:
    """Opens what is new, keeps what stands, ends what is gone; both books are those of the moment of the count."""
    depot = work.one("depot", _DEPOT, depot_id=message["depot_id"])["code"]
    if told.depot != depot:
        raise OtherDepot
    if told.counted_at > work.at:
        raise BadInput("The count lies ahead. Nothing was booked. Say when it was made.")
    shelves = shelves_at(work.connection, message["study_id"], message["depot_id"], told.counted_at)
    found = list(_differences(told, shelves))
    _book(work, message, depot, _COUNTED if isinstance(told, StockCount) else _NAMED, found)


def _differences(told: StockSnapshot | StockCount, shelves: Sequence[ShelfKit]) -> Iterable[StockDifference]:
    if isinstance(told, StockSnapshot):
        return kit_differences(shelves, [ShelfKit(k.number, k.lot, k.expiry, k.state) for k in told.kits])
    counts: Counter[tuple[str, Lies]] = Counter()
    for pile in told.kits:
        counts[pile.lot, pile.state] += pile.quantity
    return count_differences(shelves, counts)


def _book(
    work: Work, message: RowMapping, depot: str, kinds: Sequence[DifferenceKind], found: list[StockDifference]
) -> None:
    """The rows of one comparison, and its line in the history."""
    asked = {"study_id": message["study_id"], "depot_id": message["depot_id"], "kinds": list(kinds)}
    before = {(row["kind"], row["record"], row["here"], row["there"]): row for row in work.rows(_STANDING, **asked)}
    now = {(each.kind.value, each.record, each.here, each.there): each for each in found}
    again = _ids(row for key, row in before.items() if key in now and _may(row, DifferenceEvent.SHOW_AGAIN))
    gone = _ids(row for key, row in before.items() if key not in now and _may(row, DifferenceEvent.VANISH))
    if again:
        work.run(_SHOW, {"rows": again, "by_message": message["id"]})
    if gone:
        work.run(_VANISH, {"rows": gone, "to_at": work.at})
    new = [each for key, each in now.items() if key not in before]
    owner = {name: message[name] for name in ("sponsor_id", "study_id", "depot_id")}
    first = {"message_id": message["id"], "last_message_id": message["id"], "opened_at": work.at}
    rows = ({"kind": one.kind, "record": one.record, "here": one.here, "there": one.there} for one in new)
    work.record_all(DifferenceRow, ({**owner, **first, "status": DifferenceStatus.OPEN, **row} for row in rows))
    work.audit(
        AuditDraft(
            act="stock_compared",
            record_kind="depot",
            record=depot,
            study_id=message["study_id"],
            new={"name": message["message_id"], "new": len(new), "standing": len(again), "gone": len(gone)},
        )
    )


def _may(row: RowMapping, event: DifferenceEvent) -> bool:
    return bool(next_status(DIFFERENCE, DifferenceStatus(row["status"]), event))


def _ids(rows: Iterable[RowMapping]) -> list[int]:
    return [row["id"] for row in rows]
