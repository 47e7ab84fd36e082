"""Stock without numbers at a site or a depot: kept by lot and quantity, each change a new line."""

from datetime import date

from sqlalchemy import bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, NotAllowed, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.item_places import (
    ItemLine,
    ItemShelf,
    LotThere,
    NotEnoughItems,
    item_of,
    known_expiry,
    lock_item_depot,
    lock_item_site,
    lot_at,
    write_lines,
)
from irt.services.site_kits import need_reason
from irt.services.work import Work
from irt.states.item import ItemAct, ItemPile
from irt.states.kit import Custody
from irt.study.dispensing import NonSerializedItem
from irt.tables.columns import table_of
from irt.tables.kit import ItemMovement
from irt.tables.subject import Subject

QUANTITY_MAX = 100_000

AT_SITE = {
    ItemAct.RECEIVE: Permission.RECEIVE_SHIPMENT,
    ItemAct.HAND_OUT: Permission.DISPENSE,
    ItemAct.TAKE_BACK: Permission.TAKE_BACK,
    ItemAct.SET_ASIDE: Permission.COUNT_STOCK,
    ItemAct.DESTROY: Permission.COUNT_STOCK,
    ItemAct.COUNT: Permission.COUNT_STOCK,
}
"""What people do with items at a site, and what they need for it."""
AT_DEPOT = (ItemAct.RECEIVE, ItemAct.SET_ASIDE, ItemAct.DESTROY, ItemAct.COUNT)


class BookDepotItems(SQLModel):
    """One lot of one item at a depot. For a count `quantity` is what may be used there."""

    study_id: int
    depot: str
    act: ItemAct
    item: str
    lot: str = Field(min_length=1, max_length=64)
    quantity: int = Field(ge=0, le=QUANTITY_MAX)
    expiry: date | None = None
    reason: str = Field(default="", description="for a destruction, the number of its certificate")


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
    reason: str = Field(default="", description="for a destruction, the number of its certificate")


class ItemsBooked(SQLModel):
    """What lies at the place now: usable, and set aside."""

    item: str
    lot: str
    in_stock: int
    set_aside: int = 0


class ItemExpired(Refusal):
    """The lot is past its date."""

    def __init__(self, item: str, lot: str, expiry: date) -> None:
        super().__init__(
            f"Lot {lot} of {item} expired on {expiry:%d %b %Y}. Nothing was booked. Choose another lot."
        )


class NotGivenToSubject(Refusal):
    """More came back than the subject was given."""

    def __init__(self, subject: str, lot: str, outstanding: int) -> None:
        super().__init__(
            f"Subject {subject} still has {outstanding} of lot {lot} by the record. Nothing was booked. "
            "Look at the lot and the count again."
        )


_ITEMS, _SUBJECTS = table_of(ItemMovement), table_of(Subject)
_SUBJECT = select(_SUBJECTS.c.id).where(
    _SUBJECTS.c.study_id == bindparam("study_id"),
    _SUBJECTS.c.site_id == bindparam("site_id"),
    _SUBJECTS.c.number == bindparam("number"),
)
_GIVEN = select(func.coalesce(-func.sum(_ITEMS.c.quantity), 0)).where(
    _ITEMS.c.subject_id == bindparam("subject_id"),
    _ITEMS.c.item == bindparam("item"),
    _ITEMS.c.lot == bindparam("lot"),
)


def book_items(work: Work, ask: BookItems) -> ItemsBooked:
    """Receives, hands out, takes back, sets aside, destroys or counts one lot of an item at a site."""
    shelf = lock_item_site(work, ask.study_id, ask.site)
    if ask.act not in AT_SITE:
        raise _not_by_hand(ask.act)
    work.actor.require(AT_SITE[ask.act], ask.study_id, shelf.id)
    return _book(work, shelf, ask, _subject(work, ask, shelf))


def book_depot_items(work: Work, ask: BookDepotItems) -> ItemsBooked:
    """Receives, sets aside, destroys or counts one lot of an item at a depot."""
    work.actor.require(Permission.FULFIL_SHIPMENT, ask.study_id)
    shelf = lock_item_depot(work, ask.study_id, ask.depot)
    grants = [g for g in work.actor.grants if g.covers(Permission.FULFIL_SHIPMENT, ask.study_id, None)]
    if not any(grant.depot_id in (None, shelf.id) for grant in grants):
        raise NotAllowed("You work at another depot. Nothing was booked. Ask that depot.")
    if ask.act not in AT_DEPOT:
        raise _not_by_hand(ask.act)
    return _book(work, shelf, BookItems(site="", subject=None, **ask.model_dump(exclude={"depot"})), None)


def _not_by_hand(act: ItemAct) -> BadInput:
    return BadInput(f"Nobody books '{act.replace('_', ' ')}' by hand here. Nothing was booked. Choose another act.")


def _book(work: Work, shelf: ItemShelf, ask: BookItems, subject_id: int | None) -> ItemsBooked:
    item = item_of(work, shelf, ask.item)
    there = lot_at(work, shelf, ask.item, ask.lot)
    before = there or LotThere(_new_lot(work, shelf, ask, item), 0, 0)
    _check(work, shelf, ask, item, before, subject_id)
    lines = [
        ItemLine(
            shelf.custody,
            shelf.id,
            ask.item,
            ask.lot,
            before.expiry,
            ask.act,
            change,
            pile,
            subject_id,
            reason=ask.reason.strip() or None,
        )
        for pile, change in _changes(ask, before)
    ]
    write_lines(work, {"sponsor_id": shelf.sponsor_id, "study_id": shelf.study_id}, lines)
    after = {pile: sum(line.quantity for line in lines if line.pile == pile) for pile in ItemPile}
    booked = ItemsBooked(
        item=ask.item,
        lot=ask.lot,
        in_stock=before.usable + after[ItemPile.USABLE],
        set_aside=before.set_aside + after[ItemPile.SET_ASIDE],
    )
    _audit(work, ask, shelf, before, booked)
    return booked


