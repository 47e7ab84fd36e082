"""Deliveries to homes as services lock and step them, and what a parcel's own fate does to the dispensing.

A parcel is locked before its dispensing and subject: whoever steps a parcel to a home begins there.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, select, update

from irt.errors import NotFound, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.seal import Seal
from irt.services.shipments import HeldShipment
from irt.services.store import Store
from irt.services.work import Work
from irt.states.home_delivery import DELIVERY, ENDED_IN_VAIN, DeliveryEvent, DeliveryStatus
from irt.states.records import DispensingStatus, KitCheck
from irt.states.shipment import ShipmentEvent
from irt.states.table import next_status
from irt.tables.columns import table_of
from irt.tables.home import HomeDelivery, HomeDeliveryStep
from irt.tables.kit import DispensedKit, Dispensing
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Site
from irt.tables.subject import Subject, Visit

LABEL_CHARACTERS = 26


class KitsNotFit(Refusal):
    """Between the release and the carrier a kit was set apart: the parcel stays."""

    def __init__(self) -> None:
        super().__init__(
            "A kit of this parcel may not leave now. Nothing was booked. Reject or cancel the shipment; "
            "the site can then have other kits assigned."
        )


class SentHome(Refusal):
    """The kits of this dispensing are not at the site."""

    def __init__(self) -> None:
        super().__init__(
            "The kits of this visit go to the patient's home. Nothing was booked. See the delivery of this visit."
        )


@dataclass(frozen=True, slots=True)
class LockedDelivery:
    """A delivery whose row this transaction has locked."""

    id: int
    sponsor_id: int
    study_id: int
    dispensing_id: int
    subject_id: int
    subject: str
    site_id: int
    zone: str
    visit: str
    depot_id: int | None
    status: DeliveryStatus
    attempts: int
    slot_from: datetime | None
    slot_to: datetime | None
    shipment: str | None
    recorded_on: date | None
    version_number: int

    @property
    def owner(self) -> dict[str, int]:
        """The keys every row of the study carries."""
        return {"sponsor_id": self.sponsor_id, "study_id": self.study_id}


_DELIVERIES, _SUBJECTS, _SITES = table_of(HomeDelivery), table_of(Subject), table_of(Site)
_DISPENSINGS, _VISITS, _SHIPMENTS = table_of(Dispensing), table_of(Visit), table_of(Shipment)
_LINES, _CONTENTS = table_of(DispensedKit), table_of(ShipmentKit)
_LOCK = (
    select(
        _DELIVERIES,
        _SUBJECTS.c.number.label("subject"),
        _SITES.c.zone,
        _SITES.c.version_number,
        _VISITS.c.code.label("visit"),
        _SHIPMENTS.c.number.label("shipment"),
    )
    .join(_SUBJECTS, _SUBJECTS.c.id == _DELIVERIES.c.subject_id)
    .join(_SITES, _SITES.c.id == _DELIVERIES.c.site_id)
    .join(_DISPENSINGS, _DISPENSINGS.c.id == _DELIVERIES.c.dispensing_id)
    .join(_VISITS, _VISITS.c.id == _DISPENSINGS.c.visit_id)
    .outerjoin(_SHIPMENTS, _SHIPMENTS.c.id == _DELIVERIES.c.shipment_id)
    .with_for_update(key_share=True, of=_DELIVERIES)
)
_OF_DISPENSING = _LOCK.where(_DELIVERIES.c.dispensing_id == bindparam("dispensing_id"))
_OF_SHIPMENT = _LOCK.where(_DELIVERIES.c.shipment_id == bindparam("shipment_id"))
_LABELLED = select(_DELIVERIES.c.study_id, _SHIPMENTS.c.number).join(
    _SHIPMENTS, _SHIPMENTS.c.id == _DELIVERIES.c.shipment_id
).where(_DELIVERIES.c.label_hash == bindparam("label_hash"))  # fmt: skip
_HOME_BOUND = select(_DELIVERIES.c.id).where(_DELIVERIES.c.dispensing_id == bindparam("dispensing_id"))


def label_of(seal: Seal, delivery_id: int) -> str:
    """The opaque code of a delivery's parcel, the same each time it is printed."""
    return seal.derived_key(f"label of delivery {delivery_id}")[:LABEL_CHARACTERS]


def printed_label(store: Store, dispensing_id: int) -> str:
    """The label of a dispensing's parcel, for whoever prints it."""
    with store.reading_past_wall() as connection:
        found = connection.execute(_HOME_BOUND, {"dispensing_id": dispensing_id}).scalar_one()
    return label_of(store.seal, found)


def label_hash(label: str) -> str:
    """What is stored of a label."""
    return hashlib.sha256(label.strip().lower().encode()).hexdigest()


def plan_delivery(work: Work, owner: dict[str, int], dispensing_id: int, **facts: int | None) -> None:
    """Kits were assigned, at a depot or the site: they wait for their release."""
    work.append(HomeDelivery, **owner, dispensing_id=dispensing_id, status=DeliveryStatus.AWAITING_RELEASE, **facts)


def refuse_home_bound(work: Work, dispensing_id: int) -> None:
    """SentHome where the kits of a dispensing are not at the site; asked only in studies that send kits home."""
    if work.row(_HOME_BOUND, dispensing_id=dispensing_id) is not None:
        raise SentHome


