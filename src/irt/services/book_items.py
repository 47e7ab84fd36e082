"""Stock without numbers at a site, as bags and devices: kept by lot and quantity, each change a new line."""

from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, NotFound, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.site_kits import need_reason
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.states.kit import Custody
from irt.tables.columns import table_of
from irt.tables.kit import ItemMovement
from irt.tables.study import Site
from irt.tables.subject import Subject

QUANTITY_MAX = 100_000


class ItemAct(StrEnum):
    """What happened to the items."""

    RECEIVE = "receive"
    HAND_OUT = "hand_out"
    COUNT = "count"


_NEEDS = {
    ItemAct.RECEIVE: Permission.RECEIVE_SHIPMENT,
    ItemAct.HAND_OUT: Permission.DISPENSE,
    ItemAct.COUNT: Permission.COUNT_STOCK,
}


class BookItems(SQLModel):
    """One lot of one item at a site. For a count `quantity` is what lies there; `expiry` is told at receipt."""

    study_id: int
    site: str
    act: ItemAct
    item: str
    lot: str = Field(min_length=1, max_length=64)
    quantity: int = Field(ge=0, le=QUANTITY_MAX)
    expiry: date | None = None
    subject: str | None = None
    reason: str = ""


class ItemsBooked(SQLModel):
    """What lies at the site now."""

    item: str
    lot: str
    in_stock: int


class NotEnoughItems(Refusal):
    """The record has fewer than were handed out."""

    def __init__(self, item: str, lot: str, in_stock: int) -> None:
        super().__init__(
            f"Of {item}, lot {lot}, the record has {in_stock} here. Nothing was booked. "
            "Count what lies there first, or choose another lot."
        )


class ItemExpired(Refusal):
    """The lot is past its date."""

    def __init__(self, item: str, lot: str, expiry: date) -> None:
        super().__init__(
            f"Lot {lot} of {item} expired on {expiry:%d %b %Y}. Nothing was booked. Choose another lot."
        )


_ITEMS, _SITES, _SUBJECTS = table_of(ItemMovement), table_of(Site), table_of(Subject)
# The site's row puts bookings of its items in one line: two at once never hand out the same bag.
_LOCK_SITE = (
    select(_SITES.c.id, _SITES.c.sponsor_id, _SITES.c.number, _SITES.c.zone, _SITES.c.version_number)
    .where(_SITES.c.study_id == bindparam("study_id"), _SITES.c.number == bindparam("number"))
    .with_for_update(key_share=True)
)
_LOT = (
    select(_ITEMS.c.expiry, func.sum(_ITEMS.c.quantity).label("in_stock"))
    .where(
        _ITEMS.c.study_id == bindparam("study_id"),
        _ITEMS.c.custody == Custody.SITE,
        _ITEMS.c.place_id == bindparam("site_id"),
        _ITEMS.c.item == bindparam("item"),
        _ITEMS.c.lot == bindparam("lot"),
    )
    .group_by(_ITEMS.c.expiry)
)
_SUBJECT = select(_SUBJECTS.c.id).where(
    _SUBJECTS.c.study_id == bindparam("study_id"),
    _SUBJECTS.c.site_id == bindparam("site_id"),
    _SUBJECTS.c.number == bindparam("number"),
)


def book_items(work: Work, ask: BookItems) -> ItemsBooked:
    """Receives, hands out or counts one lot of an item that the study keeps without numbers."""
    site = work.one("site", _LOCK_SITE, study_id=ask.study_id, number=ask.site)
    work.actor.require(_NEEDS[ask.act], ask.study_id, site["id"])
    name = _name(work, ask, site)
    lot = work.row(_LOT, study_id=ask.study_id, site_id=site["id"], item=ask.item, lot=ask.lot)
    in_stock = 0 if lot is None else int(lot["in_stock"])
    expiry, change = _expiry(ask, name, lot), _change(ask, name, in_stock)
    if ask.act is ItemAct.HAND_OUT and expiry < work.at.astimezone(ZoneInfo(site["zone"])).date():
        raise ItemExpired(name, ask.lot, expiry)
    work.append(
        ItemMovement,
        sponsor_id=site["sponsor_id"],
        study_id=ask.study_id,
        item=ask.item,
        lot=ask.lot,
        expiry=expiry,
        custody=Custody.SITE,
        place_id=site["id"],
        quantity=change,
        subject_id=_subject(work, ask, site),
        reason=ask.reason or None,
        at=work.at,
        account_id=work.actor.account_id,
    )
    _audit(work, ask, site, in_stock, in_stock + change)
    return ItemsBooked(item=ask.item, lot=ask.lot, in_stock=in_stock + change)


def _name(work: Work, ask: BookItems, site: RowMapping) -> str:
    items = definition_of(work, ask.study_id, site["version_number"]).items
    name = next((item.name for item in items if item.code == ask.item), None)
    if name is None:
        raise NotFound(f"{ask.item} is not an item that this study keeps without numbers. Nothing was booked.")
    return name


def _expiry(ask: BookItems, name: str, lot: RowMapping | None) -> date:
    """The lot's date, told once at its first receipt."""
    if lot is None:
        if ask.act is not ItemAct.RECEIVE or ask.expiry is None:
            raise BadInput(f"Lot {ask.lot} of {name} is new here. Nothing was booked. Receive it with its date.")
        return ask.expiry
    known: date = lot["expiry"]
    if ask.expiry not in (None, known):
        raise BadInput(
            f"Lot {ask.lot} was received with the date {known:%d %b %Y}. Nothing was booked. Look again."
        )
    return known


def _change(ask: BookItems, name: str, in_stock: int) -> int:
    if ask.act is ItemAct.COUNT:
        if ask.quantity != in_stock:
            need_reason(ask.reason)
        return ask.quantity - in_stock
    if ask.quantity == 0:
        raise BadInput("Say how many. Nothing was booked.")
    if ask.act is ItemAct.RECEIVE:
        return ask.quantity
    if ask.quantity > in_stock:
        raise NotEnoughItems(name, ask.lot, in_stock)
    return -ask.quantity


def _subject(work: Work, ask: BookItems, site: RowMapping) -> int | None:
    if not ask.subject:
        return None
    if ask.act is not ItemAct.HAND_OUT:
        raise BadInput("A subject belongs to what is handed out. Nothing was booked.")
    found = work.one("subject", _SUBJECT, study_id=ask.study_id, site_id=site["id"], number=ask.subject)
    return int(found["id"])


def _audit(work: Work, ask: BookItems, site: RowMapping, before: int, after: int) -> None:
    work.audit(
        AuditDraft(
            act=f"items_{_DONE[ask.act]}",
            record_kind="site",
            record=site["number"],
            study_id=ask.study_id,
            site_id=site["id"],
            zone=site["zone"],
            old={"in_stock": before},
            new={
                "item": ask.item,
                "lot": ask.lot,
                "quantity": ask.quantity,
                "in_stock": after,
                "subject": ask.subject or "–",
            },
            reason=ask.reason or None,
        )
    )


_DONE = {ItemAct.RECEIVE: "received", ItemAct.HAND_OUT: "handed_out", ItemAct.COUNT: "counted"}
