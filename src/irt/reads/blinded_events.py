"""What happened to the kits of a study, for other systems: of one kit all its life, or of all kits in a period."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select

from irt.errors import BadInput, NotFound
from irt.messages.shipment_story import Chronicle, Story
from irt.reads.blinded_manifest import HOME, OF_KIT, Places, happenings_of, lots_of, story_kit, story_of
from irt.states.records import Mode
from irt.states.shipment import ShipmentEvent
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, ItemMovement, Kit, Movement
from irt.tables.shipment import Shipment, ShipmentKit, ShipmentStep
from irt.tables.study import Study

PARCELS_MAX = 500
KITS_MAX = 20_000

_KITS, _LOTS, _MOVEMENTS = table_of(Kit), table_of(BlindedLot), table_of(Movement)
_SHIPMENTS, _SHIPPED, _STEPS = table_of(Shipment), table_of(ShipmentKit), table_of(ShipmentStep)
_STUDIES, _ITEMS = table_of(Study), table_of(ItemMovement)
_STUDY = select(_STUDIES.c.protocol, _STUDIES.c.mode).where(_STUDIES.c.id == bindparam("study_id"))
_KIT = (
    select(
        _KITS.c.id,
        _KITS.c.number,
        _KITS.c.expiry,
        _KITS.c.blinding_group,
        _KITS.c.blinded_lot_id,
        _LOTS.c.number.label("lot"),
    )
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(_KITS.c.study_id == bindparam("study_id"))
    .order_by(_KITS.c.number)
)
_MOVED = (
    select(
        _MOVEMENTS.c.event,
        _MOVEMENTS.c.occurred_at,
        _MOVEMENTS.c.custody,
        _MOVEMENTS.c.place_id,
        _MOVEMENTS.c.subject_id,
        _KITS.c.id,
        _KITS.c.number,
    )
    .join(_KITS, _KITS.c.id == _MOVEMENTS.c.kit_id)
    .where(_KITS.c.study_id == bindparam("study_id"), _MOVEMENTS.c.event.in_(list(OF_KIT)))
)
_BORN = (
    select(_KITS.c.blinded_lot_id)
    .join(_MOVEMENTS, _MOVEMENTS.c.kit_id == _KITS.c.id)
    .where(_KITS.c.study_id == bindparam("study_id"))
    .group_by(_KITS.c.blinded_lot_id)
    .having(
        func.min(_MOVEMENTS.c.occurred_at) >= bindparam("since"),
        func.min(_MOVEMENTS.c.occurred_at) < bindparam("until"),
    )
)
_NUMBERS = (
    select(_SHIPMENTS.c.number).where(_SHIPMENTS.c.study_id == bindparam("study_id")).order_by(_SHIPMENTS.c.id)
)
_TOLD = (ShipmentEvent.PACK, ShipmentEvent.DISPATCH)


def chronicle_of_kit(connection: Connection, study_id: int, number: str) -> Chronicle:
    """The whole life of a kit and of the parcels it travelled in; NotFound for a number that the study lacks."""
    holds = select(_SHIPPED.c.shipment_id).join(_KITS, _KITS.c.id == _SHIPPED.c.kit_id)
    holds = holds.where(_KITS.c.study_id == study_id, _KITS.c.number == number)
    found = _chronicle(connection, study_id, _KITS.c.number == number, _SHIPMENTS.c.id.in_(holds))
    if not found.kits:
        raise NotFound(f"No such kit: {number}. Check the number.")
    return found


def chronicle_of_period(connection: Connection, study_id: int, since: datetime, until: datetime) -> Chronicle:
    """What happened from `since` on and before `until`; BadInput where it is too much for one document."""
    if since >= until:
        raise BadInput("The period ends before it begins. Give it an end that is later.")
    within = (_MOVEMENTS.c.occurred_at >= since, _MOVEMENTS.c.occurred_at < until)
    born = connection.execute(_BORN, {"study_id": study_id, "since": since, "until": until}).scalars().all()
    moved = select(_MOVEMENTS.c.kit_id).where(
        _MOVEMENTS.c.study_id == study_id, _MOVEMENTS.c.event.in_(list(OF_KIT)), *within
    )
    stepped = select(_STEPS.c.shipment_id).where(
        _STEPS.c.study_id == study_id,
        _STEPS.c.event.in_(_TOLD),
        _STEPS.c.occurred_at >= since,
        _STEPS.c.occurred_at < until,
    )
    arrived = select(_MOVEMENTS.c.shipment_id).where(
        _MOVEMENTS.c.study_id == study_id, _MOVEMENTS.c.shipment_id.is_not(None), *within
    )
    kits = or_(_KITS.c.blinded_lot_id.in_(born), _KITS.c.id.in_(moved))
    counted = select(_ITEMS.c.shipment_id).where(
        _ITEMS.c.study_id == study_id, _ITEMS.c.shipment_id.is_not(None), _ITEMS.c.at >= since, _ITEMS.c.at < until
    )
    parcels = or_(*(_SHIPMENTS.c.id.in_(some) for some in (stepped, arrived, counted)))
    return _chronicle(connection, study_id, kits, parcels)


def _chronicle(
    connection: Connection, study_id: int, which: ColumnElement[bool], parcels: ColumnElement[bool]
) -> Chronicle:
    facts: dict[str, Any] = {"study_id": study_id}
    study = connection.execute(_STUDY, facts).one()
    places = Places(connection, study_id)
    kits = connection.execute(_KIT.where(which).limit(KITS_MAX + 1), facts).mappings().all()
    numbers = connection.execute(_NUMBERS.where(parcels).limit(PARCELS_MAX + 1), facts).scalars().all()
    _refuse_too_much(kits, numbers)
    moved = connection.execute(_MOVED.where(which), facts).mappings()
    return Chronicle(
        protocol=study.protocol,
        mode=Mode(study.mode),
        kits=tuple(story_kit(places.study, kit) for kit in kits),
        lots=lots_of(connection, places, {kit["blinded_lot_id"]: kit["lot"] for kit in kits}),
        parcels=tuple(_parcel(connection, study_id, number) for number in numbers),
        happenings=happenings_of(moved, places, places.central or HOME),
    )


def _parcel(connection: Connection, study_id: int, number: str) -> Story:
    return story_of(connection, number, study_id=study_id)


def _refuse_too_much(kits: Sequence[object], parcels: Sequence[object]) -> None:
    if len(kits) > KITS_MAX or len(parcels) > PARCELS_MAX:
        raise BadInput(
            f"This is more than {KITS_MAX} kits or {PARCELS_MAX} shipments: too much for one document. "
            "Nothing was written. Ask for a shorter period."
        )
