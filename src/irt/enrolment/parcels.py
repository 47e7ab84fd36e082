"""Parcels of a run moved one by one, each step by its own person, where labels or licences are asked for."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select

from irt.enrolment.labelling import label_parcel
from irt.enrolment.run import Run
from irt.services import fulfil_shipment as depot
from irt.services.approve_shipment import ApproveShipment, approve_shipment
from irt.services.carry_items import ArrivedLot, ReceiveItems, receive_items
from irt.services.carry_shipments import CarryShipments, carry_shipments
from irt.services.controlled_drugs import schedules_anywhere
from irt.services.import_licences import NotLicensed
from irt.services.sign_receipt import SignReceipt, sign_receipt
from irt.states.shipment import ShipmentStatus
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.shipment import Shipment, ShipmentItem, ShipmentKit

_S = ShipmentStatus
AT_THE_DEPOT = (
    (_S.REQUESTED, depot.acknowledge_shipment),
    (_S.ACKNOWLEDGED, depot.pick_shipment),
    (_S.PICKED, depot.pack_shipment),
    (_S.PACKED, depot.dispatch_shipment),
)
"""Where a parcel stands, and what the depot then does."""


class _Parcel(NamedTuple):
    """A shipment to a site or a depot as it stands."""

    id: int
    number: str
    status: ShipmentStatus


_SHIPMENTS, _SHIPPED, _KITS, _ITEMS = (
    table_of(Shipment),
    table_of(ShipmentKit),
    table_of(Kit),
    table_of(ShipmentItem),
)
_TO_PLACES = (
    select(_SHIPMENTS.c.id, _SHIPMENTS.c.number, _SHIPMENTS.c.status)
    .where(
        _SHIPMENTS.c.study_id == bindparam("study_id"),
        or_(_SHIPMENTS.c.site_id.is_not(None), _SHIPMENTS.c.target_depot_id.is_not(None)),
    )
    .order_by(_SHIPMENTS.c.id)
)
_WAITING = _TO_PLACES.where(_SHIPMENTS.c.status == _S.AWAITING_APPROVAL)
_TO_LEAVE = _TO_PLACES.where(
    _SHIPMENTS.c.status.in_([status for status, _ in AT_THE_DEPOT]), _SHIPMENTS.c.dispatch_on <= bindparam("day")
)
_TO_ARRIVE = _TO_PLACES.where(
    _SHIPMENTS.c.status.in_([_S.IN_TRANSIT, _S.DELIVERED]), _SHIPMENTS.c.expected_on <= bindparam("day")
)
_KITS_IN = (
    select(_KITS.c.number)
    .join(_SHIPPED, _SHIPPED.c.kit_id == _KITS.c.id)
    .where(_SHIPPED.c.shipment_id == bindparam("shipment_id"), _SHIPPED.c.outcome.is_(None))
    .order_by(_KITS.c.number)
)
_ITEMS_IN = select(_ITEMS.c.item, _ITEMS.c.lot, _ITEMS.c.sent).where(
    _ITEMS.c.shipment_id == bindparam("shipment_id"), _ITEMS.c.sent > 0, _ITEMS.c.arrived.is_(None)
)


def carry(run: Run, moment: datetime) -> None:
    """Everything that depots, carriers and sites do with the parcels due: at once, or each by hand."""
    if not _by_hand(run.definition):
        ask = CarryShipments(study_id=run.study_id, day=moment.date())
        run.press(run.staff.depot, moment, carry_shipments, ask, f"carry:{ask.day}")
        return
    for parcel in _rows(run, _WAITING):
        decision = ApproveShipment(study_id=run.study_id, number=parcel.number)
        run.press(run.staff.supply, moment, approve_shipment, decision, f"approve:{parcel.number}")
    for parcel in _rows(run, _TO_LEAVE, day=moment.date()):
        with suppress(NotLicensed):  # it waits, packed, for a licence
            send(run, parcel.number, moment, parcel.status)
    for parcel in _rows(run, _TO_ARRIVE, day=moment.date()):
        _receive(run, parcel, moment)


def send(run: Run, number: str, moment: datetime, status: ShipmentStatus = _S.REQUESTED) -> None:
    """What is left for the depot to do with a parcel until it leaves; kits are labelled where the study asks."""
    begun = [stage for stage, _ in AT_THE_DEPOT].index(status)
    for stage, service in AT_THE_DEPOT[begun:]:
        if stage == _S.PICKED:
            label_parcel(run, number, moment)
        ask = depot.StepShipment(study_id=run.study_id, number=number)
        run.press(run.staff.depot, moment, service, ask, f"{service.__name__}:{number}:{moment.date()}")


def _by_hand(definition: StudyDefinition) -> bool:
    strict = schedules_anywhere(definition) or definition.import_licences
    return bool(definition.labels.just_in_time or strict)


def _receive(run: Run, parcel: _Parcel, moment: datetime) -> None:
    """The carrier brings it; kits are received under a signature and a witness's, items are counted."""
    number = parcel.number
    if parcel.status == _S.IN_TRANSIT:
        brought = depot.StepShipment(study_id=run.study_id, number=number)
        run.press(run.staff.depot, moment, depot.deliver_shipment, brought, f"deliver:{number}")
    with run.store.reading() as connection:
        kits = list(connection.execute(_KITS_IN, {"shipment_id": parcel.id}).scalars())
        lots = [
            ArrivedLot(item=row.item, lot=row.lot, arrived=row.sent)
            for row in connection.execute(_ITEMS_IN, {"shipment_id": parcel.id})
        ]
    if kits:
        staff = run.staff
        receipt = SignReceipt(
            study_id=run.study_id,
            number=number,
            received=kits,
            signing=staff.signing(),
            witness=staff.witnessing(),
        )
        run.press(staff.depot, moment, sign_receipt, receipt, f"receive:{number}")
    if lots:
        counted = ReceiveItems(study_id=run.study_id, number=number, lots=lots)
        run.press(run.staff.site, moment, receive_items, counted, f"receive-items:{number}")


def _rows(run: Run, statement: Any, **facts: Any) -> Iterator[_Parcel]:
    with run.store.reading() as connection:
        rows = connection.execute(statement, {"study_id": run.study_id, **facts}).all()
    return (_Parcel(row.id, row.number, ShipmentStatus(row.status)) for row in rows)
