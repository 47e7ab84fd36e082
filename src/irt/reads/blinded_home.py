"""Deliveries to homes as pages show them: to the site its own, to a carrier one parcel and nothing of a study."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Select, bindparam, select

from irt.audit.entry import study_chain
from irt.audit.signature import Meaning
from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import NotAllowed
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import not_found
from irt.reads.blinded_subject import subject_here
from irt.states.home_delivery import DeliveryStatus
from irt.states.records import KitCheck
from irt.states.shipment import ShipmentStatus
from irt.states.table import words
from irt.study.schedule import visit_name
from irt.tables.columns import table_of
from irt.tables.home import HomeDelivery
from irt.tables.kit import DispensedKit, Dispensing, Kit
from irt.tables.record import AuditEntry
from irt.tables.shipment import Shipment
from irt.tables.study import Site
from irt.tables.subject import Visit

_DELIVERIES, _DISPENSINGS, _VISITS = table_of(HomeDelivery), table_of(Dispensing), table_of(Visit)
_LINES, _KITS, _SHIPMENTS = table_of(DispensedKit), table_of(Kit), table_of(Shipment)
_ENTRIES, _SITES = table_of(AuditEntry), table_of(Site)


@dataclass(frozen=True)
class HomeView(BlindedView):
    """One delivery as its site sees it. The address is nowhere in it."""

    study_id: int
    site_id: int
    study: str
    zone: str
    dispensing_id: int
    address: str
    subject_address: str
    subject: str
    visit_name: str
    status: DeliveryStatus
    kits: tuple[str, ...]
    shipment: str
    expected_on: date | None
    slot_from: datetime | None
    slot_to: datetime | None
    attempts: int
    attempts_max: int
    recorded_on: date | None
    released_by: str
    address_recorded_at: datetime | None
    may_record: bool
    may_release: bool
    may_dispense: bool
    printed_role: str
    meaning: str
    code_needed: bool
    packed_here: bool = False
    parcel: str = ""

    @property
    def to_pack(self) -> bool:
        """Whether the site is to scan the kits into the parcel now."""
        return self.packed_here and self.parcel == ShipmentStatus.REQUESTED

    @property
    def to_give(self) -> bool:
        """Whether the parcel waits here for the carrier."""
        return self.packed_here and self.parcel == ShipmentStatus.PACKED

    @property
    def may_cancel(self) -> bool:
        """Whether the site may still call the delivery off."""
        return self.may_dispense and (self.waits or self.to_pack or self.to_give)

    @property
    def waits(self) -> bool:
        """Whether the release is still to be signed."""
        return self.status == DeliveryStatus.AWAITING_RELEASE

    @property
    def on_its_way(self) -> bool:
        """Whether the patient may still confirm it."""
        return self.status in (DeliveryStatus.RELEASED, DeliveryStatus.UNDERWAY, DeliveryStatus.ATTEMPTED)


@dataclass(frozen=True)
class ParcelView(BlindedView):
    """What a carrier is told of one parcel before the address is asked for: nothing of the study."""

    label: str
    shipment: str
    zone: str
    status: DeliveryStatus
    slot_from: datetime | None
    slot_to: datetime | None
    attempts: int


_DELIVERY = (
    select(
        _DELIVERIES,
        _VISITS.c.code,
        _VISITS.c.occurrence,
        _SHIPMENTS.c.number.label("shipment"),
        _SHIPMENTS.c.status.label("parcel"),
        _SHIPMENTS.c.expected_on,
        _SITES.c.zone,
    )
    .join(_SITES, _SITES.c.id == _DELIVERIES.c.site_id)
    .join(_DISPENSINGS, _DISPENSINGS.c.id == _DELIVERIES.c.dispensing_id)
    .join(_VISITS, _VISITS.c.id == _DISPENSINGS.c.visit_id)
    .outerjoin(_SHIPMENTS, _SHIPMENTS.c.id == _DELIVERIES.c.shipment_id)
)
_OF_DISPENSING = _DELIVERY.where(_DELIVERIES.c.dispensing_id == bindparam("dispensing_id"))
_OF_LABEL = _DELIVERY.where(_DELIVERIES.c.label_hash == bindparam("label_hash"))
_NUMBERS = (
    select(_KITS.c.number)
    .join(_LINES, _LINES.c.kit_id == _KITS.c.id)
    .where(_LINES.c.dispensing_id == bindparam("dispensing_id"), _LINES.c.status != KitCheck.REPLACED)
    .order_by(_KITS.c.number)
)
_LAST_WORD: Select[tuple[str, datetime]] = (
    select(_ENTRIES.c.act, _ENTRIES.c.at)
    .where(
        _ENTRIES.c.chain == bindparam("chain"),
        _ENTRIES.c.record_kind == "subject",
        _ENTRIES.c.record == bindparam("subject"),
        _ENTRIES.c.act.in_(("address_recorded", "address_erased")),
    )
    .order_by(_ENTRIES.c.sequence.desc())
    .limit(1)
)


def goes_home(connection: Connection, dispensing_id: int) -> bool:
    """Whether the kits of a dispensing are sent to the subject's home."""
    return connection.execute(_OF_DISPENSING, {"dispensing_id": dispensing_id}).first() is not None


