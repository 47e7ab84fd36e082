"""Stock without numbers at a site or depot: what lies there by item and lot, what comes, what moved last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.reads.blinded_sites import WorkSite, not_found, study_at
from irt.reads.blinded_stock import STORAGE_WORDS
from irt.reads.blinded_supply import approved_version
from irt.states.item import ItemAct, ItemPile
from irt.states.kit import Custody
from irt.states.shipment import ShipmentStatus
from irt.study.dispensing import NonSerializedItem
from irt.tables.columns import table_of
from irt.tables.kit import ItemMovement
from irt.tables.people import Account
from irt.tables.shipment import Shipment, ShipmentItem
from irt.tables.study import Depot, Study
from irt.tables.subject import Subject

SHOWN_MAX = 20


@dataclass(frozen=True)
class ItemLot(BlindedView):
    """One lot of one item; `first`: what is used before the others, first expired, first out."""

    item: str
    name: str
    unit: str
    storage: str
    lot: str
    expiry: date
    in_stock: int
    set_aside: int
    expired: bool
    first: bool


@dataclass(frozen=True)
class ItemStep(BlindedView):
    """One booking, newest first."""

    at: datetime
    act: ItemAct
    name: str
    lot: str
    quantity: int
    subject: str
    person: str
    reason: str


@dataclass(frozen=True)
class ItemComing(BlindedView):
    """A line of a parcel to the site; `sent` is nothing before it leaves, and may then be counted in."""

    shipment: str
    status: ShipmentStatus
    item: str
    name: str
    unit: str
    lot: str
    expiry: date
    quantity: int
    sent: int | None
    expected_on: date | None

    @property
    def receivable(self) -> bool:
        """Whether the line has left its depot."""
        return self.sent is not None


@dataclass(frozen=True)
class ItemStock(BlindedView):
    """Everything a place keeps without numbers."""

    items: tuple[tuple[str, str], ...]
    lots: tuple[ItemLot, ...]
    steps: tuple[ItemStep, ...]
    coming: tuple[ItemComing, ...] = ()


@dataclass(frozen=True)
class ItemDepot(BlindedView):
    """A depot where the person works."""

    depot_id: int
    depot: str
    name: str
    study_id: int
    study: str
    version: int


_ITEMS, _ACCOUNTS, _SUBJECTS = table_of(ItemMovement), table_of(Account), table_of(Subject)
_LINES, _SHIPMENTS = table_of(ShipmentItem), table_of(Shipment)
_DEPOTS, _STUDIES = table_of(Depot), table_of(Study)
_HERE = (
    _ITEMS.c.study_id == bindparam("study_id"),
    _ITEMS.c.custody == bindparam("custody"),
    _ITEMS.c.place_id == bindparam("place_id"),
)


def _sum(pile: ItemPile) -> Any:
    return func.sum(case((_ITEMS.c.pile == pile, _ITEMS.c.quantity), else_=0))


_LOTS = (
    select(
        _ITEMS.c.item,
        _ITEMS.c.lot,
        _ITEMS.c.expiry,
        _sum(ItemPile.USABLE).label("in_stock"),
        _sum(ItemPile.SET_ASIDE).label("set_aside"),
    )
    .where(*_HERE)
    .group_by(_ITEMS.c.item, _ITEMS.c.lot, _ITEMS.c.expiry)
    .order_by(_ITEMS.c.expiry, _ITEMS.c.lot)
)
_STEPS = (
    select(_ITEMS, _ACCOUNTS.c.printed_name, _SUBJECTS.c.number.label("subject"))
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _ITEMS.c.account_id)
    .outerjoin(_SUBJECTS, _SUBJECTS.c.id == _ITEMS.c.subject_id)
    .where(*_HERE)
    .order_by(_ITEMS.c.id.desc())
    .limit(SHOWN_MAX)
)
_ENDED = (ShipmentStatus.CANCELLED, ShipmentStatus.REJECTED, ShipmentStatus.LOST, ShipmentStatus.RETURNED)
_NOT_YET = (ShipmentStatus.PROPOSED, ShipmentStatus.AWAITING_APPROVAL)
_COMING = (
    select(_LINES, _SHIPMENTS.c.number, _SHIPMENTS.c.status, _SHIPMENTS.c.expected_on)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _LINES.c.shipment_id)
    .where(
        _LINES.c.study_id == bindparam("study_id"),
        _SHIPMENTS.c.site_id == bindparam("place_id"),
        _SHIPMENTS.c.status.not_in((*_ENDED, *_NOT_YET)),
        _LINES.c.arrived.is_(None),
    )
    .order_by(_LINES.c.shipment_id, _LINES.c.id)
)
_IN_SHIPMENT = (
    select(_LINES)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _LINES.c.shipment_id)
    .where(_LINES.c.study_id == bindparam("study_id"), _SHIPMENTS.c.number == bindparam("number"))
    .order_by(_LINES.c.item, _LINES.c.expiry, _LINES.c.lot)
)
_AT_DEPOTS = (
    select(_DEPOTS.c.id, _DEPOTS.c.code, _DEPOTS.c.name, _DEPOTS.c.study_id, _STUDIES.c.name.label("study"))
    .join(_STUDIES, _STUDIES.c.id == _DEPOTS.c.study_id)
    .order_by(_STUDIES.c.name, _DEPOTS.c.study_id, _DEPOTS.c.code)
)


def keep_items(connection: Connection, sites: Iterable[WorkSite]) -> bool:
    """Whether a study at any of the sites keeps stock without numbers."""
    versions = {(site.study_id, site.version) for site in sites}
    return any(study_at(connection, study_id, version).items for study_id, version in sorted(versions))


def items_at(connection: Connection, site: WorkSite, today: date) -> ItemStock:
    """Every item of the study with its lots at the site, in the order of the study file."""
    known = study_at(connection, site.study_id, site.version).items
    place = {"study_id": site.study_id, "place_id": site.site_id}
    names = {item.code: item for item in known}
    coming = tuple(
        ItemComing(
            row.number,
            ShipmentStatus(row.status),
            row.item,
            names[row.item].name,
            names[row.item].unit,
            row.lot,
            row.expiry,
            row.quantity,
            row.sent,
            row.expected_on,
        )
        for row in connection.execute(_COMING, place)
        if row.item in names
    )
    return _stock(connection, known, {**place, "custody": Custody.SITE}, today, coming)


def items_at_depot(connection: Connection, depot: ItemDepot, today: date) -> ItemStock:
    """Every item of the study with its lots at the depot."""
    known = study_at(connection, depot.study_id, depot.version).items
    asked = {"study_id": depot.study_id, "place_id": depot.depot_id, "custody": Custody.DEPOT}
    return _stock(connection, known, asked, today, ())


def item_depots(connection: Connection, actor: Actor) -> tuple[ItemDepot, ...]:
    """Depots where the person works, of studies that keep stock without numbers."""
    grants = [g for g in actor.grants if g.covers(Permission.FULFIL_SHIPMENT, g.study_id, None)]
    found = []
    for row in connection.execute(_AT_DEPOTS) if grants else ():
        mine = any(g.study_id in (None, row.study_id) and g.depot_id in (None, row.id) for g in grants)
        version = _version(connection, row.study_id) if mine else 0
        if version and study_at(connection, row.study_id, version).items:
            found.append(ItemDepot(row.id, row.code, row.name, row.study_id, row.study, version))
    return tuple(found)


def _version(connection: Connection, study_id: int) -> int:
    try:
        return approved_version(connection, study_id)
    except NotFound:
        return 0


def item_depot(connection: Connection, actor: Actor, study_id: int, code: str) -> ItemDepot:
    """One of them; NotFound for any other."""
    for depot in item_depots(connection, actor):
        if (depot.study_id, depot.depot) == (study_id, code):
            return depot
    raise not_found("depot")


def items_in(connection: Connection, study_id: int, number: str) -> tuple[tuple[str, str, date, int], ...]:
    """What a shipment holds without numbers: item, lot, expiry and quantity."""
    rows = connection.execute(_IN_SHIPMENT, {"study_id": study_id, "number": number})
    return tuple((row.item, row.lot, row.expiry, row.quantity if row.sent is None else row.sent) for row in rows)


def _stock(
    connection: Connection,
    known: tuple[NonSerializedItem, ...],
    asked: dict[str, Any],
    today: date,
    coming: tuple[ItemComing, ...],
) -> ItemStock:
    rows = connection.execute(_LOTS, asked).all()
    lots: list[ItemLot] = []
    for item in known:
        usable = [row.lot for row in rows if row.item == item.code and row.in_stock and row.expiry >= today]
        lots += [_lot(item, row, today, usable[:1] == [row.lot]) for row in rows if row.item == item.code]
    names = {item.code: item.name for item in known}
    steps = [
        ItemStep(
            row.at,
            ItemAct(row.act),
            names.get(row.item, row.item),
            row.lot,
            row.quantity,
            row.subject or "",
            row.printed_name,
            row.reason or "",
        )
        for row in connection.execute(_STEPS, asked)
    ]
    return ItemStock(tuple(names.items()), tuple(lots), tuple(steps), coming)


def _lot(item: NonSerializedItem, row: Any, today: date, first: bool) -> ItemLot:
    return ItemLot(
        item.code,
        item.name,
        item.unit,
        STORAGE_WORDS[item.storage],
        row.lot,
        row.expiry,
        int(row.in_stock),
        int(row.set_aside),
        row.expiry < today,
        first,
    )
