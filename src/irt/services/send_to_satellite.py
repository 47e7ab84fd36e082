"""A parcel from a main site's own stock to its satellite: every kit scanned, given to the carrier at once."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.supply_rules import ApprovedLots
from irt.services.audit_draft import AuditDraft
from irt.services.check_kit import misread_here
from irt.services.move_kits import lock_kits_by_number, move_kits
from irt.services.shipments import HeldShipment, lock_shipment, step_shipments
from irt.services.supply_study import SupplySite, SupplyStudy, lock_study, site_numbered
from irt.services.work import Work
from irt.states.kit import Assignment, Custody, KitEvent, Quality
from irt.states.records import SiteStatus
from irt.states.shipment import ShipmentEvent, ShipmentStatus
from irt.supply.barcode import kit_number_in
from irt.supply.expiry import outlasts
from irt.supply.kit_selection import label_fits
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit
from irt.tables.shipment import SATELLITE, Shipment, ShipmentKit
from irt.tables.study import Site

KITS_MAX = 500
AWAITED_AFTER_DAYS = 2
"""A parcel to a satellite is awaited so long after it left, where nobody said otherwise."""


class SendToSatellite(SQLModel):
    """The kits of a parcel, each as it was scanned, with its temperature monitor and waybill."""

    study_id: int
    satellite: str
    scanned: list[str] = Field(min_length=1, max_length=KITS_MAX)
    monitor: str | None = Field(default=None, max_length=100)
    waybill: str | None = Field(default=None, max_length=100)
    expected_on: date | None = None


class SentToSatellite(SQLModel):
    """The parcel that is on its way."""

    number: str
    status: ShipmentStatus
    kits: int


class NoSatellite(Refusal):
    """The site gets its kits from a depot, or takes none now."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Site {number} is no active satellite. Nothing was booked. "
            "A site sends kits to its own satellites only."
        )


class NotForSatellite(Refusal):
    """A kit that may not be sent on."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Kit {number} cannot be sent to the satellite. Nothing was booked. Only free, usable kits with a date "
            "that is long enough and a label for that site are sent. Take it out of the box."
        )


_SITES, _KITS, _LOTS, _SHIPMENTS = table_of(Site), table_of(Kit), table_of(BlindedLot), table_of(Shipment)
_MAINS = _SITES.alias("main")
_SATELLITE = (
    select(_SITES.c.status, _SITES.c.label_group, _MAINS.c.number.label("main"))
    .join(_MAINS, _MAINS.c.id == _SITES.c.main_site_id)
    .where(_SITES.c.id == bindparam("site_id"))
)
_HOW_MANY = (
    select(func.count())
    .select_from(_SHIPMENTS)
    .where(_SHIPMENTS.c.study_id == bindparam("study_id"), _SHIPMENTS.c.raised_by == SATELLITE)
)
_LABELLED = (
    select(_KITS.c.number, _KITS.c.blinding_group, _KITS.c.label_group, _KITS.c.expiry, _LOTS.c.number.label("lot"))
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(_KITS.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_KITS.c.id)
)
_STEPS = (
    ShipmentEvent.REQUEST,
    ShipmentEvent.ACKNOWLEDGE,
    ShipmentEvent.PICK,
    ShipmentEvent.PACK,
    ShipmentEvent.DISPATCH,
)


def send_to_satellite(work: Work, ask: SendToSatellite) -> SentToSatellite:
    """Takes scanned kits off the main site's shelf and puts them on their way to its satellite."""
    study = lock_study(work, ask.study_id)
    satellite = site_numbered(work, study.id, ask.satellite)
    facts = work.row(_SATELLITE, site_id=satellite.id)
    if facts is None:
        raise NoSatellite(ask.satellite)
    main = site_numbered(work, study.id, facts["main"])
    work.actor.require(Permission.SEND_TO_SATELLITE, study.id, main.id)
    if facts["status"] != SiteStatus.ACTIVE:
        raise NoSatellite(ask.satellite)
    today = work.at.astimezone(ZoneInfo(main.zone)).date()
    expected_on = ask.expected_on or today + timedelta(days=AWAITED_AFTER_DAYS)
    if expected_on < today:
        raise BadInput("The day it is awaited lies in the past. Nothing was booked. Enter it again.")
    kits = lock_kits_by_number(work, study.id, _numbers(work, study.id, ask.scanned))
    for kit in kits:
        if (kit.state.custody, kit.place_id) != (Custody.SITE, main.id):
            raise NotFound(f"{kit.number} is not a kit at this site. Scan the code on the kit, or type its digits.")
        if (kit.state.quality, kit.state.assignment) != (Quality.RELEASED, Assignment.FREE):
            raise NotForSatellite(kit.number)
    rows = work.rows(_LABELLED, ids=[kit.id for kit in kits])
    storage = _require_fit(work, study, satellite, facts["label_group"], rows, expected_on)
    shipment = _record(work, study, satellite, storage, today)
    work.record_all(ShipmentKit, ({**shipment.owner, "shipment_id": shipment.id, "kit_id": kit.id} for kit in kits))
    monitor, waybill = (ask.monitor or "").strip() or None, (ask.waybill or "").strip() or None
    left = {"dispatched_at": work.at, "expected_on": expected_on, "monitor": monitor, "waybill": waybill}
    (after,) = step_shipments(work, [shipment], _STEPS, facts=left, tell=lambda _: {"kits": len(kits)})
    move_kits(work, kits, KitEvent.SEND_ON, place_id=shipment.id, shipment_id=shipment.id)
    told = {"kits": [kit.number for kit in kits], "monitor": monitor, "waybill": waybill}
    _audit(work, main, satellite, after, study.id, told)
    return SentToSatellite(number=after.number, status=after.status, kits=len(kits))


