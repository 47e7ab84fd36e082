"""Stock without numbers put onto shipments: beside the kits of a night's parcels, or in one of its own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import NotFound, Refusal
from irt.reads.asking import Asking
from irt.reads.inventory import network_view
from irt.services.audit_draft import AuditDraft
from irt.services.item_places import lock_item_depot, usable_lots
from irt.services.raise_shipments import next_number
from irt.services.send_kits import SiteNotSupplied
from irt.services.shipments import HeldShipment, lock_shipments, step_shipments
from irt.services.site_kits import need_reason
from irt.services.supply_study import SupplyStudy, depot_ids, lock_study, site_numbered
from irt.services.work import Work
from irt.states.item import ItemPile
from irt.states.kit import Custody
from irt.states.shipment import ShipmentEvent, ShipmentStatus
from irt.study.dispensing import NonSerializedItem
from irt.supply.item_stock import LotOnHand, first_expired, may_ride, wanted_at
from irt.supply.planner import SiteView
from irt.tables.columns import table_of
from irt.tables.kit import ItemMovement
from irt.tables.shipment import Shipment, ShipmentItem
from irt.tables.study import Site

_NOT_LEFT = (
    ShipmentStatus.PROPOSED,
    ShipmentStatus.AWAITING_APPROVAL,
    ShipmentStatus.REQUESTED,
    ShipmentStatus.ACKNOWLEDGED,
    ShipmentStatus.PICKED,
    ShipmentStatus.PACKED,
)
_ON_THE_WAY = (
    *_NOT_LEFT,
    ShipmentStatus.IN_TRANSIT,
    ShipmentStatus.CUSTOMS_HOLD,
    ShipmentStatus.DELIVERED,
    ShipmentStatus.RECEIVED_PARTLY,
    ShipmentStatus.RECEIVED,
    ShipmentStatus.RECEIVED_WITH_DISCREPANCY,
)


class OrderItems(SQLModel):
    """Items for a site by hand: first expired, first out."""

    study_id: int
    site: str
    item: str
    quantity: int = Field(ge=1, le=100_000)
    reason: str


class ItemsOrdered(SQLModel):
    """The shipment; `waits` where the supply manager has to approve it."""

    shipment: str
    item: str
    quantity: int
    waits: bool


class DepotHasNoItems(Refusal):
    """The depot has fewer than were asked for that would arrive in date."""

    def __init__(self, depot: str, item: str, quantity: int) -> None:
        super().__init__(
            f"The depot {depot} can send {quantity} of {item} that arrive in date. Nothing was booked. "
            "Order fewer, or ask the depot."
        )


@dataclass(frozen=True, slots=True)
class _Want:
    site: SiteView
    item: NonSerializedItem
    quantity: int


_ITEMS, _LINES, _SHIPMENTS, _SITES = (
    table_of(ItemMovement),
    table_of(ShipmentItem),
    table_of(Shipment),
    table_of(Site),
)
_STUDY: Any = bindparam("study_id")
_THERE = (
    select(_SITES.c.number, _ITEMS.c.item, func.sum(_ITEMS.c.quantity).label("quantity"))
    .join(_SITES, _SITES.c.id == _ITEMS.c.place_id)
    .where(
        _ITEMS.c.study_id == _STUDY,
        _ITEMS.c.custody == Custody.SITE,
        _ITEMS.c.pile == ItemPile.USABLE,
        _ITEMS.c.expiry >= bindparam("day"),
    )
    .group_by(_SITES.c.number, _ITEMS.c.item)
)
_COMING = (
    select(
        _SITES.c.number,
        _LINES.c.item,
        func.sum(func.coalesce(_LINES.c.sent, _LINES.c.quantity)).label("quantity"),
    )
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _LINES.c.shipment_id)
    .join(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .where(_LINES.c.study_id == _STUDY, _LINES.c.arrived.is_(None), _SHIPMENTS.c.status.in_(_ON_THE_WAY))
    .group_by(_SITES.c.number, _LINES.c.item)
)
_PROMISED = (
    select(_LINES.c.lot, func.sum(_LINES.c.quantity).label("quantity"))
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _LINES.c.shipment_id)
    .where(
        _LINES.c.study_id == _STUDY,
        _LINES.c.item == bindparam("item"),
        _LINES.c.sent.is_(None),
        _SHIPMENTS.c.origin_depot_id == bindparam("depot_id"),
        _SHIPMENTS.c.status.in_(_NOT_LEFT),
    )
    .group_by(_LINES.c.lot)
)
_PARCELS = (
    select(_SITES.c.number.label("site"), _SHIPMENTS.c.number, _SHIPMENTS.c.storage, _SHIPMENTS.c.expected_on)
    .join(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .where(_SHIPMENTS.c.study_id == _STUDY, _SHIPMENTS.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(_SHIPMENTS.c.id)
)
_COUNT = (
    update(_SHIPMENTS)
    .where(_SHIPMENTS.c.id == bindparam("of_id"))
    .values(item_lines=_SHIPMENTS.c.item_lines + bindparam("more"))
)


def order_items(work: Work, ask: OrderItems) -> ItemsOrdered:
    """Raises one shipment of one item; a site's own order waits for the supply manager."""
    study = lock_study(work, ask.study_id)
    site = site_numbered(work, study.id, ask.site)
    work.actor.require(Permission.ORDER_SETS, study.id, site.id)
    waits = work.actor.grant_for(Permission.APPROVE_SHIPMENT, study.id, None) is None
    item = next((each for each in study.definition.items if each.code == ask.item), None)
    if item is None:
        raise NotFound(f"{ask.item} is not an item that this study keeps without numbers. Nothing was booked.")
    why, day = need_reason(ask.reason), work.at.date()
    views = network_view(work.connection, Asking(study.id, study.definition, day, work.at, ask.site)).sites
    if not views or views[0].stopped(day):
        raise SiteNotSupplied(ask.site, bool(views))
    arrives = _arrival(views[0], day)
    lots = _lots(work, study, views[0].depot, item, arrives, ask.quantity, {})
    if sum(lot.quantity for lot in lots) < ask.quantity:
        raise DepotHasNoItems(views[0].depot, item.name, sum(lot.quantity for lot in lots))
    shipment = _raise(work, study, views[0], item.storage, day, "manual")
    _put(work, study, shipment, {item.code: lots})
    event = ShipmentEvent.SEND_FOR_APPROVAL if waits else ShipmentEvent.REQUEST
    step_shipments(work, [shipment], [event], reason=why, tell=lambda _: {"items": _told({item.code: lots})})
    return ItemsOrdered(shipment=shipment.number, item=ask.item, quantity=ask.quantity, waits=waits)


