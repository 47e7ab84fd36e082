"""Depots' systems as they are heard of: silence, missing numbers, what was not taken; and carriers' words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.views import BlindedView
from irt.states.shipment import ShipmentStatus
from irt.states.tracking import TrackStatus
from irt.states.vendor_message import Direction, MessageStatus
from irt.supply.exceptions import InterfaceFacts, TroubleFacts
from irt.tables.columns import table_of
from irt.tables.shipment import Shipment
from irt.tables.study import Depot
from irt.tables.vendor import CarrierEvent, VendorInterface, VendorMessage

GAPS_SHOWN = timedelta(days=7)
"""So long numbers that never came stand in the inbox: after that they no longer hold."""


@dataclass(frozen=True)
class CarrierLine(BlindedView):
    """One word of a carrier; `booked` names the steps that followed."""

    carrier: str
    status: TrackStatus
    place: str
    detail: str
    booked: str
    at: datetime


_INTERFACES, _MESSAGES, _DEPOTS = table_of(VendorInterface), table_of(VendorMessage), table_of(Depot)
_EVENTS, _SHIPMENTS = table_of(CarrierEvent), table_of(Shipment)
_LATEST = (
    select(func.max(_INTERFACES.c.id))
    .where(_INTERFACES.c.study_id == bindparam("study_id"))
    .group_by(_INTERFACES.c.depot_id)
)
_EXPECTED = (
    select(_INTERFACES, _DEPOTS.c.code)
    .join(_DEPOTS, _DEPOTS.c.id == _INTERFACES.c.depot_id)
    .where(_INTERFACES.c.id.in_(_LATEST))
    .order_by(_DEPOTS.c.code)
)
_OF_DEPOT = (_MESSAGES.c.study_id == bindparam("study_id"), _MESSAGES.c.depot_id == bindparam("depot_id"))
_HEARD = select(func.max(_MESSAGES.c.at)).where(
    *_OF_DEPOT, _MESSAGES.c.direction == Direction.IN, _MESSAGES.c.status != MessageStatus.REFUSED
)
_GAPS = (
    select(_MESSAGES.c.message_id, _MESSAGES.c.missing, _MESSAGES.c.at)
    .where(
        *_OF_DEPOT,
        _MESSAGES.c.direction == Direction.IN,
        _MESSAGES.c.missing > 0,
        _MESSAGES.c.at >= bindparam("since"),
    )
    .order_by(_MESSAGES.c.id)
)
_NOT_TAKEN = (
    select(_MESSAGES.c.message_id, _MESSAGES.c.at, _MESSAGES.c.status)
    .where(
        *_OF_DEPOT,
        _MESSAGES.c.direction == Direction.OUT,
        _MESSAGES.c.status.in_((MessageStatus.WAITING, MessageStatus.GIVEN_UP)),
    )
    .order_by(_MESSAGES.c.id)
    .limit(1)
)
_UNDER_WAY = (ShipmentStatus.IN_TRANSIT, ShipmentStatus.CUSTOMS_HOLD)
_LAST_WORD = (
    select(func.max(_EVENTS.c.id))
    .where(_EVENTS.c.study_id == bindparam("study_id"))
    .group_by(_EVENTS.c.shipment_id)
)
_TROUBLES = (
    select(_EVENTS, _SHIPMENTS.c.number)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _EVENTS.c.shipment_id)
    .where(
        _EVENTS.c.id.in_(_LAST_WORD),
        _EVENTS.c.status == TrackStatus.EXCEPTION,
        _SHIPMENTS.c.status.in_(_UNDER_WAY),
    )
    .order_by(_EVENTS.c.id)
)
_WAYBILLS = (
    select(_SHIPMENTS.c.waybill)
    .where(
        _SHIPMENTS.c.study_id == bindparam("study_id"),
        _SHIPMENTS.c.waybill.is_not(None),
        _SHIPMENTS.c.status.in_((*_UNDER_WAY, ShipmentStatus.DELIVERED)),
    )
    .order_by(_SHIPMENTS.c.id)
)
_WORDS = (
    select(_EVENTS)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _EVENTS.c.shipment_id)
    .where(_SHIPMENTS.c.study_id == bindparam("study_id"), _SHIPMENTS.c.number == bindparam("number"))
    .order_by(_EVENTS.c.occurred_at, _EVENTS.c.id)
)


def interfaces_of(connection: Connection, study_id: int, now: datetime) -> Iterator[InterfaceFacts]:
    """The depots' systems that somebody expects to hear of; nothing is asked where there is none."""
    for row in connection.execute(_EXPECTED, {"study_id": study_id}).all():
        asked = {"study_id": study_id, "depot_id": row.depot_id, "since": now - GAPS_SHOWN}
        heard = connection.execute(_HEARD, asked).scalar()
        waits = connection.execute(_NOT_TAKEN, asked).first()
        yield InterfaceFacts(
            depot=row.code,
            silence_hours=row.silence_hours,
            gap_minutes=row.gap_minutes,
            heard_at=max(row.at, heard) if heard else row.at,
            gaps=tuple((gap.message_id, gap.missing, gap.at) for gap in connection.execute(_GAPS, asked)),
            waiting=waits and (waits.message_id, waits.at, waits.status == MessageStatus.GIVEN_UP),
        )


def troubles_of(connection: Connection, study_id: int) -> Iterator[TroubleFacts]:
    """Parcels under way of which the carrier said last that something went wrong."""
    for row in connection.execute(_TROUBLES, {"study_id": study_id}):
        yield TroubleFacts(row.number, row.carrier, row.detail, row.occurred_at)


def waybills_under_way(connection: Connection, study_id: int) -> list[str]:
    """The waybills of parcels that left and have not been received."""
    return list(connection.execute(_WAYBILLS, {"study_id": study_id}).scalars())


def carrier_words(connection: Connection, study_id: int, number: str) -> tuple[CarrierLine, ...]:
    """What carriers told of one shipment, oldest first; the caller has checked that the reader may see it."""
    rows = connection.execute(_WORDS, {"study_id": study_id, "number": number})
    return tuple(
        CarrierLine(row.carrier, TrackStatus(row.status), row.place, row.detail, row.booked, row.occurred_at)
        for row in rows
    )