def _numbers(work: Work, study_id: int, reads: Sequence[str]) -> list[str]:
    """Kit numbers of the scans, each once."""
    numbers = []
    for read in reads:
        if wrong := misread_here(work, study_id, read):
            raise BadInput(f"{wrong.title}. Nothing was booked. {wrong.sentence}")
        numbers.append(kit_number_in(read) or read)
    if len(set(numbers)) != len(numbers):
        raise BadInput("A kit is listed twice. Nothing was booked.")
    return numbers


def _require_fit(
    work: Work,
    study: SupplyStudy,
    satellite: SupplySite,
    label_group: str,
    rows: Sequence[RowMapping],
    expected_on: date,
) -> str:
    """The storage class of the parcel; every kit may still be dispensed in the country when it arrives.

    The days are the longest of the blinding group, so that they are the same for every arm.
    """
    approved = ApprovedLots(work.connection, study.id).of(satellite.country)
    for row in rows:
        days = max(
            kit_type.windows_in(satellite.country).dnd_days
            for kit_type in study.definition.kit_types
            if kit_type.blinding_group == row["blinding_group"]
        )
        fits = row["lot"] in approved and label_fits(row["label_group"], label_group)
        if not fits or not outlasts(row["expiry"], expected_on, days):
            raise NotForSatellite(row["number"])
    groups = {row["blinding_group"] for row in rows}
    if groups & study.definition.controlled_in(satellite.country):
        raise BadInput("Controlled drugs are not sent to satellites. Nothing was booked. Take them out of the box.")
    storage = {study.definition.blinding_group(group).storage for group in groups}
    if len(storage) > 1:
        raise BadInput("These kits need two kinds of parcel. Nothing was booked. Send them in two parcels.")
    return str(storage.pop())


def _record(work: Work, study: SupplyStudy, satellite: SupplySite, storage: str, today: date) -> HeldShipment:
    """The shipment under a number of its own."""
    sent = int(work.connection.execute(_HOW_MANY, {"study_id": study.id}).scalar_one())
    number = f"T-{1001 + sent}"
    work.record(
        Shipment,
        **study.owner,
        number=number,
        status=ShipmentStatus.PROPOSED,
        site_id=satellite.id,
        raised_by=SATELLITE,
        storage=storage,
        raised_at=work.at,
        dispatch_on=today,
    )
    return lock_shipment(work, study.id, number)


def _audit(
    work: Work,
    main: SupplySite,
    satellite: SupplySite,
    parcel: HeldShipment,
    study_id: int,
    told: Mapping[str, Any],
) -> None:
    work.audit(
        AuditDraft(
            act="sent_to_satellite",
            record_kind="shipment",
            record=parcel.number,
            study_id=study_id,
            site_id=main.id,
            zone=main.zone,
            new={"site": main.number, "satellite": satellite.number, **told},
        )
    )
