"""Where depots' own stock differs from the ledger, as those who work there and supply may read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, select

from irt.blinding.views import BlindedView
from irt.states.stock_difference import UNSETTLED, DifferenceKind, DifferenceStatus
from irt.supply.exceptions import DifferenceFacts
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.study import Depot
from irt.tables.vendor import StockDifference, VendorMessage


@dataclass(frozen=True)
class DifferenceLine(BlindedView):
    """One difference; `here` is what the ledger says, `there` what the depot says, `shown_in` its last message."""

    id: int
    depot: str
    kind: DifferenceKind
    status: DifferenceStatus
    record: str
    here: str
    there: str
    opened_at: datetime
    shown_in: str
    owner: str
    owner_id: int
    note: str
    act: str

    @property
    def unsettled(self) -> bool:
        """Whether somebody still has to end it."""
        return self.status in UNSETTLED


_ROWS, _DEPOTS, _ACCOUNTS = table_of(StockDifference), table_of(Depot), table_of(Account)
_MESSAGES = table_of(VendorMessage)
_LINES = (
    select(_ROWS, _DEPOTS.c.code, _ACCOUNTS.c.printed_name, _MESSAGES.c.message_id.label("shown_in"))
    .join(_DEPOTS, _DEPOTS.c.id == _ROWS.c.depot_id)
    .join(_MESSAGES, _MESSAGES.c.id == _ROWS.c.last_message_id)
    .outerjoin(_ACCOUNTS, _ACCOUNTS.c.id == _ROWS.c.owner_id)
    .where(_ROWS.c.study_id == bindparam("study_id"))
    .order_by(_DEPOTS.c.code, _ROWS.c.record, _ROWS.c.id)
)
_OPEN = _ROWS.c.status.in_(sorted(UNSETTLED))
_HOW_MANY = (
    select(_DEPOTS.c.code, func.count().label("differences"), func.min(_ROWS.c.opened_at).label("oldest_at"))
    .join(_ROWS, _ROWS.c.depot_id == _DEPOTS.c.id)
    .where(_ROWS.c.study_id == bindparam("study_id"), _OPEN)
    .group_by(_DEPOTS.c.code)
    .order_by(_DEPOTS.c.code)
)


def stock_differences(
    connection: Connection, study_id: int, depot_ids: Sequence[int] | None, after: int, limit: int, *, settled: bool
) -> tuple[DifferenceLine, ...]:
    """Differences of these depots (None: of all) that stand, or all ever found, in order of their numbers."""
    statement = _LINES.order_by(None).order_by(_ROWS.c.id).where(_ROWS.c.id > after).limit(limit)
    return _lines(connection, study_id, depot_ids, statement if settled else statement.where(_OPEN))


def open_differences(
    connection: Connection, study_id: int, depot_ids: Sequence[int] | None, limit: int
) -> tuple[DifferenceLine, ...]:
    """What somebody still has to end, by depot and kit number."""
    return _lines(connection, study_id, depot_ids, _LINES.where(_OPEN).limit(limit))


def differences_by_depot(connection: Connection, study_id: int) -> dict[str, int]:
    """How many differences nobody has ended, depot -> differences; depots without any are left out."""
    return {row.code: row.differences for row in connection.execute(_HOW_MANY, {"study_id": study_id})}


def left_open(connection: Connection, study_id: int) -> Iterator[DifferenceFacts]:
    """Depots with differences that nobody has ended, and since when the oldest of them stands."""
    for row in connection.execute(_HOW_MANY, {"study_id": study_id}):
        yield DifferenceFacts(row.code, row.differences, row.oldest_at)


def _lines(
    connection: Connection, study_id: int, depot_ids: Sequence[int] | None, statement: Select[Any]
) -> tuple[DifferenceLine, ...]:
    if depot_ids is not None:
        statement = statement.where(_ROWS.c.depot_id.in_(list(depot_ids)))
    return tuple(_line(row) for row in connection.execute(statement, {"study_id": study_id}).mappings())


def _line(row: RowMapping) -> DifferenceLine:
    return DifferenceLine(
        id=row["id"],
        depot=row["code"],
        kind=DifferenceKind(row["kind"]),
        status=DifferenceStatus(row["status"]),
        record=row["record"],
        here=row["here"],
        there=row["there"],
        opened_at=row["opened_at"],
        shown_in=row["shown_in"],
        owner=row["printed_name"] or "",
        owner_id=row["owner_id"] or 0,
        note=row["note"] or "",
        act=row["act"] or "",
    )
