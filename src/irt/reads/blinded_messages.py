"""Messages to and from depots as those who work there, and supply, may read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, or_, select

from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.reads.changed_requests import changed_requests
from irt.reads.kit_notices import DueNotice, due_notices
from irt.states.shipment import ShipmentStatus
from irt.states.vendor_message import Direction, MessageStatus
from irt.tables.columns import table_of
from irt.tables.shipment import Shipment
from irt.tables.study import Depot
from irt.tables.vendor import VendorMessage

REQUEST, AMENDMENT, CANCELLATION = "shipment_request", "shipment_amendment", "shipment_cancellation"
KIT_STATUS = "kit_status"


@dataclass(frozen=True)
class MessageLine(BlindedView):
    """One message and what became of it; `missing` counts the numbers before it that never came."""

    id: int
    direction: Direction
    depot: str
    message_id: str
    kind: str
    sequence: int | None
    shipment: str
    status: MessageStatus
    missing: int
    refusal: str
    sentence: str
    at: datetime


@dataclass(frozen=True)
class WaitingMessage(BlindedView):
    """A message that its depot has not fetched yet, as it was written."""

    line: MessageLine
    content: bytes
    depot_id: int


@dataclass(frozen=True)
class DueMessage(BlindedView):
    """What a depot is still to be told: of a shipment that is asked for, changed or cancelled, or of kits."""

    depot_id: int
    depot: str
    number: str
    kind: str
    notice: DueNotice | None = None


_MESSAGES, _DEPOTS, _SHIPMENTS = table_of(VendorMessage), table_of(Depot), table_of(Shipment)
_LINES = (
    select(_MESSAGES, _DEPOTS.c.code)
    .outerjoin(_DEPOTS, _DEPOTS.c.id == _MESSAGES.c.depot_id)
    .where(_MESSAGES.c.study_id == bindparam("study_id"))
    .order_by(_MESSAGES.c.id)
)


def _told(kind: str) -> ColumnElement[bool]:
    return (
        select(_MESSAGES.c.id)
        .where(
            _MESSAGES.c.study_id == _SHIPMENTS.c.study_id,
            _MESSAGES.c.shipment == _SHIPMENTS.c.number,
            _MESSAGES.c.direction == Direction.OUT,
            _MESSAGES.c.kind == kind,
        )
        .exists()
    )


_DUE = (
    select(_SHIPMENTS.c.number, _SHIPMENTS.c.status, _DEPOTS.c.id, _DEPOTS.c.code)
    .join(_DEPOTS, _DEPOTS.c.id == _SHIPMENTS.c.origin_depot_id)
    .where(
        _SHIPMENTS.c.study_id == bindparam("study_id"),
        or_(
            and_(_SHIPMENTS.c.status == ShipmentStatus.REQUESTED, ~_told(REQUEST)),
            and_(_SHIPMENTS.c.status == ShipmentStatus.CANCELLED, _told(REQUEST), ~_told(CANCELLATION)),
        ),
    )
    .order_by(_DEPOTS.c.id, _SHIPMENTS.c.id)
)


def due_messages(connection: Connection, study_id: int, depot_ids: Sequence[int] | None) -> tuple[DueMessage, ...]:
    """What is still to be written to these depots (None: to any): of kits first, then requests as they were raised,
    then what stands otherwise now.
    """
    statement = _DUE if depot_ids is None else _DUE.where(_DEPOTS.c.id.in_(list(depot_ids)))
    rows = connection.execute(statement, {"study_id": study_id})
    due = [
        *(
            DueMessage(each.depot_id, each.depot, each.record, KIT_STATUS, each)
            for each in due_notices(connection, study_id, depot_ids)
        ),
        *(
            DueMessage(
                row.id, row.code, row.number, CANCELLATION if row.status == ShipmentStatus.CANCELLED else REQUEST
            )
            for row in rows
        ),
        *(
            DueMessage(each.depot_id, each.depot, each.number, AMENDMENT)
            for each in changed_requests(connection, study_id, depot_ids)
        ),
    ]
    return tuple(sorted(due, key=lambda each: each.depot_id))


def waiting_messages(
    connection: Connection, study_id: int, depot_ids: Sequence[int] | None, limit: int
) -> tuple[WaitingMessage, ...]:
    """Messages to these depots (None: to any) that nobody has acknowledged, oldest first."""
    statement = _LINES.where(
        _MESSAGES.c.direction == Direction.OUT, _MESSAGES.c.status == MessageStatus.WAITING
    ).limit(limit)
    if depot_ids is not None:
        statement = statement.where(_MESSAGES.c.depot_id.in_(list(depot_ids)))
    rows = connection.execute(statement, {"study_id": study_id}).mappings()
    return tuple(WaitingMessage(_line(row), bytes(row["body"]), row["depot_id"]) for row in rows)


def messages_after(
    connection: Connection, study_id: int, depot_ids: Sequence[int] | None, after: int, limit: int
) -> tuple[MessageLine, ...]:
    """Every message, both ways, refused ones too; with depots named, theirs alone."""
    statement = _LINES.where(_MESSAGES.c.id > after).limit(limit)
    if depot_ids is not None:
        statement = statement.where(_MESSAGES.c.depot_id.in_(list(depot_ids)))
    return tuple(_line(row) for row in connection.execute(statement, {"study_id": study_id}).mappings())


def latest_messages(
    connection: Connection, study_id: int, depot_ids: Sequence[int] | None, limit: int
) -> tuple[MessageLine, ...]:
    """The last messages both ways, newest first; with depots named, theirs alone."""
    statement = _LINES.order_by(None).order_by(_MESSAGES.c.id.desc()).limit(limit)
    if depot_ids is not None:
        statement = statement.where(_MESSAGES.c.depot_id.in_(list(depot_ids)))
    return tuple(_line(row) for row in connection.execute(statement, {"study_id": study_id}).mappings())


def message_line(connection: Connection, study_id: int, row_id: int) -> MessageLine:
    """One message; NotFound where there is none."""
    row = connection.execute(_LINES.where(_MESSAGES.c.id == row_id), {"study_id": study_id}).mappings().first()
    if row is None:
        raise NotFound("No such message.")
    return _line(row)


def _line(row: RowMapping) -> MessageLine:
    return MessageLine(
        id=row["id"],
        direction=Direction(row["direction"]),
        depot=row["code"] or "",
        message_id=row["message_id"] or "",
        kind=row["kind"] or "",
        sequence=row["sequence"],
        shipment=row["shipment"] or "",
        status=MessageStatus(row["status"]),
        missing=row["missing"],
        refusal=row["refusal"] or "",
        sentence=row["sentence"] or "",
        at=row["at"],
    )
