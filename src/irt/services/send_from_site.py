"""A parcel to a home that the site packs itself: every kit scanned, the label on it, then given to the carrier."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission, Role
from irt.errors import BadInput, NotAllowed, NotFound, Refusal
from irt.services.check_kit import misread_here
from irt.services.dispensings import LockedDispensing, lock_dispensing
from irt.services.holds import under_hold_among
from irt.services.home_deliveries import (
    KitsNotFit,
    LockedDelivery,
    audit_delivery,
    follow_shipment,
    lock_delivery,
)
from irt.services.move_kits import lock_kits, move_kits
from irt.services.shipments import HeldShipment, kits_underway, lock_shipment, step_shipments
from irt.services.subjects import refusals_concern
from irt.services.work import Work
from irt.states.kit import Assignment, KitEvent, Quality
from irt.states.shipment import ShipmentEvent, ShipmentStatus
from irt.supply.barcode import kit_number_in
from irt.tables.columns import table_of
from irt.tables.home import HomeDelivery
from irt.tables.shipment import Shipment


class PackParcel(SQLModel):
    """The kits of a released delivery, as the site scanned them into the parcel."""

    study_id: int
    dispensing_id: int
    scanned: list[str] = Field(min_length=1)


class GiveToCarrier(SQLModel):
    """The parcel, closed and labelled, leaves the site."""

    study_id: int
    dispensing_id: int
    waybill: str | None = Field(default=None, max_length=100)


class SiteParcel(SQLModel):
    """How the site's own parcel stands."""

    shipment: str
    status: ShipmentStatus
    kits: int


class ExpiredAtTheDoor(Refusal):
    """A kit was good when it was assigned, and is not when the subject gets it."""

    def __init__(self, numbers: Sequence[str], on_day: date) -> None:
        super().__init__(
            f"{', '.join(numbers)}: past the expiry date on {on_day:%d %b %Y}, when the parcel arrives. "
            "Nothing was booked. Keep the parcel and cancel its delivery; then new kits can be assigned."
        )


_DELIVERIES, _SHIPMENTS = table_of(HomeDelivery), table_of(Shipment)
_OWN = (
    select(_SHIPMENTS.c.number)
    .join(_DELIVERIES, _DELIVERIES.c.shipment_id == _SHIPMENTS.c.id)
    .where(
        _DELIVERIES.c.study_id == bindparam("study_id"),
        _DELIVERIES.c.dispensing_id == bindparam("dispensing_id"),
        _DELIVERIES.c.depot_id.is_(None),
    )
)
_PHARMACISTS = frozenset({Role.PHARMACIST, Role.UNBLINDED_PHARMACIST})
_AT_THE_SITE = (ShipmentEvent.ACKNOWLEDGE, ShipmentEvent.PICK, ShipmentEvent.PACK)


def pack_parcel(work: Work, ask: PackParcel) -> SiteParcel:
    """Books the parcel as packed once every kit of it was scanned, and no other."""
    shipment, dispensing, delivery = _locked(work, ask.study_id, ask.dispensing_id)
    with refusals_concern(dispensing.subject.about("packing")):
        _require_packer(work, dispensing)
        kits = _require_scans(work, dispensing, ask.scanned)
    (after,) = step_shipments(work, [shipment], _AT_THE_SITE, tell=lambda _: {"kits": len(kits)})
    audit_delivery(work, delivery, "parcel_packed", shipment=shipment.number, kits=list(kits))
    return SiteParcel(shipment=shipment.number, status=after.status, kits=len(kits))