def _new_lot(work: Work, shelf: ItemShelf, ask: BookItems, item: NonSerializedItem) -> date:
    """The date of a lot that was never here: as known elsewhere, or as told at its first receipt."""
    known = known_expiry(work, shelf.study_id, ask.item, ask.lot)
    told = known or ask.expiry
    if ask.act is not ItemAct.RECEIVE or told is None:
        raise BadInput(f"Lot {ask.lot} of {item.name} is new here. Nothing was booked. Receive it with its date.")
    return told


def _check(
    work: Work, shelf: ItemShelf, ask: BookItems, item: NonSerializedItem, lot: LotThere, subject_id: int | None
) -> None:
    """Dates, quantities and reasons, before anything is written."""
    if ask.expiry not in (None, lot.expiry):
        raise BadInput(
            f"Lot {ask.lot} was received with the date {lot.expiry:%d %b %Y}. Nothing was booked. Look again."
        )
    if ask.quantity == 0 and ask.act is not ItemAct.COUNT:
        raise BadInput("Say how many. Nothing was booked.")
    if ask.act in (ItemAct.RECEIVE, ItemAct.HAND_OUT) and lot.expiry < shelf.today(work):
        raise ItemExpired(item.name, ask.lot, lot.expiry)
    taken_from = {ItemAct.HAND_OUT: lot.usable, ItemAct.SET_ASIDE: lot.usable, ItemAct.DESTROY: lot.set_aside}
    if ask.quantity > taken_from.get(ask.act, ask.quantity):
        raise NotEnoughItems(item.name, ask.lot, taken_from[ask.act])
    differs = ask.act is ItemAct.COUNT and ask.quantity != lot.usable
    if differs or ask.act in (ItemAct.SET_ASIDE, ItemAct.DESTROY):
        need_reason(ask.reason)
    if ask.act is ItemAct.HAND_OUT and item.kind == "rescue":
        _check_rescue(ask)
    if ask.act is ItemAct.TAKE_BACK:
        _check_back(work, ask, subject_id)


def _check_rescue(ask: BookItems) -> None:
    if not ask.subject:
        raise BadInput("Rescue medication is handed out to a subject. Nothing was booked. Enter the subject.")
    need_reason(ask.reason)


def _check_back(work: Work, ask: BookItems, subject_id: int | None) -> None:
    if subject_id is None:
        raise BadInput("Say which subject brought it back. Nothing was booked.")
    asked = {"subject_id": subject_id, "item": ask.item, "lot": ask.lot}
    outstanding = int(work.connection.execute(_GIVEN, asked).scalar_one())
    if ask.quantity > outstanding:
        raise NotGivenToSubject(ask.subject or "", ask.lot, outstanding)


def _changes(ask: BookItems, lot: LotThere) -> list[tuple[ItemPile, int]]:
    """What is written: a line for each pile that the act touches."""
    usable, aside = ItemPile.USABLE, ItemPile.SET_ASIDE
    if ask.act is ItemAct.COUNT:
        return [(usable, ask.quantity - lot.usable)]
    if ask.act is ItemAct.SET_ASIDE:
        return [(usable, -ask.quantity), (aside, ask.quantity)]
    sign = 1 if ask.act in (ItemAct.RECEIVE, ItemAct.TAKE_BACK) else -1
    pile = aside if ask.act in (ItemAct.TAKE_BACK, ItemAct.DESTROY) else usable
    return [(pile, sign * ask.quantity)]


def _subject(work: Work, ask: BookItems, shelf: ItemShelf) -> int | None:
    if not ask.subject:
        return None
    if ask.act not in (ItemAct.HAND_OUT, ItemAct.TAKE_BACK):
        raise BadInput("A subject belongs to what is handed out or comes back. Nothing was booked.")
    found = work.one("subject", _SUBJECT, study_id=ask.study_id, site_id=shelf.id, number=ask.subject)
    return int(found["id"])


def _audit(work: Work, ask: BookItems, shelf: ItemShelf, before: LotThere, booked: ItemsBooked) -> None:
    work.audit(
        AuditDraft(
            act=f"items_{_DONE[ask.act]}",
            record_kind="site" if shelf.custody == Custody.SITE else "depot",
            record=shelf.code,
            study_id=ask.study_id,
            site_id=shelf.site_id,
            zone=shelf.zone,
            old={"in_stock": before.usable},
            new={
                "item": ask.item,
                "lot": ask.lot,
                "quantity": ask.quantity,
                "in_stock": booked.in_stock,
                "set_aside": booked.set_aside,
                "subject": ask.subject or "–",
            },
            reason=ask.reason or None,
        )
    )


_DONE = {
    ItemAct.RECEIVE: "received",
    ItemAct.HAND_OUT: "handed_out",
    ItemAct.TAKE_BACK: "taken_back",
    ItemAct.SET_ASIDE: "set_aside",
    ItemAct.DESTROY: "destroyed",
    ItemAct.COUNT: "counted",
}
