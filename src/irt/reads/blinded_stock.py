"""The kits of sites as blinded people may know them: number, lot on the label, state; never what is inside."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, RowMapping, and_, bindparam, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import WorkSite, not_found, study_at
from irt.states.kit import (
    Accountability,
    Assignment,
    Custody,
    DisplayStatus,
    KitState,
    Quality,
    display_status,
)
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit, Movement
from irt.tables.people import Account
from irt.tables.shipment import Shipment, ShipmentKit

SOON = timedelta(days=90)
"""A kit that expires within this time is shown as expiring soon."""

STORAGE_WORDS = {"frozen": "Frozen", "2-8C": "2–8 °C", "15-25C": "15–25 °C", "ambient": "Room temperature"}


@dataclass(frozen=True)
class StockKit(BlindedView):
    """One kit. `zone` is the site's; `here` says whether it lies at the site."""

    study_id: int
    study: str
    site_id: int
    site: str
    number: str
    status: DisplayStatus
    product: str
    storage: str
    lot: str
    expiry: date
    storage_place: str
    here: bool
    expires_soon: bool
    shipment: str = ""


@dataclass(frozen=True)
class ProductStock(BlindedView):
    """How many kits of one product one site has; a product is a blinding group."""

    study_id: int
    study: str
    site: str
    product: str
    storage: str
    usable: int
    on_the_way: int
    held: int
    next_expiry: date | None


@dataclass(frozen=True)
class KitStep(BlindedView):
    """One thing that happened to a kit, in words, with the time it happened and the time it was typed."""

    at: datetime
    recorded_at: datetime
    words: str
    person: str
    reason: str


@dataclass(frozen=True)
class KitHistory(BlindedView):
    """One kit and everything that happened to it at or on its way to this site."""

    kit: StockKit
    zone: str
    steps: tuple[KitStep, ...]


_KITS, _LOTS, _SHIPMENTS, _CONTENTS = (
    table_of(Kit),
    table_of(BlindedLot),
    table_of(Shipment),
    table_of(ShipmentKit),
)
_MOVEMENTS, _ACCOUNTS = table_of(Movement), table_of(Account)
_COLUMNS = (
    _KITS.c.id,
    _KITS.c.study_id,
    _KITS.c.number,
    _KITS.c.blinding_group,
    _KITS.c.expiry,
    _KITS.c.custody,
    _KITS.c.quality,
    _KITS.c.assignment,
    _KITS.c.accountability,
    _KITS.c.storage_place,
    _LOTS.c.number.label("lot"),
)
_HERE = (
    select(*_COLUMNS, _KITS.c.place_id.label("site_id"))
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(_KITS.c.custody == Custody.SITE, _KITS.c.place_id.in_(bindparam("sites", expanding=True)))
)
_COMING = (
    select(*_COLUMNS, _SHIPMENTS.c.site_id, _SHIPMENTS.c.number.label("shipment"))
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _KITS.c.place_id)
    .where(_KITS.c.custody == Custody.SHIPMENT, _SHIPMENTS.c.site_id.in_(bindparam("sites", expanding=True)))
)
# A missing kit has no place: it is looked for where it was last, or where it was sent. The search begins with the
# missing kits: they are few, what moved is not.
_LOST = and_(_KITS.c.custody == Custody.UNKNOWN, _KITS.c.accountability == Accountability.NONE)
_LAST_HERE = (
    select(*_COLUMNS, _MOVEMENTS.c.place_id.label("site_id"))
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .join(_MOVEMENTS, _MOVEMENTS.c.kit_id == _KITS.c.id)
    .where(_LOST, _MOVEMENTS.c.custody == Custody.SITE)
    .where(_MOVEMENTS.c.place_id.in_(bindparam("sites", expanding=True)))
)
_SENT_HERE = (
    select(*_COLUMNS, _SHIPMENTS.c.site_id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _CONTENTS.c.shipment_id)
    .where(_LOST, _SHIPMENTS.c.site_id.in_(bindparam("sites", expanding=True)))
)
_MISSING = _LAST_HERE.union(_SENT_HERE)


def stock_at(connection: Connection, sites: Sequence[WorkSite], now: datetime) -> tuple[StockKit, ...]:
    """Kits that lie at these sites, are on their way there or are missing there, by kit number."""
    by_site = {site.site_id: site for site in sites}
    if not by_site:
        return ()
    found = []
    for statement in (_HERE, _COMING, _MISSING):
        rows = connection.execute(statement, {"sites": sorted(by_site)}).mappings()
        found += [_kit(connection, row, by_site[row["site_id"]], now) for row in rows]
    return tuple(sorted(found, key=lambda kit: (kit.number, kit.study_id)))


