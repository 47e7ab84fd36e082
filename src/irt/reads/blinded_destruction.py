"""Destruction: kits that site and monitor have verified, and the certificates of those that are no more."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, bindparam, case, func, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import not_found
from irt.states.kit import Accountability, Custody
from irt.tables.columns import table_of
from irt.tables.destruction import Certificate
from irt.tables.kit import BlindedLot, Kit
from irt.tables.people import Account
from irt.tables.study import Depot, Site

KITS_AT_ONCE = 500
"""More kits than this are not destroyed by one certificate from a page."""


@dataclass(frozen=True)
class KitToDestroy(BlindedView):
    """One verified kit and where it lies."""

    number: str
    lot: str
    expiry: date
    place: str


@dataclass(frozen=True)
class CertificateLine(BlindedView):
    """One certificate; its paper is kept with the hash."""

    id: int
    number: str
    destroyer: str
    on_day: date
    kits: int
    sha256: str
    at: datetime
    booked_by: str


@dataclass(frozen=True)
class DestructionPage(BlindedView):
    """What may be destroyed, the first of `all_kits`, and every certificate, the newest first."""

    study_id: int
    kits: tuple[KitToDestroy, ...]
    all_kits: int
    certificates: tuple[CertificateLine, ...]


_KITS, _LOTS, _SITES, _DEPOTS = table_of(Kit), table_of(BlindedLot), table_of(Site), table_of(Depot)
_PAPERS, _ACCOUNTS = table_of(Certificate), table_of(Account)
_OVER = (Accountability.VERIFIED_BY_MONITOR, Accountability.RECEIVED_FOR_DESTRUCTION)
_PLACE = case(
    (_KITS.c.custody == Custody.SITE, "Site " + _SITES.c.number),
    (_KITS.c.custody == Custody.DEPOT, "Depot " + _DEPOTS.c.code),
    (_DEPOTS.c.code.is_not(None), "Received at depot " + _DEPOTS.c.code),
    else_="Destroyer",
)
_READY = and_(
    _KITS.c.study_id == bindparam("study_id"),
    _KITS.c.accountability.in_(_OVER),
    _KITS.c.custody.in_((Custody.SITE, Custody.DEPOT, Custody.VENDOR)),
)
_WAITING = (
    select(_KITS.c.number, _LOTS.c.number.label("lot"), _KITS.c.expiry, _PLACE.label("place"))
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .outerjoin(_SITES, and_(_KITS.c.custody == Custody.SITE, _SITES.c.id == _KITS.c.place_id))
    .outerjoin(
        _DEPOTS, and_(_KITS.c.custody.in_((Custody.DEPOT, Custody.VENDOR)), _DEPOTS.c.id == _KITS.c.place_id)
    )
    .where(_READY)
    .order_by("place", _KITS.c.number)
    .limit(KITS_AT_ONCE)
)
_ALL = select(func.count()).select_from(_KITS).where(_READY)
_CERTIFICATES = (
    select(
        _PAPERS.c.id,
        _PAPERS.c.number,
        _PAPERS.c.destroyer,
        _PAPERS.c.on_day,
        _PAPERS.c.kits,
        _PAPERS.c.sha256,
        _PAPERS.c.at,
        _ACCOUNTS.c.printed_name.label("booked_by"),
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _PAPERS.c.account_id)
    .where(_PAPERS.c.study_id == bindparam("study_id"))
    .order_by(_PAPERS.c.id.desc())
)
_PAPER = select(_PAPERS.c.file_name, _PAPERS.c.paper).where(
    _PAPERS.c.study_id == bindparam("study_id"), _PAPERS.c.id == bindparam("certificate_id")
)


def destruction_page(connection: Connection, study_id: int) -> DestructionPage:
    """Kits by place and number, and the certificates so far."""
    asked = {"study_id": study_id}
    kits = tuple(KitToDestroy(**row) for row in connection.execute(_WAITING, asked).mappings())
    papers = tuple(CertificateLine(**row) for row in connection.execute(_CERTIFICATES, asked).mappings())
    return DestructionPage(study_id, kits, int(connection.execute(_ALL, asked).scalar_one()), papers)


def paper_of(connection: Connection, study_id: int, certificate_id: int) -> tuple[str, bytes]:
    """The name and the bytes of a certificate's paper as it was handed in; NotFound where there is none."""
    row = connection.execute(_PAPER, {"study_id": study_id, "certificate_id": certificate_id}).first()
    if row is None:
        raise not_found("certificate")
    return row.file_name, bytes(row.paper)
