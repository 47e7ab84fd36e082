"""The accountability of a site as stored: every kit that is its business, lot by lot, and its last count."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, or_, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_satellites import kits_sent_on
from irt.reads.blinded_sites import WorkSite
from irt.states.kit import Accountability, Assignment, Custody, KitState, Quality
from irt.states.records import KitCheck
from irt.supply.accountability import CameBy, KitOfSite, LotAccount, site_account
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, DispensedKit, Dispensing, Kit, KitReturn, StockCount
from irt.tables.people import Account
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.subject import Subject


@dataclass(frozen=True)
class CountDifference(BlindedView):
    """A number at which the last count differed from the record, how, and why."""

    number: str
    difference: str
    reason: str


@dataclass(frozen=True)
class LastCount(BlindedView):
    """The last physical count of a site."""

    at: datetime
    person: str
    matched: int
    differences: tuple[CountDifference, ...]


@dataclass(frozen=True)
class SiteAccountability(BlindedView):
    """What one site has to account for."""

    study_id: int
    study: str
    site_id: int
    site: str
    zone: str
    lots: tuple[LotAccount, ...]
    count: LastCount | None

    @property
    def adds_up(self) -> bool:
        """Whether every lot does."""
        return all(lot.adds_up for lot in self.lots)


_KITS, _LOTS, _COUNTS = table_of(Kit), table_of(BlindedLot), table_of(StockCount)
_SHIPMENTS, _SHIPPED, _ACCOUNTS = table_of(Shipment), table_of(ShipmentKit), table_of(Account)
_DISPENSINGS, _LINES = table_of(Dispensing), table_of(DispensedKit)
_RETURNS, _SUBJECTS = table_of(KitReturn), table_of(Subject)
_SITE: BindParameter[int] = bindparam("site_id")
_RECEIVED = (
    select(_SHIPPED.c.kit_id)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _SHIPPED.c.shipment_id)
    .where(_SHIPMENTS.c.site_id == _SITE, _SHIPPED.c.outcome.in_(("received", "quarantined", "damaged")))
)
_DISPENSED = (
    select(_LINES.c.kit_id)
    .join(_DISPENSINGS, _DISPENSINGS.c.id == _LINES.c.dispensing_id)
    .where(_DISPENSINGS.c.site_id == _SITE, _LINES.c.status.in_((KitCheck.HANDED_OVER, KitCheck.MISALLOCATED)))
)
_COUNTED = (
    select(_RETURNS.c.kit_id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _RETURNS.c.subject_id)
    .where(_SUBJECTS.c.site_id == _SITE)
)
_EVERY = (
    select(
        _KITS.c.id,
        _KITS.c.number,
        _KITS.c.custody,
        _KITS.c.place_id,
        _KITS.c.quality,
        _KITS.c.assignment,
        _KITS.c.accountability,
        _LOTS.c.number.label("lot"),
    )
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(
        _KITS.c.study_id == bindparam("study_id"),
        or_(
            _KITS.c.id.in_(_RECEIVED.union(_DISPENSED, _COUNTED)),
            (_KITS.c.custody == Custody.SITE) & (_KITS.c.place_id == _SITE),
        ),
    )
    .order_by(_KITS.c.number)
)
_LAST = (
    select(_COUNTS.c.at, _COUNTS.c.matched, _COUNTS.c.differences, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _COUNTS.c.account_id)
    .where(_COUNTS.c.site_id == _SITE)
    .order_by(_COUNTS.c.id.desc())
    .limit(1)
)


def accountability_of(connection: Connection, site: WorkSite) -> SiteAccountability:
    """The account of every lot of a site; blinded readers may have it, for it counts whole blinded lots."""
    return SiteAccountability(
        study_id=site.study_id,
        study=site.study,
        site_id=site.site_id,
        site=site.site,
        zone=site.zone,
        lots=tuple(site_account(_kits(connection, site))),
        count=_last_count(connection, site),
    )


def _kits(connection: Connection, site: WorkSite) -> Iterator[KitOfSite]:
    asked = {"site_id": site.site_id, "study_id": site.study_id}
    received, dispensed, counted = (
        set(connection.execute(statement, asked).scalars()) for statement in (_RECEIVED, _DISPENSED, _COUNTED)
    )
    sent_on = kits_sent_on(connection, site.site_id)
    for row in connection.execute(_EVERY, asked).mappings():
        kit_id = row["id"]
        from_home = CameBy.HOME if kit_id in dispensed or kit_id in counted else CameBy.FOUND
        yield KitOfSite(
            number=row["number"],
            lot=row["lot"],
            came_by=CameBy.SHIPMENT if kit_id in received else from_home,
            here=(row["custody"], row["place_id"]) == (Custody.SITE, site.site_id),
            dispensed=kit_id in dispensed,
            counted=kit_id in counted,
            state=_state(row),
            sent_on=kit_id in sent_on,
        )


def _state(row: RowMapping) -> KitState:
    return KitState(
        Custody(row["custody"]),
        Quality(row["quality"]),
        Assignment(row["assignment"]),
        Accountability(row["accountability"]),
    )


def _last_count(connection: Connection, site: WorkSite) -> LastCount | None:
    row = connection.execute(_LAST, {"site_id": site.site_id}).first()
    if row is None:
        return None
    told: list[dict[str, Any]] = row.differences
    return LastCount(row.at, row.printed_name, row.matched, tuple(_difference(each) for each in told))


def _difference(told: dict[str, Any]) -> CountDifference:
    return CountDifference(told["number"], told["difference"].replace("_", " "), told["reason"])
