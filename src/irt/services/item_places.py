"""Shelves of stock without numbers: a site's or a depot's, locked, and the lines written of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, case, func, select

from irt.errors import NotFound, Refusal
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.states.item import ItemAct, ItemPile
from irt.states.kit import Custody
from irt.states.records import VersionStatus
from irt.study.dispensing import NonSerializedItem
from irt.supply.item_stock import LotOnHand
from irt.tables.columns import table_of
from irt.tables.kit import ItemMovement
from irt.tables.study import Depot, Site, StudyVersion


class NotEnoughItems(Refusal):
    """The record has fewer than were taken."""

    def __init__(self, item: str, lot: str, in_stock: int) -> None:
        super().__init__(
            f"Of {item}, lot {lot}, the record has {in_stock} here. Nothing was booked. "
            "Count what lies there first, or choose another lot."
        )


@dataclass(frozen=True, slots=True)
class ItemShelf:
    """One place whose row is locked: two bookings there at once come one after the other."""

    custody: Custody
    id: int
    code: str
    zone: str
    sponsor_id: int
    study_id: int
    version: int

    @property
    def site_id(self) -> int | None:
        """The site's id, where it is one."""
        return self.id if self.custody == Custody.SITE else None

    def today(self, work: Work) -> date:
        """The calendar day at the place."""
        return work.at.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True, slots=True)
class LotThere:
    """One lot at one place: its date, what may be used of it, and what is set aside."""

    expiry: date
    usable: int
    set_aside: int


_ITEMS, _SITES, _DEPOTS, _VERSIONS = (
    table_of(ItemMovement),
    table_of(Site),
    table_of(Depot),
    table_of(StudyVersion),
)
_LOCK_SITE = (
    select(_SITES.c.id, _SITES.c.number.label("code"), _SITES.c.zone, _SITES.c.sponsor_id, _SITES.c.version_number)
    .where(_SITES.c.study_id == bindparam("study_id"), _SITES.c.number == bindparam("code"))
    .with_for_update(key_share=True)
)
_IN_FORCE = (
    select(func.max(_VERSIONS.c.number))
    .where(_VERSIONS.c.study_id == _DEPOTS.c.study_id, _VERSIONS.c.status == VersionStatus.APPROVED)
    .scalar_subquery()
    .label("version_number")
)
_LOCK_DEPOT = (
    select(_DEPOTS.c.id, _DEPOTS.c.code, _DEPOTS.c.zone, _DEPOTS.c.sponsor_id, _IN_FORCE)
    .where(_DEPOTS.c.study_id == bindparam("study_id"), _DEPOTS.c.code == bindparam("code"))
    .with_for_update(key_share=True, of=_DEPOTS)
)


def lock_item_site(work: Work, study_id: int, number: str) -> ItemShelf:
    """Locks a site's shelf."""
    row = work.one("site", _LOCK_SITE, study_id=study_id, code=number)
    return _shelf(Custody.SITE, study_id, row)


def lock_item_depot(work: Work, study_id: int, code: str) -> ItemShelf:
    """Locks a depot's shelf."""
    row = work.one("depot", _LOCK_DEPOT, study_id=study_id, code=code)
    return _shelf(Custody.DEPOT, study_id, row)


def _shelf(custody: Custody, study_id: int, row: Any) -> ItemShelf:
    return ItemShelf(
        custody, row["id"], row["code"], row["zone"], row["sponsor_id"], study_id, row["version_number"] or 1
    )


def item_of(work: Work, shelf: ItemShelf, code: str) -> NonSerializedItem:
    """The item as the study in force there says; NotFound where it keeps none of that code."""
    items = definition_of(work, shelf.study_id, shelf.version).items
    found = next((item for item in items if item.code == code), None)
    if found is None:
        raise NotFound(f"{code} is not an item that this study keeps without numbers. Nothing was booked.")
    return found


def _sum(pile: ItemPile) -> Any:
    return func.sum(case((_ITEMS.c.pile == pile, _ITEMS.c.quantity), else_=0))


_LOT = (
    select(
        _ITEMS.c.expiry,
        _sum(ItemPile.USABLE).label("usable"),
        _sum(ItemPile.SET_ASIDE).label("set_aside"),
    )
    .where(
        _ITEMS.c.study_id == bindparam("study_id"),
        _ITEMS.c.custody == bindparam("custody"),
        _ITEMS.c.place_id == bindparam("place_id"),
        _ITEMS.c.item == bindparam("item"),
        _ITEMS.c.lot == bindparam("lot"),
    )
    .group_by(_ITEMS.c.expiry)
)
_KNOWN = select(_ITEMS.c.expiry).where(
    _ITEMS.c.study_id == bindparam("study_id"), _ITEMS.c.item == bindparam("item"), _ITEMS.c.lot == bindparam("lot")
)
_LOTS = (
    select(_ITEMS.c.lot, _ITEMS.c.expiry, func.sum(_ITEMS.c.quantity).label("quantity"))
    .where(
        _ITEMS.c.study_id == bindparam("study_id"),
        _ITEMS.c.custody == bindparam("custody"),
        _ITEMS.c.place_id == bindparam("place_id"),
        _ITEMS.c.item == bindparam("item"),
        _ITEMS.c.pile == ItemPile.USABLE,
    )
    .group_by(_ITEMS.c.lot, _ITEMS.c.expiry)
)


def lot_at(work: Work, shelf: ItemShelf, item: str, lot: str) -> LotThere | None:
    """One lot at a locked place; None where nothing of it was ever there."""
    asked = {"study_id": shelf.study_id, "custody": shelf.custody, "place_id": shelf.id, "item": item, "lot": lot}
    row = work.row(_LOT, **asked)
    return None if row is None else LotThere(row["expiry"], int(row["usable"]), int(row["set_aside"]))


def known_expiry(work: Work, study_id: int, item: str, lot: str) -> date | None:
    """The lot's date as it was first received anywhere in the study."""
    row = work.row(_KNOWN, study_id=study_id, item=item, lot=lot)
    return None if row is None else row["expiry"]


def usable_lots(work: Work, shelf: ItemShelf, item: str) -> list[LotOnHand]:
    """Every lot of the item that may be used at the place, past its date or not."""
    asked = {"study_id": shelf.study_id, "custody": shelf.custody, "place_id": shelf.id, "item": item}
    return [LotOnHand(row["lot"], row["expiry"], int(row["quantity"])) for row in work.rows(_LOTS, **asked)]


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One line to be written: a quantity, with its sign, of a lot on a pile of a place."""

    custody: Custody
    place_id: int
    item: str
    lot: str
    expiry: date
    act: ItemAct
    quantity: int
    pile: ItemPile = ItemPile.USABLE
    subject_id: int | None = None
    shipment_id: int | None = None
    reason: str | None = None


def write_lines(work: Work, owner: dict[str, int], lines: Sequence[ItemLine]) -> None:
    """Appends lines of stock without numbers; callers have locked the places and looked that enough is there."""
    work.record_all(
        ItemMovement,
        (
            {
                **owner,
                "custody": line.custody,
                "place_id": line.place_id,
                "item": line.item,
                "lot": line.lot,
                "expiry": line.expiry,
                "act": line.act,
                "quantity": line.quantity,
                "pile": line.pile,
                "subject_id": line.subject_id,
                "shipment_id": line.shipment_id,
                "reason": line.reason,
                "at": work.at,
                "account_id": work.actor.account_id,
            }
            for line in lines
        ),
    )
