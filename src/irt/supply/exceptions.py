"""What goes wrong in supply and needs a person: rules over facts that blinded people may know."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import floor

from irt.states.shipment import ShipmentStatus
from irt.study.supply_limits import SupplyLimits
from irt.supply.imports import LicenceFacts

USUAL = SupplyLimits()
CONSUMED_OVER_DAYS = 28
"""The days back from today over which a site's use of a product is averaged."""
EXPIRY_NOTICE_DAYS = 30
STOCK_OUT_NOTICE_DAYS = 7
LICENCE_NOTICE_DAYS = 30
"""So long before stock runs out or expires somebody must have acted."""
ACT_HOURS = 24
"""So long after a parcel is late somebody must have acted."""


class ExceptionKind(StrEnum):
    """What went wrong, or is about to."""

    NOT_ACKNOWLEDGED = "not_acknowledged"
    NOT_DISPATCHED = "not_dispatched"
    NOT_DELIVERED = "not_delivered"
    NOT_RECEIVED = "not_received"
    STOCK_OUT = "stock_out"
    EXPIRING = "expiring"
    LICENCE_ENDING = "licence_ending"
    LICENCE_NEARLY_USED = "licence_nearly_used"
    VENDOR_SILENT = "vendor_silent"
    MESSAGES_MISSING = "messages_missing"
    MESSAGE_NOT_TAKEN = "message_not_taken"
    CARRIER_TROUBLE = "carrier_trouble"
    DISCREPANCY_NOT_REPORTED = "discrepancy_not_reported"
    CONTROLLED_LICENCE_ENDING = "controlled_licence_ending"
    STOCK_DIFFERS = "stock_differs"


@dataclass(frozen=True, slots=True)
class SupplyException:
    """One exception: what it is about, where, in words, and until when somebody must have acted."""

    kind: ExceptionKind
    record: str
    where: str
    words: str
    deadline: datetime

    def escalates_at(self, limits: SupplyLimits) -> datetime:
        """From then on it is escalated."""
        return self.deadline + timedelta(hours=limits.escalation_hours)


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """A shipment under way; `origin` and `destination` as people call them, as Depot NLD or A patient's home."""

    number: str
    status: ShipmentStatus
    origin: str
    destination: str
    requested_at: datetime
    dispatch_on: date | None
    expected_on: date | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShelfFacts:
    """Usable kits of one product at one site, those coming, and those used up in the days before."""

    site: str
    blinding_group: str
    product: str
    usable: int
    coming: int
    consumed: int


@dataclass(frozen=True, slots=True)
class LotFacts:
    """Unused kits of a blinded lot that expire on one day, at sites and depots."""

    lot: str
    expiry: date
    kits: int


@dataclass(frozen=True, slots=True)
class InterfaceFacts:
    """A depot's system: since when it is expected, when it was last heard of, what lacks and what it has not taken.

    `gaps`: name of a message, how many before it never came, when it was taken. `waiting`: the oldest message that
    the depot has not taken, since when, and whether it was given up.
    """

    depot: str
    silence_hours: int
    gap_minutes: int
    heard_at: datetime
    gaps: tuple[tuple[str, int, datetime], ...] = ()
    waiting: tuple[str, datetime, bool] | None = None


@dataclass(frozen=True, slots=True)
class TroubleFacts:
    """The last word of a carrier about a parcel that is still under way: that something went wrong."""

    number: str
    carrier: str
    detail: str
    told_at: datetime


@dataclass(frozen=True, slots=True)
class UnreportedFacts:
    """A kit of a controlled drug that was not where the record had it; `due_at`: until when that is reported."""

    kit: str
    place: str
    event: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class HoldingFacts:
    """A place's licence to hold controlled drugs, and the last day of the latest that is approved for it."""

    place: str
    number: str
    valid_until: date


@dataclass(frozen=True, slots=True)
class DifferenceFacts:
    """Differences of one depot's own stock that nobody has ended, and since when the oldest stands."""

    depot: str
    count: int
    oldest_at: datetime


_AWAITS_DISPATCH = (ShipmentStatus.ACKNOWLEDGED, ShipmentStatus.PICKED, ShipmentStatus.PACKED)
_ON_THE_ROAD = (ShipmentStatus.IN_TRANSIT, ShipmentStatus.CUSTOMS_HOLD)


