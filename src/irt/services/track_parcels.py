"""A carrier's words about parcels are kept, and the steps they mean are booked; no kit becomes usable by them."""

from collections.abc import Callable

from pydantic import AwareDatetime
from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.services.audit_draft import AuditDraft
from irt.services.fulfil_shipment import (
    ShipmentStepped,
    StepShipment,
    clear_customs,
    deliver_shipment,
    hold_at_customs,
)
from irt.services.shipments import lock_shipment, require_at_depot
from irt.services.work import Work
from irt.states.shipment import ShipmentEvent
from irt.states.tracking import TrackStatus, steps_after
from irt.tables.columns import table_of
from irt.tables.shipment import Shipment
from irt.tables.vendor import CarrierEvent

TOLD_MAX = 1000


class CarrierWord(SQLModel):
    """One status of one waybill."""

    waybill: str = Field(min_length=1, max_length=200)
    status: TrackStatus
    at: AwareDatetime
    place: str = Field(default="", max_length=200)
    detail: str = Field(default="", max_length=200)


class TrackParcels(SQLModel):
    """What a carrier told, oldest first."""

    study_id: int
    carrier: str = Field(min_length=1, max_length=100)
    told: list[CarrierWord] = Field(min_length=1, max_length=TOLD_MAX)


class ParcelsTracked(SQLModel):
    """How many words were new, the steps booked for them, and waybills that no shipment has."""

    new: int
    booked: int
    unknown: list[str]


_SHIPMENTS, _EVENTS = table_of(Shipment), table_of(CarrierEvent)
_NUMBER = select(_SHIPMENTS.c.number).where(
    _SHIPMENTS.c.study_id == bindparam("study_id"), _SHIPMENTS.c.waybill == bindparam("waybill")
)
_KNOWN = select(_EVENTS.c.id).where(
    _EVENTS.c.shipment_id == bindparam("shipment_id"),
    _EVENTS.c.status == bindparam("status"),
    _EVENTS.c.occurred_at == bindparam("at"),
)
_BOOKS: dict[ShipmentEvent, Callable[[Work, StepShipment], ShipmentStepped]] = {
    ShipmentEvent.HOLD_AT_CUSTOMS: hold_at_customs,
    ShipmentEvent.CLEAR_CUSTOMS: clear_customs,
    ShipmentEvent.DELIVER: deliver_shipment,
}


def track_parcels(work: Work, ask: TrackParcels) -> ParcelsTracked:
    """Each word counts once, however often it is told; one of the past books no step back."""
    work.actor.require(Permission.FULFIL_SHIPMENT, ask.study_id)
    new = booked = 0
    unknown: list[str] = []
    for word in ask.told:
        if word.at > work.at:
            raise BadInput("A carrier's status lies ahead. Nothing was booked. Check the clock and the zone.")
        row = work.row(_NUMBER, study_id=ask.study_id, waybill=word.waybill)
        if row is None:
            unknown.append(word.waybill)
            continue
        steps = _take(work, ask, word, row["number"])
        new, booked = new + (steps is not None), booked + len(steps or ())
    done = ParcelsTracked(new=new, booked=booked, unknown=sorted(set(unknown)))
    work.audit(
        AuditDraft(
            act="tracking_taken",
            record_kind="carrier",
            record=ask.carrier,
            study_id=ask.study_id,
            new={"told": len(ask.told), **done.model_dump()},
        )
    )
    return done


def _take(work: Work, ask: TrackParcels, word: CarrierWord, number: str) -> tuple[ShipmentEvent, ...] | None:
    """The steps booked; None where the word was known."""
    shipment = lock_shipment(work, ask.study_id, number)
    require_at_depot(work, shipment)
    if work.row(_KNOWN, shipment_id=shipment.id, status=word.status, at=word.at) is not None:
        return None
    # A waybill of an earlier parcel, or a carrier's clock that is wrong, brings no kit anywhere.
    steps = () if shipment.left_after(word.at) else steps_after(word.status, shipment.status)
    for event in steps:
        reason = f"{ask.carrier}: {word.detail or word.status}"
        _BOOKS[event](work, StepShipment(study_id=ask.study_id, number=number, reason=reason, occurred_at=word.at))
    work.append(
        CarrierEvent,
        **shipment.owner,
        shipment_id=shipment.id,
        carrier=ask.carrier,
        status=word.status,
        place=word.place,
        detail=word.detail,
        booked=", ".join(steps),
        occurred_at=word.at,
        recorded_at=work.at,
        account_id=work.actor.account_id,
    )
    return steps
