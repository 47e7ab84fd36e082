"""Kits at the end of their use at a site: those the site verifies, and those the monitor verifies after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, and_, bindparam, func, or_, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import WorkSite
from irt.states.kit import Accountability, Assignment, Custody, KitEvent, Quality
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit, Movement
from irt.tables.people import Account

KITS_AT_ONCE = 200
"""More kits than this are not verified with one signature from a page."""


@dataclass(frozen=True)
class KitToVerify(BlindedView):
    """One kit and why it waits; `verified_by` the site's person, once there is one, who is not the monitor."""

    number: str
    lot: str
    expiry: date
    why: str
    verified_by: str
    verifier_id: int | None


@dataclass(frozen=True)
class SiteVerification(BlindedView):
    """What waits at one site: for the site's own people, and for the monitor. The first of each, and how many."""

    study_id: int
    study: str
    site_id: int
    site: str
    for_site: tuple[KitToVerify, ...]
    for_monitor: tuple[KitToVerify, ...]


_KITS, _LOTS, _MOVES, _ACCOUNTS = table_of(Kit), table_of(BlindedLot), table_of(Movement), table_of(Account)
_BACK = (Accountability.RETURNED, Accountability.DAMAGED_BY_SUBJECT)
_NEVER_USED = (Quality.REJECTED, Quality.RECALLED, Quality.DAMAGED)
_NOT_PROMISED = (Assignment.FREE, Assignment.REVERSED, Assignment.DISPENSED)
_VERIFIER = (
    select(func.max(_MOVES.c.account_id))
    .where(_MOVES.c.kit_id == _KITS.c.id, _MOVES.c.event == KitEvent.VERIFY)
    .correlate(_KITS)
    .scalar_subquery()
)
_WAITING = (
    select(
        _KITS.c.number,
        _LOTS.c.number.label("lot"),
        _KITS.c.expiry,
        _KITS.c.accountability,
        _KITS.c.quality,
        _ACCOUNTS.c.printed_name,
        _ACCOUNTS.c.id.label("verifier_id"),
    )
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .outerjoin(_ACCOUNTS, _ACCOUNTS.c.id == _VERIFIER)
    .where(_KITS.c.custody == Custody.SITE, _KITS.c.place_id == bindparam("site_id"))
    .order_by(_KITS.c.number)
    .limit(KITS_AT_ONCE)
)
_FOR_SITE = _WAITING.where(
    _KITS.c.assignment.in_(_NOT_PROMISED),
    or_(
        _KITS.c.accountability.in_(_BACK),
        and_(
            _KITS.c.accountability == Accountability.NONE,
            or_(_KITS.c.quality.in_(_NEVER_USED), _KITS.c.expiry < bindparam("today")),
        ),
    ),
)
_FOR_MONITOR = _WAITING.where(_KITS.c.accountability == Accountability.VERIFIED_BY_SITE)
_WHY = {
    Accountability.RETURNED: "Came back",
    Accountability.DAMAGED_BY_SUBJECT: "Came back damaged",
}
_QUALITY = {Quality.REJECTED: "Rejected", Quality.RECALLED: "Recalled", Quality.DAMAGED: "Damaged"}


def sites_to_verify(
    connection: Connection, sites: Sequence[WorkSite], as_monitor: Sequence[WorkSite], now: datetime
) -> tuple[SiteVerification, ...]:
    """The sites where the person verifies for the site, and those where they are the monitor; by study and site."""
    every = {site.site_id: site for site in (*sites, *as_monitor)}
    own, monitored = {site.site_id for site in sites}, {site.site_id for site in as_monitor}
    return tuple(
        SiteVerification(
            site.study_id,
            site.study,
            site_id,
            site.site,
            to_verify(connection, site, now) if site_id in own else (),
            to_monitor(connection, site) if site_id in monitored else (),
        )
        for site_id, site in every.items()
    )


def to_verify(connection: Connection, site: WorkSite, now: datetime) -> tuple[KitToVerify, ...]:
    """Kits the site signs for: brought back, past their date, or never to be used; by number."""
    # The day in UTC, as the service that books it asks.
    asked = {"site_id": site.site_id, "today": now.date()}
    return tuple(map(_kit, connection.execute(_FOR_SITE, asked).mappings()))


def to_monitor(connection: Connection, site: WorkSite) -> tuple[KitToVerify, ...]:
    """Kits the site has verified, by number."""
    return tuple(map(_kit, connection.execute(_FOR_MONITOR, {"site_id": site.site_id}).mappings()))


def _kit(row: RowMapping) -> KitToVerify:
    why = _WHY.get(row["accountability"]) or _QUALITY.get(row["quality"], "Past its date")
    if row["accountability"] == Accountability.VERIFIED_BY_SITE:
        why = "Verified by the site"
    return KitToVerify(row["number"], row["lot"], row["expiry"], why, row["printed_name"] or "", row["verifier_id"])