def ride_along(
    work: Work,
    study: SupplyStudy,
    day: date,
    sites: Sequence[SiteView],
    raised: Iterable[str],
    needs_approval: bool = False,
) -> list[str]:
    """Fills sites up with items that ran low: in the parcels just raised, or in parcels of their own, whose numbers
    it gives. Studies without levels for items ask nothing.
    """
    wants = _wants(work, study, day, sites)
    if not wants:
        return []
    parcels = _parcels(work, study, list(raised))
    taken: dict[tuple[str, str], int] = {}
    alone: list[str] = []
    loads: dict[str, dict[str, list[LotOnHand]]] = defaultdict(dict)
    for want in wants:
        lots = _lots(work, study, want.site.depot, want.item, _arrival(want.site, day), want.quantity, taken)
        if not lots:
            continue
        open_to = parcels.setdefault(want.site.number, [])
        number = next((number for number, storage in open_to if may_ride(want.item.storage, storage)), None)
        if number is None:
            shipment = _raise(work, study, want.site, want.item.storage, day, "resupply")
            number = shipment.number
            alone.append(number)
            open_to.append((number, want.item.storage))
        loads[number][want.item.code] = lots
    shipments = {one.number: one for one in lock_shipments(work, study.id, loads)}
    for number, lots_of in loads.items():
        _put(work, study, shipments[number], lots_of)
        _audit(work, study, shipments[number], lots_of)
    if alone:
        event = ShipmentEvent.SEND_FOR_APPROVAL if needs_approval else ShipmentEvent.REQUEST
        step_shipments(work, [shipments[number] for number in alone], [event])
    return alone


