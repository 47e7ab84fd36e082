"""Investigators' orders: signed, waiting to be signed, and what one is about to sign."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.tables.columns import table_of
from irt.tables.kit import Dispensing
from irt.tables.record import Signature
from irt.tables.subject import DispensingOrder


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """An order as it was signed."""

    id: int
    printed_name: str
    role: str
    signed_at: datetime
    meaning: str
    record_hash: str
    weight_kg: Decimal | None


_ORDERS, _SIGNATURES, _DISPENSINGS = table_of(DispensingOrder), table_of(Signature), table_of(Dispensing)
_ORDER = select(
    _ORDERS.c.id,
    _ORDERS.c.weight_kg,
    _SIGNATURES.c.printed_name,
    _SIGNATURES.c.role,
    _SIGNATURES.c.at,
    _SIGNATURES.c.meaning,
    _SIGNATURES.c.record_hash,
).join(_SIGNATURES, _SIGNATURES.c.id == _ORDERS.c.signature_id)
_BY_ID = _ORDER.where(_ORDERS.c.id == bindparam("id"))
_WAITING = (
    _ORDER.where(
        _ORDERS.c.subject_id == bindparam("subject_id"),
        _ORDERS.c.visit_code == bindparam("visit"),
        _ORDERS.c.occurrence == bindparam("occurrence"),
        ~select(_DISPENSINGS.c.id).where(_DISPENSINGS.c.order_id == _ORDERS.c.id).exists(),
    )
    .order_by(_ORDERS.c.id.desc())
    .limit(1)
)


def order_of_dispensing(connection: Connection, order_id: int | None) -> SignedOrder | None:
    """The order that kits were assigned on, where the study asks for one."""
    return None if order_id is None else _order(connection.execute(_BY_ID, {"id": order_id}).mappings().first())


def waiting_order(connection: Connection, subject_id: int, visit: str, occurrence: int) -> SignedOrder | None:
    """The signed order of a visit that no kits were assigned on yet."""
    asked: dict[str, Any] = {"subject_id": subject_id, "visit": visit, "occurrence": occurrence}
    return _order(connection.execute(_WAITING, asked).mappings().first())


def _order(row: RowMapping | None) -> SignedOrder | None:
    if row is None:
        return None
    return SignedOrder(
        row["id"],
        row["printed_name"],
        row["role"],
        row["at"],
        row["meaning"],
        row["record_hash"],
        None if row["weight_kg"] is None else Decimal(row["weight_kg"]),
    )
