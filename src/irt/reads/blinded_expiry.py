"""Dates of lots and how they changed, and the stock that comes near its date, by lot or by what looks alike."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import BindParameter, Connection, and_, bindparam, case, func, select

from irt.blinding.actor import Actor
from irt.blinding.roles import SEES, DataClass, Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_relabelling import LABELLABLE
from irt.reads.blinded_sites import not_found, study_at
from irt.reads.blinded_supply import approved_version
from irt.states.kit import Accountability, Assignment, Custody
from irt.tables.columns import table_of
from irt.tables.expiry import ExpiryApproval, ExpiryChange
from irt.tables.kit import BlindedLot, Kit
from irt.tables.people import Account
from irt.tables.study import Depot, Site


@dataclass(frozen=True)
class DateChange(BlindedView):
    """One signed change; `countries` may label a later date, `left` kits of the lot still have an earlier one."""

    number: str
    old_expiry: date
    new_expiry: date
    at: datetime
    signed_by: str
    countries: tuple[str, ...]
    left: int

    @property
    def later(self) -> bool:
        """Whether kits need a new label for it."""
        return self.new_expiry > self.old_expiry


@dataclass(frozen=True)
class LotDates(BlindedView):
    """A blinded lot, the date that counts now, and its changes, the newest first."""

    lot: str
    expiry: date
    changes: tuple[DateChange, ...]

    @property
    def extension(self) -> DateChange | None:
        """The change that further countries may approve: the latest one, where it is later."""
        return self.changes[0] if self.changes and self.changes[0].later else None


@dataclass(frozen=True)
class ExpiringLine(BlindedView):
    """Free kits of one name, a lot or a product, at one place, with the same last day of use."""

    name: str
    place: str
    expiry: date
    kits: int


_LOTS, _KITS, _SITES, _DEPOTS = table_of(BlindedLot), table_of(Kit), table_of(Site), table_of(Depot)
_CHANGES, _APPROVALS, _ACCOUNTS = table_of(ExpiryChange), table_of(ExpiryApproval), table_of(Account)
_OF_STUDY: BindParameter[int] = bindparam("study_id")
_ALL = (
    select(_LOTS.c.id, _LOTS.c.number, _LOTS.c.expiry)
    .where(_LOTS.c.study_id == _OF_STUDY)
    .order_by(_LOTS.c.expiry, _LOTS.c.number)
)
_CHANGED = (
    select(_CHANGES, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _CHANGES.c.account_id)
    .where(_CHANGES.c.study_id == _OF_STUDY)
    .order_by(_CHANGES.c.id.desc())
)
_APPROVED = (
    select(_APPROVALS.c.change_id, _APPROVALS.c.country)
    .where(_APPROVALS.c.study_id == _OF_STUDY)
    .order_by(_APPROVALS.c.country)
)
_ON_KITS = (
    select(_KITS.c.blinded_lot_id, _KITS.c.expiry, func.count().label("kits"))
    .where(
        _KITS.c.study_id == _OF_STUDY,
        _KITS.c.custody.in_((Custody.SITE, Custody.DEPOT)),
        _KITS.c.quality.in_(LABELLABLE),
    )
    .group_by(_KITS.c.blinded_lot_id, _KITS.c.expiry)
)
_EXPIRING = (
    select(
        _LOTS.c.number.label("lot"),
        _KITS.c.blinding_group,
        case((_KITS.c.custody == Custody.SITE, "Site " + _SITES.c.number), else_="Depot " + _DEPOTS.c.code).label(
            "place"
        ),
        _KITS.c.expiry,
        func.count().label("kits"),
    )
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .outerjoin(_SITES, and_(_KITS.c.custody == Custody.SITE, _SITES.c.id == _KITS.c.place_id))
    .outerjoin(_DEPOTS, and_(_KITS.c.custody == Custody.DEPOT, _DEPOTS.c.id == _KITS.c.place_id))
    .where(
        _KITS.c.study_id == _OF_STUDY,
        _KITS.c.custody.in_((Custody.SITE, Custody.DEPOT)),
        _KITS.c.assignment == Assignment.FREE,
        _KITS.c.accountability == Accountability.NONE,
        _KITS.c.quality.in_(LABELLABLE),
        _KITS.c.expiry <= bindparam("until"),
    )
    .group_by(_LOTS.c.number, _KITS.c.blinding_group, "place", _KITS.c.expiry)
)


def lots_and_dates(connection: Connection, study_id: int) -> tuple[LotDates, ...]:
    """Every lot of the study by the date it came with; what is inside is not told."""
    asked = {"study_id": study_id}
    countries: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(_APPROVED, asked):
        countries[row.change_id].append(row.country)
    on_kits: dict[int, Counter[date]] = defaultdict(Counter)
    for row in connection.execute(_ON_KITS, asked):
        on_kits[row.blinded_lot_id][row.expiry] = row.kits
    changes: dict[int, list[DateChange]] = defaultdict(list)
    for row in connection.execute(_CHANGED, asked):
        left = sum(kits for day, kits in on_kits[row.blinded_lot_id].items() if day < row.new_expiry)
        dates = (row.number, row.old_expiry, row.new_expiry, row.at, row.printed_name)
        changes[row.blinded_lot_id].append(DateChange(*dates, tuple(countries[row.id]), left))
    return tuple(_dates(row.number, row.expiry, changes[row.id]) for row in connection.execute(_ALL, asked))


def _dates(lot: str, first: date, changes: list[DateChange]) -> LotDates:
    return LotDates(lot, changes[0].new_expiry if changes else first, tuple(changes))


def lot_and_dates(connection: Connection, study_id: int, lot: str) -> LotDates:
    """One lot; NotFound where the study has none of that number."""
    found = next((one for one in lots_and_dates(connection, study_id) if one.lot == lot), None)
    if found is None:
        raise not_found("lot")
    return found


def names_lots(actor: Actor, study_id: int) -> bool:
    """Whether the person reads expiring stock by lot; who plans blinded reads it by what looks alike."""
    grants = (grant for grant in actor.grants if grant.covers(Permission.VIEW_SUPPLY, study_id, None))
    return any(DataClass.SUPPLY_BY_TYPE in SEES[grant.role] for grant in grants)


def expiring_stock(
    connection: Connection, study_id: int, today: date, within_days: int, by_lot: bool
) -> tuple[ExpiringLine, ...]:
    """Free kits at sites and depots whose last day comes within so many days, or has passed; soonest first."""
    asked = {"study_id": study_id, "until": today + timedelta(days=within_days)}
    study = study_at(connection, study_id, approved_version(connection, study_id))
    products = {group.code: group.name for group in study.blinding_groups}
    sums: Counter[tuple[date, str, str]] = Counter()
    for row in connection.execute(_EXPIRING, asked):
        name = row.lot if by_lot else products.get(row.blinding_group, row.blinding_group)
        sums[row.expiry, row.place, name] += row.kits
    return tuple(ExpiringLine(name, place, day, sums[day, place, name]) for day, place, name in sorted(sums))