def _kit(connection: Connection, row: RowMapping, site: WorkSite, now: datetime) -> StockKit:
    study, today = study_at(connection, site.study_id, site.version), site.today(now)
    group = next(one for one in study.blinding_groups if one.code == row["blinding_group"])
    custody = Custody(row["custody"])
    state = KitState(
        custody, Quality(row["quality"]), Assignment(row["assignment"]), Accountability(row["accountability"])
    )
    return StockKit(
        study_id=site.study_id,
        study=site.study,
        site_id=site.site_id,
        site=site.site,
        number=row["number"],
        status=display_status(state, row["expiry"], today),
        product=group.name,
        storage=STORAGE_WORDS[group.storage],
        lot=row["lot"],
        expiry=row["expiry"],
        storage_place=row["storage_place"],
        here=custody == Custody.SITE,
        expires_soon=today <= row["expiry"] <= today + SOON,
        shipment=row.get("shipment") or "",
    )


_HELD = frozenset({DisplayStatus.QUARANTINED, DisplayStatus.NOT_DISPENSED})


def by_product(kits: Iterable[StockKit]) -> tuple[ProductStock, ...]:
    """Totals of each product at each site, by study, site and name."""
    groups: dict[tuple[str, str, str], list[StockKit]] = {}
    for kit in kits:
        groups.setdefault((kit.study, kit.site, kit.product), []).append(kit)
    return tuple(_total(groups[key]) for key in sorted(groups))


def _total(kits: Sequence[StockKit]) -> ProductStock:
    counts = Counter(kit.status for kit in kits)
    usable = [kit.expiry for kit in kits if kit.status == DisplayStatus.AVAILABLE]
    return ProductStock(
        study_id=kits[0].study_id,
        study=kits[0].study,
        site=kits[0].site,
        product=kits[0].product,
        storage=kits[0].storage,
        usable=len(usable),
        on_the_way=counts[DisplayStatus.IN_TRANSIT],
        held=sum(counts[status] for status in _HELD),
        next_expiry=min(usable, default=None),
    )


_STEPS = (
    select(
        _MOVEMENTS.c.event,
        _MOVEMENTS.c.occurred_at,
        _MOVEMENTS.c.recorded_at,
        _MOVEMENTS.c.reason,
        _ACCOUNTS.c.printed_name,
    )
    .join(_KITS, _KITS.c.id == _MOVEMENTS.c.kit_id)
    .outerjoin(_ACCOUNTS, _ACCOUNTS.c.id == _MOVEMENTS.c.account_id)
    .where(_KITS.c.study_id == bindparam("study_id"), _KITS.c.number == bindparam("number"))
    .order_by(_MOVEMENTS.c.id.desc())
)
_STEP_WORDS = {
    "receive": "Received at the site",
    "receive_quarantined": "Received at the site and put into quarantine",
    "receive_damaged": "Received at the site, damaged",
    "receive_missing": "Not in the parcel",
    "receive_at_depot": "Received at the depot",
    "quarantine": "Put into quarantine",
    "accept": "Quality decision: may be used",
    "reject": "Quality decision: must not be used",
    "recall": "Recalled",
    "damage": "Reported damaged",
    "go_missing": "Reported missing",
    "find_at_site": "Found at the site",
    "assign": "Assigned to a visit",
    "hand_over": "Handed over",
    "hand_over_wrongly": "Handed over in place of another kit",
    "reverse": "Not handed over",
    "take_back": "Returned by the subject",
    "lose": "Lost by the subject",
    "spoil": "Damaged by the subject",
    "verify": "Return checked by the site",
    "monitor": "Return checked by the monitor",
    "destroy": "Destroyed",
}
"""Only what a site sees: when a kit was loaded, released or picked says in which order, and so what it is (L43)."""


def kit_history(
    connection: Connection, sites: Sequence[WorkSite], study_id: int, number: str, now: datetime
) -> KitHistory:
    """One kit of these sites with its steps, newest first; NotFound where none of them has it."""
    here = [site for site in sites if site.study_id == study_id]
    kit = next((kit for kit in stock_at(connection, here, now) if kit.number == number), None)
    if kit is None:
        raise not_found("kit here")
    zone = next(site.zone for site in here if site.site_id == kit.site_id)
    rows = connection.execute(_STEPS, {"study_id": study_id, "number": number}).mappings()
    return KitHistory(kit, zone, tuple(_step(row) for row in rows if row["event"] in _STEP_WORDS))


def _step(row: RowMapping) -> KitStep:
    return KitStep(
        at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        words=_STEP_WORDS[row["event"]],
        person=row["printed_name"] or "",
        reason=row["reason"] or "",
    )
