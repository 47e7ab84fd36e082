"""The inbox of supply: what needs a person, with its deadline and who took it. By blinding group alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, func, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_controlled_troubles import holdings_of, unreported_of
from irt.reads.blinded_differences import left_open
from irt.reads.blinded_interfaces import interfaces_of, troubles_of
from irt.reads.blinded_sites import study_at
from irt.reads.blinded_supply import approved_version
from irt.reads.imports import licences_on
from irt.states.kit import Accountability, Assignment, Custody, Quality
from irt.states.records import KitCheck, SiteStatus
from irt.states.shipment import OPEN, ShipmentStatus
from irt.study.supply_limits import SupplyLimits
from irt.supply.exceptions import (
    CONSUMED_OVER_DAYS,
    ExceptionKind,
    LotFacts,
    ParcelFacts,
    ShelfFacts,
    SupplyException,
    differences_left_open,
    discrepancies_not_reported,
    holdings_to_renew,
    interfaces_in_trouble,
    late_parcels,
    licences_to_renew,
    lots_expiring,
    parcels_in_trouble,
    shelves_running_out,
)
from irt.tables.columns import table_of
from irt.tables.home import HomeDelivery
from irt.tables.kit import BlindedLot, DispensedKit, Dispensing, Kit
from irt.tables.people import Account
from irt.tables.returning import HomePickup, ReturnShipment
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Depot, Site
from irt.tables.supply import ExceptionTaken


@dataclass(frozen=True)
class ExceptionLine(BlindedView):
    """One exception of the inbox; `owner` is empty while nobody took it."""

    kind: ExceptionKind
    record: str
    where: str
    words: str
    deadline: datetime
    overdue: bool
    escalated: bool
    owner: str
    owner_id: int
    note: str


_SHIPMENTS, _SITES, _DEPOTS = table_of(Shipment), table_of(Site), table_of(Depot)
_RETURNS, _PICKUPS, _DELIVERIES = table_of(ReturnShipment), table_of(HomePickup), table_of(HomeDelivery)
_TARGETS, _FROM = _DEPOTS.alias("target"), _SITES.alias("sender")
_KITS, _LOTS, _TAKEN, _ACCOUNTS = table_of(Kit), table_of(BlindedLot), table_of(ExceptionTaken), table_of(Account)
_DISPENSINGS, _GIVEN, _SHIPPED = table_of(Dispensing), table_of(DispensedKit), table_of(ShipmentKit)
_STUDY: BindParameter[int] = bindparam("study_id")
_PARCELS = (
    select(
        _SHIPMENTS,
        _DEPOTS.c.code.label("depot"),
        _SITES.c.number.label("site"),
        _TARGETS.c.code.label("to_depot"),
        _FROM.c.number.label("from_site"),
        _PICKUPS.c.id.label("pickup"),
    )
    .outerjoin(_RETURNS, _RETURNS.c.shipment_id == _SHIPMENTS.c.id)
    .outerjoin(_PICKUPS, _PICKUPS.c.shipment_id == _SHIPMENTS.c.id)
    .outerjoin(_DELIVERIES, _DELIVERIES.c.shipment_id == _SHIPMENTS.c.id)
    .outerjoin(_DEPOTS, _DEPOTS.c.id == _SHIPMENTS.c.origin_depot_id)
    .outerjoin(_TARGETS, _TARGETS.c.id == func.coalesce(_SHIPMENTS.c.target_depot_id, _RETURNS.c.depot_id))
    # What a site sends leaves it; what is collected at a home arrives at it.
    .outerjoin(_FROM, _FROM.c.id == func.coalesce(_RETURNS.c.site_id, _DELIVERIES.c.site_id))
    .outerjoin(_SITES, _SITES.c.id == func.coalesce(_SHIPMENTS.c.site_id, _PICKUPS.c.site_id))
    .where(_SHIPMENTS.c.study_id == _STUDY, _SHIPMENTS.c.status.in_(sorted(OPEN)))
    .order_by(_SHIPMENTS.c.id)
)
_ACTIVE = select(_SITES.c.id, _SITES.c.number).where(
    _SITES.c.study_id == _STUDY, _SITES.c.status == SiteStatus.ACTIVE
)
_USABLE = (
    select(_KITS.c.place_id, _KITS.c.blinding_group, func.count())
    .where(_KITS.c.study_id == _STUDY, _KITS.c.custody == Custody.SITE, _KITS.c.quality == Quality.RELEASED)
    .where(_KITS.c.assignment == Assignment.FREE, _KITS.c.expiry >= bindparam("today"))
    .group_by(_KITS.c.place_id, _KITS.c.blinding_group)
)
_COMING = (
    select(_SHIPMENTS.c.site_id, _KITS.c.blinding_group, func.count())
    .join(_SHIPPED, _SHIPPED.c.shipment_id == _SHIPMENTS.c.id)
    .join(_KITS, _KITS.c.id == _SHIPPED.c.kit_id)
    .where(_SHIPMENTS.c.study_id == _STUDY, _SHIPMENTS.c.status.in_(sorted(OPEN)), _SHIPPED.c.outcome.is_(None))
    .group_by(_SHIPMENTS.c.site_id, _KITS.c.blinding_group)
)
_CONSUMED = (
    select(_DISPENSINGS.c.site_id, _KITS.c.blinding_group, func.count())
    .join(_GIVEN, _GIVEN.c.dispensing_id == _DISPENSINGS.c.id)
    .join(_KITS, _KITS.c.id == _GIVEN.c.kit_id)
    .where(_DISPENSINGS.c.study_id == _STUDY, _DISPENSINGS.c.assigned_at >= bindparam("since"))
    .where(_GIVEN.c.status == KitCheck.HANDED_OVER)
    .group_by(_DISPENSINGS.c.site_id, _KITS.c.blinding_group)
)
_EXPIRIES = (
    select(_LOTS.c.number, _KITS.c.expiry, func.count().label("kits"))
    .join(_KITS, _KITS.c.blinded_lot_id == _LOTS.c.id)
    .where(_KITS.c.study_id == _STUDY, _KITS.c.custody.in_((Custody.SITE, Custody.DEPOT)))
    .where(_KITS.c.assignment == Assignment.FREE, _KITS.c.accountability == Accountability.NONE)
    .group_by(_LOTS.c.number, _KITS.c.expiry)
    .order_by(_KITS.c.expiry, _LOTS.c.number)
)
_OWNERS = (
    select(_TAKEN.c.kind, _TAKEN.c.record, _TAKEN.c.account_id, _TAKEN.c.note, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _TAKEN.c.account_id)
    # What was taken long ago and comes up again is a new matter.
    .where(_TAKEN.c.study_id == _STUDY, _TAKEN.c.at >= bindparam("since"))
    .order_by(_TAKEN.c.id)
)


def open_exceptions(connection: Connection, study_id: int, now: datetime) -> tuple[ExceptionLine, ...]:
    """Everything that needs a person now, the nearest deadline first."""
    facts = {"study_id": study_id, "since": now - timedelta(days=CONSUMED_OVER_DAYS)}
    study = study_at(connection, study_id, approved_version(connection, study_id))
    limits = study.supply_limits
    taken = {(row.kind, row.record): row for row in connection.execute(_OWNERS, facts)}
    found = [
        *late_parcels(_parcels(connection, study_id), now, limits),
        *shelves_running_out(_shelves(connection, study_id, now), now, limits),
        *lots_expiring(_lots(connection, study_id), now, limits),
        *licences_to_renew(licences_on(connection, study_id, now.date()), now, limits),
        *interfaces_in_trouble(interfaces_of(connection, study_id, now), now),
        *parcels_in_trouble(troubles_of(connection, study_id)),
        *discrepancies_not_reported(unreported_of(connection, study_id, study, now), now),
        *holdings_to_renew(holdings_of(connection, study_id, study), now, limits),
        *differences_left_open(left_open(connection, study_id), now, limits),
    ]
    lines = []
    for one in sorted(found, key=lambda each: (each.deadline, each.kind, each.record)):
        owner = taken.get((one.kind, one.record))
        name, account, note = (owner.printed_name, owner.account_id, owner.note) if owner else ("", 0, "")
        lines.append(_line(one, now, limits, name, account, note))
    return tuple(lines)


def _line(
    one: SupplyException, now: datetime, limits: SupplyLimits, owner: str, owner_id: int, note: str
) -> ExceptionLine:
    return ExceptionLine(
        kind=one.kind,
        record=one.record,
        where=one.where,
        words=one.words,
        deadline=one.deadline,
        overdue=one.deadline < now,
        escalated=one.escalates_at(limits) < now,
        owner=owner,
        owner_id=owner_id,
        note=note,
    )


_HOME = "A patient's home"


def _origin(row: RowMapping) -> str:
    """Where a parcel leaves, in words."""
    if row["pickup"] is not None:
        return _HOME
    return f"Depot {row['depot']}" if row["depot"] else f"Site {row['from_site'] or ''}"


def _destination(row: RowMapping) -> str:
    """Where a parcel goes, in words."""
    if row["to_depot"]:
        return f"Depot {row['to_depot']}"
    return f"Site {row['site']}" if row["site"] else _HOME


def _parcels(connection: Connection, study_id: int) -> Iterator[ParcelFacts]:
    for row in connection.execute(_PARCELS, {"study_id": study_id}).mappings():
        yield ParcelFacts(
            number=row["number"],
            status=ShipmentStatus(row["status"]),
            origin=_origin(row),
            destination=_destination(row),
            requested_at=row["raised_at"],
            dispatch_on=row["dispatch_on"],
            expected_on=row["expected_on"],
            delivered_at=row["delivered_at"],
        )


def _shelves(connection: Connection, study_id: int, now: datetime) -> Iterator[ShelfFacts]:
    """Products that active sites used in the last weeks."""
    facts = {"study_id": study_id, "today": now.date(), "since": now - timedelta(days=CONSUMED_OVER_DAYS)}
    study = study_at(connection, study_id, approved_version(connection, study_id))
    names = {group.code: group.name for group in study.blinding_groups}
    sites = {row.id: row.number for row in connection.execute(_ACTIVE, facts)}
    usable = {(row[0], row[1]): row[2] for row in connection.execute(_USABLE, facts)}
    coming = {(row[0], row[1]): row[2] for row in connection.execute(_COMING, facts)}
    for site_id, group, consumed in connection.execute(_CONSUMED, facts):
        if site_id in sites:
            here = usable.get((site_id, group), 0), coming.get((site_id, group), 0)
            yield ShelfFacts(sites[site_id], group, names.get(group, group), *here, consumed)


def _lots(connection: Connection, study_id: int) -> Iterator[LotFacts]:
    for lot, expiry, kits in connection.execute(_EXPIRIES, {"study_id": study_id}):
        yield LotFacts(lot, expiry, kits)
