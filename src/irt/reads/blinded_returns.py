"""Kits that subjects have: who has how many, and what came back of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, and_, bindparam, func, or_, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import WorkSite, sites_reached
from irt.reads.blinded_subject import SubjectHere, subject_here
from irt.states.kit import Accountability, Custody
from irt.states.records import KitCheck, KitFate
from irt.states.subject import SubjectStatus
from irt.study.schedule import visit_name
from irt.supply.returns import KitAccount, Returned, account_of
from irt.tables.columns import table_of
from irt.tables.kit import DispensedKit, Dispensing, Kit, KitReturn
from irt.tables.people import Account
from irt.tables.returning import HomePickup
from irt.tables.subject import Subject, Visit

ROWS_MAX = 200


@dataclass(frozen=True, slots=True)
class SubjectWithKits:
    """A subject who has kits."""

    study_id: int
    study: str
    site: str
    number: str
    status: SubjectStatus
    kits: int
    since: date | None


@dataclass(frozen=True)
class ReturnsView(BlindedView):
    """Every subject with kits at the person's sites, longest waiting first."""

    rows: tuple[SubjectWithKits, ...]
    kits: int
    more: int


@dataclass(frozen=True, slots=True)
class KitOut:
    """One kit the subject has."""

    number: str
    name: str
    visit: str
    given_on: date | None


@dataclass(frozen=True, slots=True)
class KitBack:
    """What came back of one kit, by the latest count: its fate, or its units."""

    number: str
    fate: KitFate | None
    units_returned: int | None
    units_used: int | None
    units_lost: int | None
    units_damaged: int | None
    on_day: date
    at: datetime
    person: str


@dataclass(frozen=True)
class SubjectReturnsView(BlindedView):
    """The kits of one subject: those to take back, and those that came back."""

    study_id: int
    site_id: int
    study: str
    zone: str
    today: date
    address: str
    subject: str
    counted_in: str
    out: tuple[KitOut, ...]
    back: tuple[KitBack, ...]
    account: KitAccount
    collects: bool = False


_SUBJECTS, _KITS, _VISITS = table_of(Subject), table_of(Kit), table_of(Visit)
_LINES, _DISPENSINGS = table_of(DispensedKit), table_of(Dispensing)
_RETURNS, _ACCOUNTS, _PICKUPS = table_of(KitReturn), table_of(Account), table_of(HomePickup)
_GIVEN = (KitCheck.HANDED_OVER, KitCheck.MISALLOCATED)
_IS_OUT = and_(_KITS.c.custody == Custody.SUBJECT, _KITS.c.accountability == Accountability.OUTSTANDING)
_WITH_CARRIER = and_(
    _KITS.c.custody == Custody.SHIPMENT,
    _KITS.c.accountability == Accountability.OUTSTANDING,
    _KITS.c.place_id.in_(select(_PICKUPS.c.shipment_id).where(_PICKUPS.c.subject_id == bindparam("subject_id"))),
)
"""Collected at home and not counted at the site yet."""
_WHO_HAS = (
    select(
        _SUBJECTS.c.study_id,
        _SUBJECTS.c.site_id,
        _SUBJECTS.c.number,
        _SUBJECTS.c.status,
        func.count(_KITS.c.id.distinct()).label("kits"),
        func.min(_VISITS.c.held_on).label("since"),
    )
    .join(_KITS, and_(_KITS.c.place_id == _SUBJECTS.c.id, _IS_OUT))
    .outerjoin(_LINES, and_(_LINES.c.kit_id == _KITS.c.id, _LINES.c.status.in_(_GIVEN)))
    .outerjoin(_DISPENSINGS, _DISPENSINGS.c.id == _LINES.c.dispensing_id)
    .outerjoin(_VISITS, _VISITS.c.id == _DISPENSINGS.c.visit_id)
    .where(_SUBJECTS.c.site_id.in_(bindparam("sites", expanding=True)))
    .group_by(_SUBJECTS.c.id, _SUBJECTS.c.study_id, _SUBJECTS.c.site_id, _SUBJECTS.c.number, _SUBJECTS.c.status)
    .order_by(func.min(_VISITS.c.held_on), _SUBJECTS.c.number)
)
_HAS = (
    select(_KITS.c.number, _KITS.c.blinding_group, _VISITS.c.code, _VISITS.c.occurrence, _VISITS.c.held_on)
    .outerjoin(_LINES, and_(_LINES.c.kit_id == _KITS.c.id, _LINES.c.status.in_(_GIVEN)))
    .outerjoin(_DISPENSINGS, _DISPENSINGS.c.id == _LINES.c.dispensing_id)
    .outerjoin(_VISITS, _VISITS.c.id == _DISPENSINGS.c.visit_id)
    .where(or_(and_(_KITS.c.place_id == bindparam("subject_id"), _IS_OUT), _WITH_CARRIER))
    .order_by(_VISITS.c.held_on, _KITS.c.number)
)
_EVER_GIVEN = (
    select(func.count(_LINES.c.kit_id.distinct()))
    .join(_DISPENSINGS, _DISPENSINGS.c.id == _LINES.c.dispensing_id)
    .where(_DISPENSINGS.c.subject_id == bindparam("subject_id"), _LINES.c.status.in_(_GIVEN))
)
_CAME_BACK = (
    select(_RETURNS, _KITS.c.number, _ACCOUNTS.c.printed_name)
    .join(_KITS, _KITS.c.id == _RETURNS.c.kit_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _RETURNS.c.account_id)
    .where(_RETURNS.c.subject_id == bindparam("subject_id"))
    .order_by(_RETURNS.c.id)
)