def give_to_carrier(work: Work, ask: GiveToCarrier) -> SiteParcel:
    """The kits are in the parcel's custody from now on; it leaves whole or not at all."""
    shipment, dispensing, _ = _locked(work, ask.study_id, ask.dispensing_id)
    with refusals_concern(dispensing.subject.about("dispatch")):
        _require_packer(work, dispensing)
        expected_on = _require_good_at_the_door(work, dispensing, shipment)
    underway = kits_underway(work, [shipment])
    locked = lock_kits(work, underway)
    held = under_hold_among(work, locked)
    for kit in locked:
        as_packed = (kit.state.quality, kit.state.assignment) == (Quality.RELEASED, Assignment.ASSIGNED)
        if not as_packed or kit.id in held:
            raise KitsNotFit
    facts = {"dispatched_at": work.at, "waybill": ask.waybill, "expected_on": expected_on}
    (after,) = step_shipments(
        work, [shipment], [ShipmentEvent.DISPATCH], facts=facts, tell=lambda _: {"kits": len(locked)}
    )
    subject_id = dispensing.subject.id
    move_kits(
        work,
        locked,
        KitEvent.PACK,
        place_id=shipment.id,
        subject_id=subject_id,
        shipment_id=shipment.id,
    )
    follow_shipment(work, shipment, ShipmentEvent.DISPATCH, None, None)
    return SiteParcel(shipment=shipment.number, status=after.status, kits=len(locked))


def _require_good_at_the_door(work: Work, dispensing: LockedDispensing, shipment: HeldShipment) -> date | None:
    """The day on which the parcel is now expected, if any; no kit of it is past its expiry date then, or today."""
    today = dispensing.subject.site.today(work.at)
    late = max((today - shipment.dispatch_on).days, 0) if shipment.dispatch_on else 0
    expected_on = shipment.expected_on + timedelta(days=late) if shipment.expected_on else None
    needed_on = max(today, expected_on or today)
    packed = dispensing.open_kits()
    if past := [kit.number for kit in dispensing.kits if kit.number in packed and kit.expiry < needed_on]:
        raise ExpiredAtTheDoor(past, needed_on)
    return expected_on


def own_parcel(work: Work, study_id: int, dispensing_id: int) -> HeldShipment | None:
    """The locked parcel that a site packs for a dispensing; None where there is none, or a depot sends it."""
    row = work.row(_OWN, study_id=study_id, dispensing_id=dispensing_id)
    return None if row is None else lock_shipment(work, study_id, row["number"])


def _locked(work: Work, study_id: int, dispensing_id: int) -> tuple[HeldShipment, LockedDispensing, LockedDelivery]:
    """The parcel, then its dispensing and subject, in the order everybody locks them."""
    shipment = own_parcel(work, study_id, dispensing_id)
    dispensing = lock_dispensing(work, study_id, dispensing_id, Permission.DISPENSE, home=True)
    if shipment is None:
        raise NotFound("There is no parcel of this visit to pack here. See its delivery.")
    return shipment, dispensing, lock_delivery(work, dispensing_id)


def _require_packer(work: Work, dispensing: LockedDispensing) -> None:
    """At a pharmacy, its pharmacists."""
    rules, subject = dispensing.subject.definition.delivery, dispensing.subject
    if rules is None or rules.sent_from != "pharmacy":
        return
    if not any(
        grant.role in _PHARMACISTS and grant.covers(Permission.DISPENSE, subject.study_id, subject.site.id)
        for grant in work.actor.grants
    ):
        raise NotAllowed("In this study the site's pharmacist packs parcels to homes. Nothing was booked.")


def _require_scans(work: Work, dispensing: LockedDispensing, reads: Sequence[str]) -> tuple[str, ...]:
    """Every kit of the parcel, each by its code."""
    expected = dispensing.open_kits()
    found = set()
    for read in reads:
        if wrong := misread_here(work, dispensing.subject.study_id, read):
            raise BadInput(f"{wrong.title}. Nothing was booked. {wrong.sentence}")
        number = kit_number_in(read)
        if number is None or number not in expected:
            raise BadInput(f"{number or read} is not for this parcel. Nothing was booked. Put it back.")
        found.add(number)
    if missing := [number for number in expected if number not in found]:
        raise BadInput(f"Still to scan: {', '.join(missing)}. Nothing was booked.")
    return expected
