"""Pick-ups at homes: to the site its own, to a carrier one door and nothing of a study."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import NotAllowed
from irt.reads.blinded_sites import WorkSite, not_found
from irt.states.home_delivery import DeliveryStatus
from irt.states.shipment import ShipmentStatus
from irt.tables.columns import table_of
from irt.tables.home import HomeDelivery
from irt.tables.returning import HomePickup
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Site
from irt.tables.subject import Subject


@dataclass(frozen=True)
class PickupLine(BlindedView):
    """One pick-up as its site sees it; its label is made from `shipment_id`."""

    study_id: int
    number: str
    subject: str
    status: ShipmentStatus
    kits: int
    slot_from: datetime
    slot_to: datetime
    attempts: int
    shipment_id: int

    @property
    def waits(self) -> bool:
        """Whether nothing was collected yet."""
        return self.status == ShipmentStatus.ACKNOWLEDGED


@dataclass(frozen=True)
class DoorPickup(BlindedView):
    """What a carrier is told of one pick-up before the address is asked for: nothing of the study."""

    label: str
    number: str
    zone: str
    status: ShipmentStatus
    slot_from: datetime
    slot_to: datetime
    attempts: int
    kits: int

    @property
    def waits(self) -> bool:
        """Whether the carrier is still to go there."""
        return self.status == ShipmentStatus.ACKNOWLEDGED


@dataclass(frozen=True)
class Errand(BlindedView):
    """One parcel or pick-up that a carrier has to do with now. Its label alone leads to it."""

    number: str
    what: str
    zone: str
    slot_from: datetime | None
    slot_to: datetime | None
    attempts: int


_PICKUPS, _SHIPMENTS, _SHIPPED = table_of(HomePickup), table_of(Shipment), table_of(ShipmentKit)
_SUBJECTS, _SITES, _DELIVERIES = table_of(Subject), table_of(Site), table_of(HomeDelivery)
_COUNT = (
    select(func.count())
    .where(_SHIPPED.c.shipment_id == _SHIPMENTS.c.id, func.coalesce(_SHIPPED.c.outcome, "") != "not_collected")
    .scalar_subquery()
)
_LINES = (
    select(
        _PICKUPS,
        _SHIPMENTS.c.number,
        _SHIPMENTS.c.status,
        _SUBJECTS.c.number.label("subject"),
        _SITES.c.zone,
        _COUNT.label("kits"),
    )
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _PICKUPS.c.shipment_id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _PICKUPS.c.subject_id)
    .join(_SITES, _SITES.c.id == _PICKUPS.c.site_id)
    .order_by(_PICKUPS.c.id.desc())
)
_SHOWN = 200
_UNDER_LABEL = _LINES.where(_PICKUPS.c.label_hash == bindparam("label_hash"))
_TO_COLLECT = _LINES.where(
    _PICKUPS.c.study_id.in_(bindparam("studies", expanding=True)),
    _SHIPMENTS.c.status == ShipmentStatus.ACKNOWLEDGED,
)
_TO_BRING = (
    select(
        _SHIPMENTS.c.number,
        _SITES.c.zone,
        _DELIVERIES.c.slot_from,
        _DELIVERIES.c.slot_to,
        _DELIVERIES.c.attempts,
    )
    .join(_DELIVERIES, _DELIVERIES.c.shipment_id == _SHIPMENTS.c.id)
    .join(_SITES, _SITES.c.id == _DELIVERIES.c.site_id)
    .where(
        _DELIVERIES.c.study_id.in_(bindparam("studies", expanding=True)),
        _DELIVERIES.c.status.in_((DeliveryStatus.UNDERWAY, DeliveryStatus.ATTEMPTED)),
    )
    .order_by(_DELIVERIES.c.slot_from, _SHIPMENTS.c.number)
    .limit(_SHOWN)
)


def pickups_at(
    connection: Connection, sites: Sequence[WorkSite], subject_id: int | None = None
) -> tuple[PickupLine, ...]:
    """Pick-ups of these sites, or of one of their subjects, the newest first."""
    statement: Select[Any] = _LINES.where(_PICKUPS.c.site_id.in_([site.site_id for site in sites]))
    if subject_id is not None:
        statement = statement.where(_PICKUPS.c.subject_id == subject_id)
    rows = connection.execute(statement.limit(_SHOWN)).mappings()
    return tuple(
        PickupLine(
            row["study_id"],
            row["number"],
            row["subject"],
            ShipmentStatus(row["status"]),
            row["kits"],
            row["slot_from"],
            row["slot_to"],
            row["attempts"],
            row["shipment_id"],
        )
        for row in rows
    )


def is_pickup(connection: Connection, hashed: str) -> bool:
    """Whether a label, by its hash, is one of a pick-up."""
    return _under(connection, hashed) is not None


def door_pickup(connection: Connection, actor: Actor, label: str, hashed: str) -> DoorPickup:
    """What a label tells a carrier of that study; NotFound for every other label."""
    row = _under(connection, hashed)
    if row is None:
        raise not_found("pick-up")
    if actor.grant_for(Permission.CARRY_HOME, row["study_id"], None) is None:
        raise NotAllowed("Only a carrier opens the label of a pick-up.")
    return DoorPickup(
        label,
        row["number"],
        row["zone"],
        ShipmentStatus(row["status"]),
        row["slot_from"],
        row["slot_to"],
        row["attempts"],
        row["kits"],
    )


def errands_of(connection: Connection, studies: Sequence[int]) -> tuple[Errand, ...]:
    """Parcels on their way to homes and pick-ups to be done in these studies; no address, no subject, no label."""
    asked = {"studies": list(studies)}
    parcels = connection.execute(_TO_BRING, asked).mappings()
    pickups = connection.execute(_TO_COLLECT.limit(_SHOWN), asked).mappings()
    found = [(row, "Bring") for row in parcels] + [(row, "Collect") for row in pickups]
    return tuple(
        Errand(row["number"], what, row["zone"], row["slot_from"], row["slot_to"], row["attempts"])
        for row, what in found
    )


def _under(connection: Connection, hashed: str) -> RowMapping | None:
    return connection.execute(_UNDER_LABEL, {"label_hash": hashed}).mappings().first()