def returns_page(
    connection: Connection, actor: Actor, *, study_id: int | None = None, site_id: int | None = None
) -> ReturnsView:
    """Who has kits, over the person's sites or at the one chosen."""
    sites = {
        site.site_id: site
        for site in sites_reached(connection, actor, Permission.TAKE_BACK)
        if study_id in (None, site.study_id) and site_id in (None, site.site_id)
    }
    rows = connection.execute(_WHO_HAS, {"sites": list(sites)}).mappings().all() if sites else []
    found = [_subject(row, sites[row["site_id"]]) for row in rows[:ROWS_MAX]]
    return ReturnsView(tuple(found), sum(row["kits"] for row in rows), max(0, len(rows) - ROWS_MAX))


def _subject(row: RowMapping, site: WorkSite) -> SubjectWithKits:
    return SubjectWithKits(
        site.study_id,
        site.study,
        site.site,
        row["number"],
        SubjectStatus(row["status"]),
        row["kits"],
        row["since"],
    )


def subject_returns(
    connection: Connection, actor: Actor, study_id: int, number: str, now: datetime
) -> SubjectReturnsView:
    """The kits of one subject."""
    subject = subject_here(connection, actor, study_id, number, Permission.TAKE_BACK)
    asked = {"subject_id": subject.id}
    counted_in = subject.study.conduct.returns_counted_in
    out = tuple(_out(row, subject) for row in connection.execute(_HAS, asked).mappings())
    back = _back(connection.execute(_CAME_BACK, asked).mappings().all())
    given = int(connection.execute(_EVER_GIVEN, asked).scalar_one())
    return SubjectReturnsView(
        study_id=study_id,
        site_id=subject.site.site_id,
        study=subject.site.study,
        zone=subject.site.zone,
        today=subject.site.today(now),
        address=subject.address,
        subject=subject.number,
        counted_in=counted_in,
        out=out,
        back=back,
        account=account_of(counted_in, given, len(out), (_returned(kit) for kit in back)),
        collects=subject.study.delivery is not None,
    )


def _out(row: RowMapping, subject: SubjectHere) -> KitOut:
    names = {group.code: group.name for group in subject.study.blinding_groups}
    visit = visit_name(subject.study, row["code"], row["occurrence"]) if row["code"] else ""
    return KitOut(row["number"], names[row["blinding_group"]], visit, row["held_on"])


def _returned(kit: KitBack) -> Returned:
    return Returned(kit.fate, kit.units_returned, kit.units_used, kit.units_lost, kit.units_damaged)


def _back(rows: Sequence[RowMapping]) -> tuple[KitBack, ...]:
    """One line a kit: the latest count is the one that holds."""
    latest = {row["number"]: row for row in rows}
    return tuple(
        KitBack(
            row["number"],
            None if row["fate"] is None else KitFate(row["fate"]),
            row["units_returned"],
            row["units_used"],
            row["units_lost"],
            row["units_damaged"],
            row["on_day"],
            row["at"],
            row["printed_name"],
        )
        for row in sorted(latest.values(), key=lambda row: (row["at"], row["number"]), reverse=True)
    )