def late_parcels(
    parcels: Iterable[ParcelFacts], now: datetime, limits: SupplyLimits = USUAL
) -> Iterator[SupplyException]:
    """Shipments that nobody acknowledged, sent, brought or booked in time; each in its latest state alone."""
    for parcel in parcels:
        found = _late(parcel, now, limits)
        if found is not None and found[0] <= now:
            since, kind, where, words = found
            yield SupplyException(kind, parcel.number, where, words, since + timedelta(hours=limits.act_hours))


def _late(
    parcel: ParcelFacts, now: datetime, limits: SupplyLimits
) -> tuple[datetime, ExceptionKind, str, str] | None:
    """Since when a parcel is late, or will be; how, where, and in words."""
    kinds = ExceptionKind
    if parcel.status == ShipmentStatus.REQUESTED:
        since = parcel.requested_at + timedelta(hours=limits.acknowledge_hours)
        hours = floor((now - parcel.requested_at) / timedelta(hours=1))
        return since, kinds.NOT_ACKNOWLEDGED, parcel.origin, f"requested {hours} hours ago"
    if parcel.status in _AWAITS_DISPATCH and parcel.dispatch_on is not None:
        since = _end_of(parcel.dispatch_on + timedelta(days=limits.dispatch_days), now)
        return since, kinds.NOT_DISPATCHED, parcel.origin, f"was to leave on {parcel.dispatch_on}"
    if parcel.status in _ON_THE_ROAD and parcel.expected_on is not None:
        since = _end_of(parcel.expected_on + timedelta(days=limits.delivery_days), now)
        held = ", held at customs" if parcel.status == ShipmentStatus.CUSTOMS_HOLD else ""
        words = f"was expected on {parcel.expected_on}{held}"
        return since, kinds.NOT_DELIVERED, parcel.destination, words
    if parcel.status == ShipmentStatus.DELIVERED and parcel.delivered_at is not None:
        since = parcel.delivered_at + timedelta(hours=limits.receipt_hours)
        words = f"delivered on {parcel.delivered_at.date()}"
        return since, kinds.NOT_RECEIVED, parcel.destination, words
    return None


def shelves_running_out(
    shelves: Iterable[ShelfFacts], now: datetime, limits: SupplyLimits = USUAL
) -> Iterator[SupplyException]:
    """Products that a site will have used up within so many days, were it to go on as in the last four weeks."""
    for shelf in shelves:
        if not shelf.consumed:
            continue
        days = (shelf.usable + shelf.coming) * CONSUMED_OVER_DAYS // shelf.consumed
        if days < limits.stock_out_days:
            coming = f", {shelf.coming} coming" if shelf.coming else ""
            words = f"{shelf.product}: {shelf.usable} left{coming}, used up in {days} days"
            deadline = _end_of(now.date() + timedelta(days=days - STOCK_OUT_NOTICE_DAYS), now)
            record = f"{shelf.site} {shelf.blinding_group}"
            yield SupplyException(ExceptionKind.STOCK_OUT, record, f"Site {shelf.site}", words, deadline)


def lots_expiring(
    lots: Iterable[LotFacts], now: datetime, limits: SupplyLimits = USUAL
) -> Iterator[SupplyException]:
    """Lots with unused kits whose last day is near."""
    for lot in lots:
        days = (lot.expiry - now.date()).days
        if 0 <= days <= limits.expiry_days:
            record, words = f"{lot.lot} {lot.expiry}", f"{lot.kits} unused kits, last day {lot.expiry}"
            deadline = _end_of(lot.expiry - timedelta(days=EXPIRY_NOTICE_DAYS), now)
            yield SupplyException(ExceptionKind.EXPIRING, record, f"Lot {lot.lot}", words, deadline)


def licences_to_renew(
    licences: Iterable[LicenceFacts], now: datetime, limits: SupplyLimits = USUAL
) -> Iterator[SupplyException]:
    """Import licences that end soon without a later one for their country, and those that cover few more kits."""
    known, today = list(licences), now.date()
    last = {one.country: max(each.valid_until for each in known if each.country == one.country) for one in known}
    for one in known:
        record, where = f"{one.country} {one.number}", f"Country {one.country}"
        days = (one.valid_until - today).days
        if one.valid_until == last[one.country] and days <= limits.licence_days:
            ended = f"ended on {one.valid_until}" if days < 0 else f"ends on {one.valid_until}"
            deadline = _end_of(one.valid_until - timedelta(days=LICENCE_NOTICE_DAYS), now)
            yield SupplyException(ExceptionKind.LICENCE_ENDING, record, where, ended, deadline)
        for group, covered in sorted(one.kits.items()):
            left = max(covered - one.used.get(group, 0), 0)
            if one.covers(today) and left * 100 <= covered * limits.licence_left_percent:
                words = f"{left} of {covered} kits of {group} are left"
                record = f"{one.country} {one.number} {group}"
                deadline = _end_of(today, now)
                yield SupplyException(ExceptionKind.LICENCE_NEARLY_USED, record, where, words, deadline)


