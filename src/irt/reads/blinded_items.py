"""Stock without numbers at one site: what lies there by item and lot, and what moved last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import WorkSite, study_at
from irt.reads.blinded_stock import STORAGE_WORDS
from irt.states.kit import Custody
from irt.study.dispensing import NonSerializedItem
from irt.tables.columns import table_of
from irt.tables.kit import ItemMovement
from irt.tables.people import Account
from irt.tables.subject import Subject

SHOWN_MAX = 20


@dataclass(frozen=True)
class ItemLot(BlindedView):
    """One lot of one item."""

    item: str
    name: str
    unit: str
    storage: str
    lot: str
    expiry: date
    in_stock: int
    expired: bool


@dataclass(frozen=True)
class ItemStep(BlindedView):
    """One booking, newest first."""

    at: datetime
    name: str
    lot: str
    quantity: int
    subject: str
    person: str
    reason: str


@dataclass(frozen=True)
class ItemStock(BlindedView):
    """Everything a site keeps without numbers."""

    items: tuple[tuple[str, str], ...]
    lots: tuple[ItemLot, ...]
    steps: tuple[ItemStep, ...]


_ITEMS, _ACCOUNTS, _SUBJECTS = table_of(ItemMovement), table_of(Account), table_of(Subject)
_HERE = (
    _ITEMS.c.study_id == bindparam("study_id"),
    _ITEMS.c.custody == Custody.SITE,
    _ITEMS.c.place_id == bindparam("site_id"),
)
_LOTS = (
    select(_ITEMS.c.item, _ITEMS.c.lot, _ITEMS.c.expiry, func.sum(_ITEMS.c.quantity).label("in_stock"))
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


def keep_items(connection: Connection, sites: Iterable[WorkSite]) -> bool:
    """Whether a study at any of the sites keeps stock without numbers."""
    versions = {(site.study_id, site.version) for site in sites}
    return any(study_at(connection, study_id, version).items for study_id, version in sorted(versions))


def _lot(item: NonSerializedItem, row: Any, today: date) -> ItemLot:
    storage = STORAGE_WORDS[item.storage]
    expired = row.expiry < today
    return ItemLot(item.code, item.name, item.unit, storage, row.lot, row.expiry, int(row.in_stock), expired)


def items_at(connection: Connection, site: WorkSite, today: date) -> ItemStock:
    """Every item of the study with its lots at the site, in the order of the study file."""
    known = {item.code: item for item in study_at(connection, site.study_id, site.version).items}
    asked = {"study_id": site.study_id, "site_id": site.site_id}
    rows = connection.execute(_LOTS, asked).all()
    lots = [_lot(item, row, today) for code, item in known.items() for row in rows if row.item == code]
    names = {code: item.name for code, item in known.items()}
    steps = [
        ItemStep(
            row.at,
            names.get(row.item, row.item),
            row.lot,
            row.quantity,
            row.subject or "",
            row.printed_name,
            row.reason or "",
        )
        for row in connection.execute(_STEPS, asked)
    ]
    return ItemStock(tuple(names.items()), tuple(lots), tuple(steps))
