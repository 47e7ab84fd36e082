"""Kits that wait for a label with a later date, place by place, and relabellings that wait for a second person."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select

from irt.blinding.views import BlindedView
from irt.states.kit import Custody, Quality
from irt.tables.columns import table_of
from irt.tables.expiry import ExpiryApproval, ExpiryChange, RelabelCheck, RelabelledKit, Relabelling
from irt.tables.kit import BlindedLot, Kit
from irt.tables.people import Account
from irt.tables.study import Depot, Site


@dataclass(frozen=True)
class KitToRelabel(BlindedView):
    """One kit at one place, the date on it and the date it may get; `waits_for_check` is its relabelling."""

    place: str
    number: str
    lot: str
    change: str
    expiry: date
    new_expiry: date
    waits_for_check: str


@dataclass(frozen=True)
class RelabellingToCheck(BlindedView):
    """Labels put on at one place that nobody has checked yet."""

    number: str
    change: str
    new_expiry: date
    place: str
    kits: int
    labels_issued: int
    labels_spoiled: int
    labels_destroyed: int
    at: datetime
    put_on_by: str
    account_id: int


@dataclass(frozen=True)
class RelabelCampaign(BlindedView):
    """What is left of a study's extensions at the places a person reaches."""

    kits: tuple[KitToRelabel, ...]
    to_check: tuple[RelabellingToCheck, ...]


_KITS, _LOTS, _SITES, _DEPOTS = table_of(Kit), table_of(BlindedLot), table_of(Site), table_of(Depot)
_CHANGES, _APPROVALS, _DONE = table_of(ExpiryChange), table_of(ExpiryApproval), table_of(Relabelling)
_LABELLED, _CHECKS, _ACCOUNTS = table_of(RelabelledKit), table_of(RelabelCheck), table_of(Account)
_LATER = _CHANGES.alias("later")
LABELLABLE = (Quality.UNRELEASED, Quality.RELEASED, Quality.QUARANTINED)
IN_FORCE = and_(
    _CHANGES.c.new_expiry > _CHANGES.c.old_expiry,
    ~select(_LATER.c.id)
    .where(_LATER.c.blinded_lot_id == _CHANGES.c.blinded_lot_id, _LATER.c.id > _CHANGES.c.id)
    .exists(),
)
_AT_SITE = and_(_KITS.c.custody == Custody.SITE, _SITES.c.id == _KITS.c.place_id)
_AT_DEPOT = and_(_KITS.c.custody == Custody.DEPOT, _DEPOTS.c.id == _KITS.c.place_id)
_WAITING_CHECK = (
    select(func.max(_DONE.c.number))
    .join(_LABELLED, _LABELLED.c.relabelling_id == _DONE.c.id)
    .outerjoin(_CHECKS, _CHECKS.c.relabelling_id == _DONE.c.id)
    .where(_DONE.c.change_id == _CHANGES.c.id, _LABELLED.c.kit_id == _KITS.c.id, _CHECKS.c.id.is_(None))
    .correlate(_CHANGES, _KITS)
    .scalar_subquery()
)
_HERE = or_(
    and_(_KITS.c.custody == Custody.SITE, _KITS.c.place_id.in_(bindparam("sites", expanding=True))),
    and_(_KITS.c.custody == Custody.DEPOT, _KITS.c.place_id.in_(bindparam("depots", expanding=True))),
)
_TO_LABEL = (
    select(
        case((_KITS.c.custody == Custody.SITE, "Site " + _SITES.c.number), else_="Depot " + _DEPOTS.c.code).label(
            "place"
        ),
        _KITS.c.number,
        _LOTS.c.number.label("lot"),
        _CHANGES.c.number.label("change"),
        _KITS.c.expiry,
        _CHANGES.c.new_expiry,
        func.coalesce(_WAITING_CHECK, "").label("waits_for_check"),
    )
    .join(_CHANGES, _CHANGES.c.blinded_lot_id == _KITS.c.blinded_lot_id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .outerjoin(_SITES, _AT_SITE)
    .outerjoin(_DEPOTS, _AT_DEPOT)
    .join(
        _APPROVALS,
        and_(
            _APPROVALS.c.change_id == _CHANGES.c.id,
            _APPROVALS.c.country == func.coalesce(_SITES.c.country, _DEPOTS.c.country),
        ),
    )
    .where(
        _KITS.c.study_id == bindparam("study_id"),
        IN_FORCE,
        _KITS.c.expiry < _CHANGES.c.new_expiry,
        _KITS.c.quality.in_(LABELLABLE),
        _HERE,
    )
    .order_by("place", _KITS.c.number)
)
_TO_CHECK = (
    select(
        _DONE.c.number,
        _CHANGES.c.number.label("change"),
        _CHANGES.c.new_expiry,
        case((_DONE.c.custody == Custody.SITE, "Site " + _SITES.c.number), else_="Depot " + _DEPOTS.c.code).label(
            "place"
        ),
        _DONE.c.labels_used.label("kits"),
        _DONE.c.labels_issued,
        _DONE.c.labels_spoiled,
        _DONE.c.labels_destroyed,
        _DONE.c.at,
        _ACCOUNTS.c.printed_name.label("put_on_by"),
        _DONE.c.account_id,
    )
    .join(_CHANGES, _CHANGES.c.id == _DONE.c.change_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _DONE.c.account_id)
    .outerjoin(_SITES, and_(_DONE.c.custody == Custody.SITE, _SITES.c.id == _DONE.c.place_id))
    .outerjoin(_DEPOTS, and_(_DONE.c.custody == Custody.DEPOT, _DEPOTS.c.id == _DONE.c.place_id))
    .outerjoin(_CHECKS, _CHECKS.c.relabelling_id == _DONE.c.id)
    .where(
        _DONE.c.study_id == bindparam("study_id"),
        _CHECKS.c.id.is_(None),
        IN_FORCE,
        or_(
            and_(_DONE.c.custody == Custody.SITE, _DONE.c.place_id.in_(bindparam("sites", expanding=True))),
            and_(_DONE.c.custody == Custody.DEPOT, _DONE.c.place_id.in_(bindparam("depots", expanding=True))),
        ),
    )
    .order_by(_DONE.c.number)
)
_ALL_SITES = select(_SITES.c.id).where(_SITES.c.study_id == bindparam("study_id"))
_ALL_DEPOTS = select(_DEPOTS.c.id).where(_DEPOTS.c.study_id == bindparam("study_id"))


def places_of(connection: Connection, study_id: int) -> tuple[list[int], list[int]]:
    """Ids of every site and of every depot of a study."""
    of = {"study_id": study_id}
    sites = list(connection.execute(_ALL_SITES, of).scalars())
    return sites, list(connection.execute(_ALL_DEPOTS, of).scalars())


def relabel_campaign(connection: Connection, study_id: int, sites: list[int], depots: list[int]) -> RelabelCampaign:
    """One task for each kit and place, in order of place and kit number, and what waits for a second person."""
    asked = {"study_id": study_id, "sites": sites, "depots": depots}
    kits = tuple(KitToRelabel(**row) for row in connection.execute(_TO_LABEL, asked).mappings())
    to_check = tuple(RelabellingToCheck(**row) for row in connection.execute(_TO_CHECK, asked).mappings())
    return RelabelCampaign(kits, to_check)