def lock_delivery(work: Work, dispensing_id: int) -> LockedDelivery:
    """Locks the delivery of a dispensing."""
    return _locked(work.one("delivery", _OF_DISPENSING, dispensing_id=dispensing_id))


def delivery_in(work: Work, shipment: HeldShipment) -> LockedDelivery:
    """Locks the delivery that a locked shipment carries."""
    return _locked(work.one("delivery", _OF_SHIPMENT, shipment_id=shipment.id))


def parcel_of(work: Work, label: str) -> tuple[int, str]:
    """Study and number of the shipment under a label; NotFound for every label that is none."""
    row = work.row(_LABELLED, label_hash=label_hash(label))
    if row is None:
        raise NotFound("No parcel has this label. Scan it again, or call the number on it.")
    return row["study_id"], row["number"]


def _locked(row: RowMapping) -> LockedDelivery:
    return LockedDelivery(
        id=row["id"],
        sponsor_id=row["sponsor_id"],
        study_id=row["study_id"],
        dispensing_id=row["dispensing_id"],
        subject_id=row["subject_id"],
        subject=row["subject"],
        site_id=row["site_id"],
        zone=row["zone"],
        visit=row["visit"],
        depot_id=row["depot_id"],
        status=DeliveryStatus(row["status"]),
        attempts=row["attempts"],
        slot_from=row["slot_from"],
        slot_to=row["slot_to"],
        shipment=row["shipment"],
        recorded_on=row["recorded_on"],
        version_number=row["version_number"],
    )


def step_delivery(
    work: Work,
    delivery: LockedDelivery,
    event: DeliveryEvent,
    *,
    reason: str | None = None,
    occurred_at: datetime | None = None,
    **facts: Any,
) -> DeliveryStatus:
    """Takes a delivery through an event and stores `facts` on it; TransitionRefused where it cannot."""
    status = next_status(DELIVERY, delivery.status, event)
    work.run(update(_DELIVERIES).where(_DELIVERIES.c.id == delivery.id).values(status=status, **facts))
    work.append(
        HomeDeliveryStep,
        **delivery.owner,
        delivery_id=delivery.id,
        event=event,
        status=status,
        occurred_at=occurred_at or work.at,
        recorded_at=work.at,
        account_id=work.actor.account_id,
        reason=reason,
    )
    if status in ENDED_IN_VAIN:
        _end_dispensing(work, delivery, reason)
    return status


def audit_delivery(
    work: Work, delivery: LockedDelivery, act: str, *, reason: str | None = None, **new: Any
) -> None:
    """One audit line about a delivery, filed under its subject."""
    work.audit(
        AuditDraft(
            act=act,
            record_kind="subject",
            record=delivery.subject,
            study_id=delivery.study_id,
            site_id=delivery.site_id,
            zone=delivery.zone,
            new={"visit": delivery.visit, **new},
            reason=reason,
        )
    )


_END = (
    update(_DISPENSINGS)
    .where(_DISPENSINGS.c.id == bindparam("of_id"), _DISPENSINGS.c.status == DispensingStatus.ASSIGNED)
    .values(status=DispensingStatus.NOT_DONE, ended_at=bindparam("at"), reason=bindparam("why"))
)
_NOT_GIVEN = (
    update(_LINES)
    .where(_LINES.c.dispensing_id == bindparam("of_id"), _LINES.c.status == KitCheck.WAITING)
    .values(status=KitCheck.NOT_GIVEN)
)


def _end_dispensing(work: Work, delivery: LockedDelivery, reason: str | None) -> None:
    """Nothing was given; other kits may be assigned for the visit."""
    work.run(_END, {"of_id": delivery.dispensing_id, "at": work.at, "why": reason})
    work.run(_NOT_GIVEN, {"of_id": delivery.dispensing_id})


_FATES = {
    ShipmentEvent.DISPATCH: DeliveryEvent.DISPATCH,
    ShipmentEvent.RETURN: DeliveryEvent.RETURN,
    ShipmentEvent.LOSE: DeliveryEvent.LOSE,
    ShipmentEvent.REJECT: DeliveryEvent.CANCEL,
    ShipmentEvent.CANCEL: DeliveryEvent.CANCEL,
}
_LEFT_BEHIND = select(_CONTENTS.c.kit_id).where(
    _CONTENTS.c.shipment_id == bindparam("shipment_id"), _CONTENTS.c.outcome == "left_at_depot"
)


def follow_shipment(
    work: Work, shipment: HeldShipment, event: ShipmentEvent, reason: str | None, occurred_at: datetime | None
) -> None:
    """A step of a shipment to a home is a step of its delivery; a parcel leaves whole or not at all."""
    if shipment.subject_id is None or event not in _FATES:
        return
    if event == ShipmentEvent.DISPATCH and work.row(_LEFT_BEHIND, shipment_id=shipment.id) is not None:
        raise KitsNotFit
    delivery, fate = delivery_in(work, shipment), _FATES[event]
    step_delivery(work, delivery, fate, reason=reason, occurred_at=occurred_at)
    audit_delivery(work, delivery, f"delivery_{fate}", shipment=shipment.number, reason=reason)
