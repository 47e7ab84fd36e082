"""What a depot is still to be told of kits that lie there: by number, last day and what quality says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, and_, bindparam, false, func, or_, select

from irt.messages.kit_status import usable_as
from irt.reads.holds import Cover, held_among
from irt.states.hold import HoldAct, HoldKind
from irt.states.kit import Custody, Quality
from irt.states.vendor_message import Direction, NoticeCause
from irt.tables.columns import table_of
from irt.tables.hold import KitHold
from irt.tables.kit import BlindedLot, Kit
from irt.tables.study import Depot
from irt.tables.vendor import VendorMessage, VendorNotice


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A change that a depot with such kits is still to be told of."""

    depot_id: int
    depot: str
    notice_id: int
    cause: NoticeCause
    record: str
    kits: tuple[int, ...]


_NOTICES, _MESSAGES, _DEPOTS = table_of(VendorNotice), table_of(VendorMessage), table_of(Depot)
_KITS, _LOTS, _HOLDS = table_of(Kit), table_of(BlindedLot), table_of(KitHold)
_STUDY: BindParameter[int] = bindparam("study_id")
_TOLD_TO = (
    select(func.coalesce(func.max(_MESSAGES.c.notice_id), 0))
    .where(
        _MESSAGES.c.study_id == _STUDY,
        _MESSAGES.c.depot_id == _DEPOTS.c.id,
        _MESSAGES.c.direction == Direction.OUT,
    )
    .correlate(_DEPOTS)
    .scalar_subquery()
)
_PENDING = (
    select(_NOTICES, _DEPOTS.c.id.label("depot_id"), _DEPOTS.c.code)
    .join(_DEPOTS, _DEPOTS.c.study_id == _NOTICES.c.study_id)
    .where(_NOTICES.c.study_id == _STUDY, _NOTICES.c.id > _TOLD_TO)
    .order_by(_DEPOTS.c.id, _NOTICES.c.id)
)
_HOLD = select(_HOLDS).where(
    _HOLDS.c.study_id == _STUDY, _HOLDS.c.number == bindparam("number"), _HOLDS.c.act == HoldAct.OPEN
)
_THERE = (
    select(_KITS.c.id)
    .where(_KITS.c.custody == Custody.DEPOT, _KITS.c.place_id == bindparam("depot_id"))
    .order_by(_KITS.c.id)
)
_NOW = select(_KITS.c.id, _KITS.c.number, _KITS.c.quality, _KITS.c.expiry).where(
    _KITS.c.id.in_(bindparam("ids", expanding=True))
)
_AT_ONCE = 5000


def due_notices(connection: Connection, study_id: int, depot_ids: Sequence[int] | None) -> tuple[DueNotice, ...]:
    """Changes that concern kits lying at these depots (None: at any), in the order they happened."""
    statement = _PENDING if depot_ids is None else _PENDING.where(_DEPOTS.c.id.in_(list(depot_ids)))
    found = []
    for row in connection.execute(statement, {"study_id": study_id}).mappings():
        concerned = _THERE.where(_concerned(connection, study_id, row))
        kits = tuple(connection.execute(concerned, {"depot_id": row["depot_id"]}).scalars())
        if kits:
            cause = NoticeCause(row["cause"])
            found.append(DueNotice(row["depot_id"], row["code"], row["id"], cause, row["record"], kits))
    return tuple(found)


def _concerned(connection: Connection, study_id: int, notice: Any) -> ColumnElement[bool]:
    """The condition that a kit is one of those the notice is about."""
    if notice["kits"] is not None:
        return or_(false(), *(_KITS.c.id.in_(notice["kits"][n : n + _AT_ONCE]) for n in _starts(notice["kits"])))
    if notice["cause"] == NoticeCause.EXPIRY:
        lot = select(_LOTS.c.id).where(_LOTS.c.study_id == study_id, _LOTS.c.number == notice["record"])
        return _KITS.c.blinded_lot_id.in_(lot)
    hold = connection.execute(_HOLD, {"study_id": study_id, "number": notice["record"]}).mappings().one()
    names = ("blinded_lot_id", "first_kit", "last_kit", "shipment_id", "site_id")
    return and_(Cover(study_id, **{name: hold[name] for name in names}).kits)


def kits_to_tell(connection: Connection, study_id: int, due: DueNotice, now: Any) -> list[dict[str, Any]]:
    """Number, status and last day of each kit as they are now, by number."""
    held = held_among(connection, study_id, due.kits)
    recall = due.cause == NoticeCause.HOLD_OPENED and _is_recall(connection, study_id, due.record)
    told = [
        {
            "number": row.number,
            "status": usable_as(
                Quality(row.quality),
                row.expiry,
                now.date(),
                held=row.id in held,
                recalled=recall and row.id in held,
            ),
            "expiry": row.expiry,
        }
        for start in _starts(due.kits)
        for row in connection.execute(_NOW, {"ids": list(due.kits[start : start + _AT_ONCE])})
    ]
    return sorted(told, key=lambda kit: str(kit["number"]))


def _is_recall(connection: Connection, study_id: int, number: str) -> bool:
    hold = connection.execute(_HOLD, {"study_id": study_id, "number": number}).mappings().one()
    return bool(hold["kind"] == HoldKind.RECALL)


def _starts(ids: Sequence[int]) -> range:
    return range(0, len(ids), _AT_ONCE)