def home_page(connection: Connection, actor: Actor, study_id: int, number: str, dispensing_id: int) -> HomeView:
    """The delivery of one dispensing; NotFound where it is not this subject's."""
    subject = subject_here(connection, actor, study_id, number)
    row = connection.execute(_OF_DISPENSING, {"dispensing_id": dispensing_id}).mappings().first()
    rules, site_id = subject.study.delivery, subject.site.site_id
    if row is None or row["subject_id"] != subject.id or rules is None:
        raise not_found("delivery")
    grant = actor.grant_for(Permission.RELEASE_DELIVERY, study_id, site_id)
    return HomeView(
        study_id=study_id,
        site_id=site_id,
        study=subject.site.study,
        zone=subject.site.zone,
        dispensing_id=dispensing_id,
        address=f"{subject.address}/home/{dispensing_id}",
        subject_address=subject.address,
        subject=subject.number,
        visit_name=visit_name(subject.study, row["code"], row["occurrence"]),
        status=DeliveryStatus(row["status"]),
        kits=_numbers(connection, dispensing_id),
        shipment=row["shipment"] or "",
        expected_on=row["expected_on"],
        slot_from=row["slot_from"],
        slot_to=row["slot_to"],
        attempts=row["attempts"],
        attempts_max=rules.attempts_max,
        recorded_on=row["recorded_on"],
        released_by=rules.released_by,
        address_recorded_at=_recorded_at(connection, study_id, subject.number),
        may_record=actor.grant_for(Permission.RECORD_ADDRESS, study_id, site_id) is not None,
        may_release=grant is not None and rules.released_by in grant.role,
        may_dispense=actor.grant_for(Permission.DISPENSE, study_id, site_id) is not None,
        printed_role="" if grant is None else words(grant.role),
        meaning=Meaning.RELEASE_DELIVERY,
        code_needed=code_will_be_needed(connection, actor, study_id),
        packed_here=row["depot_id"] is None,
        parcel=row["parcel"] or "",
    )


def _numbers(connection: Connection, dispensing_id: int) -> tuple[str, ...]:
    found: Sequence[str] = connection.execute(_NUMBERS, {"dispensing_id": dispensing_id}).scalars().all()
    return tuple(found)


def _recorded_at(connection: Connection, study_id: int, subject: str) -> datetime | None:
    """When the address was recorded; None before, and after it was erased."""
    last = connection.execute(_LAST_WORD, {"chain": study_chain(study_id), "subject": subject}).first()
    return last.at if last is not None and last.act == "address_recorded" else None


def parcel_page(connection: Connection, actor: Actor, label: str, hashed: str) -> ParcelView:
    """What a label tells a carrier of that study; NotFound for every other label."""
    row = connection.execute(_OF_LABEL, {"label_hash": hashed}).mappings().first()
    if row is None:
        raise not_found("parcel")
    if actor.grant_for(Permission.CARRY_HOME, row["study_id"], None) is None:
        raise NotAllowed("Only a carrier opens a parcel's label.")
    return ParcelView(
        label=label,
        shipment=row["shipment"],
        zone=row["zone"],
        status=DeliveryStatus(row["status"]),
        slot_from=row["slot_from"],
        slot_to=row["slot_to"],
        attempts=row["attempts"],
    )


_SENT = (
    select(_DELIVERIES.c.id, _DELIVERIES.c.depot_id)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _DELIVERIES.c.shipment_id)
    .where(_SHIPMENTS.c.study_id == bindparam("study_id"), _SHIPMENTS.c.number == bindparam("number"))
)


def delivery_packed_here(connection: Connection, home: HomeView) -> int:
    """The delivery that the site prints a label for; NotFound before its release and where a depot sends it."""
    row = connection.execute(_OF_DISPENSING, {"dispensing_id": home.dispensing_id}).mappings().first()
    if row is None or not home.packed_here or not home.shipment or not home.may_dispense:
        raise not_found("label")
    return int(row["id"])


def delivery_to_label(connection: Connection, actor: Actor, study_id: int, number: str) -> int:
    """The delivery that a depot prints a label for; NotFound for shipments of other depots or to other places."""
    actor.require(Permission.FULFIL_SHIPMENT, study_id)
    row = connection.execute(_SENT, {"study_id": study_id, "number": number}).first()
    if row is None or actor.grant_at_depot(Permission.FULFIL_SHIPMENT, study_id, row.depot_id) is None:
        raise not_found("label")
    return int(row.id)
