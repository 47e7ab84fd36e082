"""The release of a subject's kits to the home: signed at the site, requested from the depot; or called off."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime
from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.actor import Grant
from irt.blinding.roles import Permission, Role
from irt.errors import BadInput, IntegrityFault, NotAllowed, NotFound
from irt.reads.operational_data import lane_in_force
from irt.services.dispensings import LockedDispensing, lock_dispensing
from irt.services.fulfil_shipment import free_kits
from irt.services.home_addresses import require_address
from irt.services.home_deliveries import (
    LockedDelivery,
    audit_delivery,
    follow_shipment,
    label_hash,
    label_of,
    lock_delivery,
    step_delivery,
)
from irt.services.raise_shipments import next_number
from irt.services.send_from_site import own_parcel
from irt.services.shipments import HeldShipment, kits_underway, lock_shipment, step_shipments
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.site_kits import need_reason
from irt.services.subjects import refusals_concern
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.states.home_delivery import DELIVERY, DeliveryEvent, DeliveryStatus
from irt.states.shipment import ShipmentEvent, ShipmentStatus
from irt.states.subject import ON_STUDY_TREATMENT, SubjectStatus
from irt.states.table import next_status
from irt.study.delivery import HomeDelivery
from irt.study.network import HOME
from irt.study.schedule import visit_label
from irt.supply.calendar import calendar_of
from irt.tables.columns import table_of
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Depot


class ReleaseDelivery(SQLModel):
    """The kits of a dispensing may leave; the slot is when the patient is at home, where that was agreed."""

    study_id: int
    dispensing_id: int
    slot_from: AwareDatetime | None = None
    slot_to: AwareDatetime | None = None
    signing: Signing = Field(exclude=True)


class CancelDelivery(SQLModel):
    """The kits of a dispensing shall not leave after all; possible until the release."""

    study_id: int
    dispensing_id: int
    reason: str = Field(min_length=1)


class DeliveryReceipt(SQLModel):
    """How a delivery stands, as everybody at the site may know it."""

    study_id: int
    dispensing_id: int
    subject: str
    status: DeliveryStatus
    shipment: str | None = None
    dispatch_on: date | None = None
    expected_on: date | None = None


_RELEASERS = {
    "investigator": frozenset({Role.INVESTIGATOR}),
    "pharmacist": frozenset({Role.PHARMACIST, Role.UNBLINDED_PHARMACIST}),
}


def release_delivery(work: Work, ask: ReleaseDelivery) -> DeliveryReceipt:
    """Signs the release and requests the parcel from the depot; its label is known from now on."""
    dispensing = lock_dispensing(work, ask.study_id, ask.dispensing_id, Permission.RELEASE_DELIVERY, home=True)
    subject = dispensing.subject
    with refusals_concern(subject.about("release")):
        rules = _rules_of(dispensing)
        grant = _grant_to_release(work, dispensing, rules)
        delivery = lock_delivery(work, dispensing.id)
        next_status(DELIVERY, delivery.status, DeliveryEvent.RELEASE)
        require_slot(ask.slot_from, ask.slot_to, work.at)
        _require_on_treatment(dispensing)
        require_address(work, subject.id)
        signature_id = sign_record(work, ask.signing, _signable(dispensing), grant)
    number, *days = _request(work, dispensing, delivery, rules, ask.slot_from)
    today = subject.site.today(work.at)
    step_delivery(
        work,
        delivery,
        DeliveryEvent.RELEASE,
        shipment_id=lock_shipment(work, ask.study_id, number).id,
        label_hash=label_hash(label_of(work.store.seal, delivery.id)),
        slot_from=ask.slot_from,
        slot_to=ask.slot_to,
        released_at=work.at,
        signature_id=signature_id,
        recorded_on=today if rules.recorded_on == "release" else None,
    )
    audit_delivery(work, delivery, "delivery_released", shipment=number, signature=signature_id)
    return _receipt(dispensing, DeliveryStatus.RELEASED, number, *days)


def cancel_delivery(work: Work, ask: CancelDelivery) -> DeliveryReceipt:
    """Before the release, or before a parcel of the site's own leaves: other kits may be assigned for the visit.

    Kits at a depot are free again; kits at the site wait in quarantine, as any that were assigned and not given.
    """
    parcel = own_parcel(work, ask.study_id, ask.dispensing_id)
    dispensing = lock_dispensing(work, ask.study_id, ask.dispensing_id, Permission.DISPENSE, home=True)
    with refusals_concern(dispensing.subject.about("cancelling")):
        reason = need_reason(ask.reason)
        delivery = lock_delivery(work, dispensing.id)
        if delivery.shipment is not None and parcel is None:
            raise BadInput(
                "The depot has the request already. Nothing was booked. Ask the supply manager to cancel it."
            )
        if parcel is not None:
            _take_back_parcel(work, parcel, reason)
            return _receipt(dispensing, DeliveryStatus.CANCELLED, parcel.number)
        step_delivery(work, delivery, DeliveryEvent.CANCEL, reason=reason)
    free_kits(work, map(dispensing.id_of, dispensing.open_kits()), subject_id=dispensing.subject.id, reason=reason)
    audit_delivery(work, delivery, "delivery_cancel", reason=reason)
    return _receipt(dispensing, DeliveryStatus.CANCELLED)


def _take_back_parcel(work: Work, parcel: HeldShipment, reason: str) -> None:
    """A parcel that has not left the site is unpacked."""
    kits = kits_underway(work, [parcel])
    step_shipments(work, [parcel], [ShipmentEvent.CANCEL], reason=reason, tell=lambda _: {"kits": len(kits)})
    free_kits(work, kits, shipment_id=parcel.id, reason=reason)
    follow_shipment(work, parcel, ShipmentEvent.CANCEL, reason, None)


def require_slot(begins: datetime | None, ends: datetime | None, at: datetime) -> None:
    """A slot has both its ends, in order and not past; or there is none."""
    if begins is None and ends is None:
        return
    if begins is None or ends is None or not at < ends or not begins < ends:
        raise BadInput("The slot needs a beginning and a later end that lies ahead. Nothing was booked.")


def _rules_of(dispensing: LockedDispensing) -> HomeDelivery:
    rules = dispensing.subject.definition.delivery
    if rules is None:
        raise NotFound("No such delivery. Check the number, or ask the study coordinator.")
    return rules


def _grant_to_release(work: Work, dispensing: LockedDispensing, rules: HomeDelivery) -> Grant:
    """The grant in the role that the study names."""
    study_id, site_id = dispensing.subject.study_id, dispensing.subject.site.id
    for grant in work.actor.grants:
        if grant.role in _RELEASERS[rules.released_by] and grant.covers(
            Permission.RELEASE_DELIVERY, study_id, site_id
        ):
            return grant
    raise NotAllowed(f"In this study the {rules.released_by} releases kits to homes. Nothing was booked.")


def _require_on_treatment(dispensing: LockedDispensing) -> None:
    dispensing.subject.site.require_active()
    status = dispensing.subject.status
    if status not in ON_STUDY_TREATMENT | {SubjectStatus.RUN_IN}:
        raise BadInput(
            f"Kits cannot be sent while the subject is '{status.replace('_', ' ')}'. Nothing was booked. "
            "Cancel the delivery."
        )


def _signable(dispensing: LockedDispensing) -> Signable:
    subject = dispensing.subject
    return Signable(
        Meaning.RELEASE_DELIVERY,
        "home_delivery",
        f"{subject.number} {visit_label(dispensing.visit, dispensing.occurrence)}",
        {"dispensing": dispensing.id, "kits": list(dispensing.open_kits())},
        study_id=subject.study_id,
        site_id=subject.site.id,
        zone=subject.site.zone,
    )


_DEPOTS = table_of(Depot)
_DEPOT = select(_DEPOTS.c.code, _DEPOTS.c.zone).where(_DEPOTS.c.id == bindparam("id"))


def _request(
    work: Work,
    dispensing: LockedDispensing,
    delivery: LockedDelivery,
    rules: HomeDelivery,
    slot_from: datetime | None,
) -> tuple[str, date, date]:
    """One parcel with every kit of the dispensing, requested from where they lie: the depot, or the site itself."""
    subject, kit_ids = dispensing.subject, [dispensing.id_of(number) for number in dispensing.open_kits()]
    lock_row(work, subject.study_id)
    number = f"S-{next_number(work, subject.study_id)}"
    if delivery.depot_id is None:
        dispatch_on, expected_on = _days_from_site(work, dispensing, rules, slot_from)
    else:
        dispatch_on, expected_on = _days(work, subject.study_id, delivery.depot_id)
    work.record(
        Shipment,
        **subject.owner,
        number=number,
        status=ShipmentStatus.PROPOSED,
        origin_depot_id=delivery.depot_id,
        subject_id=subject.id,
        raised_by="home",
        storage=_storage(dispensing),
        raised_at=work.at,
        dispatch_on=dispatch_on,
        expected_on=expected_on,
    )
    shipment = lock_shipment(work, subject.study_id, number)
    rows = ({**subject.owner, "shipment_id": shipment.id, "kit_id": kit_id} for kit_id in kit_ids)
    work.record_all(ShipmentKit, rows)
    step_shipments(work, [shipment], [ShipmentEvent.REQUEST], tell=lambda _: {"kits": len(kit_ids)})
    return number, dispatch_on, expected_on


def _days(work: Work, study_id: int, depot_id: int) -> tuple[date, date]:
    """The day the parcel leaves and the day it is awaited, by the one lane to homes."""
    depot = work.one("depot", _DEPOT, id=depot_id)
    local = work.at.astimezone(ZoneInfo(depot["zone"]))
    lane = lane_in_force(work.connection, study_id, depot["code"], HOME, local.date())
    if lane is None:
        raise IntegrityFault("no lane leads to homes from a depot that has kits for one")
    calendar = calendar_of(lane)
    leaves = calendar.dispatch_on(local.date(), calendar.past_cut_off(local.date(), local))
    return leaves, leaves + timedelta(days=int(lane["lead_time_days"]))


def _days_from_site(
    work: Work, dispensing: LockedDispensing, rules: HomeDelivery, slot_from: datetime | None
) -> tuple[date, date]:
    """Today, and the day that was agreed or that the study counts on."""
    site = dispensing.subject.site
    today = site.today(work.at)
    if slot_from is not None:
        return today, slot_from.astimezone(ZoneInfo(site.zone)).date()
    return today, today + timedelta(days=rules.site_lead_time_days)


def _storage(dispensing: LockedDispensing) -> str:
    """How the parcel is kept; the check of the study file holds it alike for all its kits."""
    groups = dispensing.subject.definition.blinding_groups
    names = {kit.name for kit in dispensing.kits}
    return next(group.storage for group in groups if group.name in names)


def _receipt(
    dispensing: LockedDispensing,
    status: DeliveryStatus,
    shipment: str | None = None,
    dispatch_on: date | None = None,
    expected_on: date | None = None,
) -> DeliveryReceipt:
    return DeliveryReceipt(
        study_id=dispensing.subject.study_id,
        dispensing_id=dispensing.id,
        subject=dispensing.subject.number,
        status=status,
        shipment=shipment,
        dispatch_on=dispatch_on,
        expected_on=expected_on,
    )