def _wants(work: Work, study: SupplyStudy, day: date, sites: Sequence[SiteView]) -> list[_Want]:
    kept = [item for item in study.definition.items if item.maximum]
    if not kept:
        return []
    there: dict[tuple[str, str], int] = defaultdict(int)
    for row in (
        *work.rows(_THERE, study_id=study.id, day=day),
        *work.rows(_COMING, study_id=study.id),
    ):
        there[row["number"], row["item"]] += int(row["quantity"])
    return [
        _Want(site, item, quantity)
        for site in sites
        if not site.stopped(day) and site.has_lane
        for item in kept
        if (quantity := wanted_at(item, there[site.number, item.code]))
    ]


def _parcels(work: Work, study: SupplyStudy, raised: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Site -> the parcels raised for it, with their storage."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in work.rows(_PARCELS, study_id=study.id, numbers=raised) if raised else ():
        found[row["site"]].append((row["number"], row["storage"]))
    return found


def _lots(
    work: Work,
    study: SupplyStudy,
    depot: str,
    item: NonSerializedItem,
    usable_on: date,
    wanted: int,
    taken: dict[tuple[str, str], int],
) -> list[LotOnHand]:
    """What the depot takes: first expired first, nothing that is promised already; noted in `taken`."""
    shelf = lock_item_depot(work, study.id, depot)
    promised = {
        row["lot"]: int(row["quantity"])
        for row in work.rows(_PROMISED, study_id=study.id, item=item.code, depot_id=shelf.id)
    }
    free = [
        lot._replace(
            quantity=lot.quantity - promised.get(lot.lot, 0) - taken.get((f"{depot} {item.code}", lot.lot), 0)
        )
        for lot in usable_lots(work, shelf, item.code)
    ]
    lots = first_expired(free, wanted, usable_on)
    for lot in lots:
        key = (f"{depot} {item.code}", lot.lot)
        taken[key] = taken.get(key, 0) + lot.quantity
    return lots


def _arrival(site: SiteView, day: date) -> date:
    return site.calendar.dispatch_on(day, site.past_cut_off) + timedelta(days=site.lead_time_days)


def _raise(work: Work, study: SupplyStudy, site: SiteView, storage: str, day: date, raised_by: str) -> HeldShipment:
    """An empty shipment from the site's depot, proposed."""
    number = f"S-{next_number(work, study.id)}"
    work.append(
        Shipment,
        **study.owner,
        number=number,
        status=ShipmentStatus.PROPOSED,
        origin_depot_id=depot_ids(work, study.id)[site.depot],
        site_id=site_numbered(work, study.id, site.number).id,
        raised_by=raised_by,
        raised_at=work.at,
        dispatch_on=site.calendar.dispatch_on(day, site.past_cut_off),
        expected_on=_arrival(site, day),
        storage=storage,
    )
    return lock_shipments(work, study.id, [number])[0]


def _put(
    work: Work, study: SupplyStudy, shipment: HeldShipment, lots_of: Mapping[str, Sequence[LotOnHand]]
) -> None:
    rows = [
        {
            **study.owner,
            "shipment_id": shipment.id,
            "item": item,
            "lot": lot.lot,
            "expiry": lot.expiry,
            "quantity": lot.quantity,
        }
        for item, lots in lots_of.items()
        for lot in lots
    ]
    work.record_all(ShipmentItem, rows)
    work.run(_COUNT, {"of_id": shipment.id, "more": len(rows)})


def _told(lots_of: Mapping[str, Sequence[LotOnHand]]) -> list[str]:
    return [f"{lot.quantity} {item}, lot {lot.lot}" for item, lots in lots_of.items() for lot in lots]


def _audit(
    work: Work, study: SupplyStudy, shipment: HeldShipment, lots_of: Mapping[str, Sequence[LotOnHand]]
) -> None:
    work.audit(
        AuditDraft(
            act="items_added",
            record_kind="shipment",
            record=shipment.number,
            study_id=study.id,
            site_id=shipment.site_id,
            zone=shipment.zone,
            new={"items": _told(lots_of), "site": shipment.site_number},
        )
    )