def interfaces_in_trouble(interfaces: Iterable[InterfaceFacts], now: datetime) -> Iterator[SupplyException]:
    """Systems that fell silent, numbers that never came, messages that nobody took."""
    for one in interfaces:
        where = f"Depot {one.depot}"
        silent_from = one.heard_at + timedelta(hours=one.silence_hours)
        if silent_from <= now:
            words = f"nothing heard since {one.heard_at:%d %b %Y, %H:%M} UTC"
            yield SupplyException(ExceptionKind.VENDOR_SILENT, one.depot, where, words, _act_by(silent_from))
        for name, missing, at in one.gaps:
            told_from = at + timedelta(minutes=one.gap_minutes)
            if told_from <= now:
                words = f"{missing} numbers before it never came"
                record = f"{one.depot} {name}"
                yield SupplyException(ExceptionKind.MESSAGES_MISSING, record, where, words, _act_by(told_from))
        if one.waiting is not None:
            name, since, given_up = one.waiting
            told_from = since if given_up else since + timedelta(hours=one.silence_hours)
            if told_from <= now:
                words = "given up after many tries" if given_up else "not fetched"
                words = f"{words}, written {since:%d %b %Y, %H:%M} UTC"
                yield SupplyException(ExceptionKind.MESSAGE_NOT_TAKEN, name, where, words, _act_by(told_from))


def parcels_in_trouble(parcels: Iterable[TroubleFacts]) -> Iterator[SupplyException]:
    """Parcels of which the carrier said last that something went wrong."""
    for one in parcels:
        words = one.detail or "something went wrong"
        deadline = _act_by(one.told_at)
        yield SupplyException(ExceptionKind.CARRIER_TROUBLE, one.number, f"Carrier {one.carrier}", words, deadline)


def discrepancies_not_reported(found: Iterable[UnreportedFacts], now: datetime) -> Iterator[SupplyException]:
    """Discrepancies of controlled drugs whose report is overdue: the law's deadline is the deadline here."""
    for one in found:
        if one.due_at < now:
            words = f"{one.event}, to be reported by {one.due_at:%d %b %Y, %H:%M} UTC"
            kind = ExceptionKind.DISCREPANCY_NOT_REPORTED
            yield SupplyException(kind, f"{one.kit} {one.due_at:%Y-%m-%d}", one.place, words, one.due_at)


def holdings_to_renew(
    licences: Iterable[HoldingFacts], now: datetime, limits: SupplyLimits = USUAL
) -> Iterator[SupplyException]:
    """Licences to hold controlled drugs that end soon, or have ended, and are not followed by a later one."""
    for one in licences:
        days = (one.valid_until - now.date()).days
        if days <= limits.licence_days:
            words = f"ended on {one.valid_until}" if days < 0 else f"ends on {one.valid_until}"
            deadline = _end_of(one.valid_until - timedelta(days=LICENCE_NOTICE_DAYS), now)
            kind = ExceptionKind.CONTROLLED_LICENCE_ENDING
            yield SupplyException(kind, f"{one.place} {one.number}", one.place, words, deadline)


def differences_left_open(
    found: Iterable[DifferenceFacts], now: datetime, limits: SupplyLimits = USUAL
) -> Iterator[SupplyException]:
    """Depots whose own stock differs from the ledger for longer than the study lets a difference stand."""
    for one in found:
        told_from = one.oldest_at + timedelta(days=limits.difference_days)
        if told_from <= now:
            differences = "1 difference" if one.count == 1 else f"{one.count} differences"
            words = f"{differences} of stock, the oldest since {one.oldest_at:%d %b %Y}"
            deadline = told_from + timedelta(hours=limits.act_hours)
            yield SupplyException(ExceptionKind.STOCK_DIFFERS, one.depot, f"Depot {one.depot}", words, deadline)


def _act_by(since: datetime) -> datetime:
    return since + timedelta(hours=ACT_HOURS)


def _end_of(day: date, now: datetime) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), now.tzinfo)
