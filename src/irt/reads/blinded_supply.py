"""The supply of a study as blinded people may know it: totals, and stock by blinding group."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Select, Table, and_, bindparam, func, null, select

from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.states.kit import Accountability, Assignment, Custody, Quality
from irt.states.records import SiteStatus, VersionStatus
from irt.states.shipment import ShipmentStatus
from irt.states.subject import ON_STUDY_TREATMENT
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.shipment import ResupplyRun, Shipment
from irt.tables.study import Depot, Site, Study, StudyVersion
from irt.tables.subject import Subject

EXPIRING_DAYS = 90
MONTHS_SHOWN = 8
SITES_A_PAGE = 50


@dataclass(frozen=True)
class SupplyFigures(BlindedView):
    """Totals of a study; `last_run` is the day of the last resupply."""

    study_id: int
    study: str
    sites: int
    depots: int
    kits_at_sites: int
    kits_at_depots: int
    in_transit: int
    shipments_under_way: int
    awaiting_approval: int
    quarantined: int
    expiring: int
    subjects: int
    last_run_at: datetime | None
    last_run_shipments: int


@dataclass(frozen=True)
class ExpiryMonth(BlindedView):
    """Unused kits whose last day lies in a month."""

    month: date
    at_sites: int
    at_depots: int


@dataclass(frozen=True)
class GroupStock(BlindedView):
    """Usable kits of one blinding group at one site, and those on their way to it."""

    site: str
    name: str
    country: str
    status: SiteStatus
    product: str
    usable: int
    on_the_way: int
    quarantined: int
    next_expiry: date | None


_KITS, _SITES, _DEPOTS, _STUDIES = table_of(Kit), table_of(Site), table_of(Depot), table_of(Study)
_SHIPMENTS, _RUNS, _SUBJECTS = table_of(Shipment), table_of(ResupplyRun), table_of(Subject)
_VERSIONS = table_of(StudyVersion)
_NOT_GIVEN = and_(
    _KITS.c.accountability == Accountability.NONE,
    _KITS.c.assignment.in_((Assignment.FREE, Assignment.RESERVED, Assignment.PREALLOCATED, Assignment.ASSIGNED)),
)

# SQLite counts in the order of the index of places, so that nothing is sorted; PostgreSQL hashes what it is told.
_ALIKE_UNUSED = {
    "sqlite": (
        *(_KITS.c.place_id, _KITS.c.assignment, _KITS.c.quality),
        *(_KITS.c.blinded_lot_id, _KITS.c.label_group, _KITS.c.expiry),
    ),
    "postgresql": (_KITS.c.place_id, _KITS.c.quality, _KITS.c.expiry),
}


def _unused_at(custody: Custody, place: Table, alike: Sequence[Column[Any]]) -> Select[Any]:
    """Kits not given to anybody, by place, quality and last day, in all places of one kind.

    A study's kits are found through its places, so that the index of places answers without reading the kits' rows.
    """
    places = select(place.c.id).where(place.c.study_id == bindparam("study_id"))
    return (
        select(_KITS.c.quality, _KITS.c.expiry, _KITS.c.place_id, func.count())
        .where(_KITS.c.custody == custody, _KITS.c.place_id.in_(places), _NOT_GIVEN)
        .group_by(*alike)
    )


_UNUSED = {
    database: {
        Custody.SITE: _unused_at(Custody.SITE, _SITES, alike),
        Custody.DEPOT: _unused_at(Custody.DEPOT, _DEPOTS, alike),
        Custody.SHIPMENT: _unused_at(Custody.SHIPMENT, _SHIPMENTS, alike),
        # Not a bare column: the few kits nobody can find are looked at, not all kits of the study.
        Custody.UNKNOWN: select(_KITS.c.quality, _KITS.c.expiry, null(), func.count())
        .where(_KITS.c.custody == Custody.UNKNOWN, _KITS.c.study_id + 0 == bindparam("study_id"), _NOT_GIVEN)
        .group_by(_KITS.c.quality, _KITS.c.expiry),
    }
    for database, alike in _ALIKE_UNUSED.items()
}
_NAME = select(_STUDIES.c.name).where(_STUDIES.c.id == bindparam("study_id"))
_LAST_RUN = (
    select(_RUNS.c.at, _RUNS.c.shipments_proposed)
    .where(_RUNS.c.study_id == bindparam("study_id"))
    .order_by(_RUNS.c.id.desc())
    .limit(1)
)
_APPROVED = select(func.max(_VERSIONS.c.number)).where(
    _VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.status == VersionStatus.APPROVED
)
_UNDER_WAY = (ShipmentStatus.IN_TRANSIT, ShipmentStatus.CUSTOMS_HOLD, ShipmentStatus.DELIVERED)


def approved_version(connection: Connection, study_id: int) -> int:
    """The protocol version in force; NotFound where none is approved yet."""
    number = connection.execute(_APPROVED, {"study_id": study_id}).scalar()
    if number is None:
        raise NotFound("This study has no approved version yet. Have its version approved first.")
    return int(number)


class UnusedKits(NamedTuple):
    """So many kits not given to anybody, alike in where they are, quality and last day."""

    custody: Custody
    quality: Quality
    expiry: date
    place_id: int | None
    kits: int

    @property
    def on_a_shelf(self) -> bool:
        """Whether somebody could take them from a shelf and use them."""
        return self.custody in (Custody.SITE, Custody.DEPOT) and self.quality == Quality.RELEASED


def unused_kits(connection: Connection, study_id: int) -> tuple[UnusedKits, ...]:
    """Every kit of a study that was not given to anybody, counted once for all figures of a page."""
    return tuple(
        UnusedKits(custody, *row)
        for custody, question in _UNUSED[connection.dialect.name].items()
        for row in connection.execute(question, {"study_id": study_id})
    )


def supply_figures(
    connection: Connection, study_id: int, now: datetime, unused: Sequence[UnusedKits]
) -> SupplyFigures:
    """The figures above every supply page."""
    today = now.date()
    soon = today + timedelta(days=EXPIRING_DAYS)

    def kits(custody: Custody, quality: Quality = Quality.RELEASED) -> int:
        return sum(pile.kits for pile in unused if (pile.custody, pile.quality) == (custody, quality))

    shipments = _count(connection, study_id, Shipment)
    run = connection.execute(_LAST_RUN, {"study_id": study_id}).first()
    return SupplyFigures(
        study_id=study_id,
        study=str(connection.execute(_NAME, {"study_id": study_id}).scalar_one()),
        sites=_count(connection, study_id, Site).get(SiteStatus.ACTIVE, 0),
        depots=_depots(connection, study_id),
        kits_at_sites=kits(Custody.SITE),
        kits_at_depots=kits(Custody.DEPOT),
        in_transit=sum(pile.kits for pile in unused if pile.custody == Custody.SHIPMENT),
        shipments_under_way=sum(shipments.get(status, 0) for status in _UNDER_WAY),
        awaiting_approval=shipments.get(ShipmentStatus.AWAITING_APPROVAL, 0),
        quarantined=sum(pile.kits for pile in unused if pile.quality == Quality.QUARANTINED),
        expiring=sum(pile.kits for pile in unused if pile.on_a_shelf and today <= pile.expiry <= soon),
        subjects=sum(_count(connection, study_id, Subject).get(status, 0) for status in ON_STUDY_TREATMENT),
        last_run_at=run.at if run else None,
        last_run_shipments=run.shipments_proposed if run else 0,
    )


def _count(connection: Connection, study_id: int, model: type[Shipment | Site | Subject]) -> dict[str, int]:
    """Rows of a study by status."""
    table = table_of(model)
    question = select(table.c.status, func.count()).where(table.c.study_id == study_id).group_by(table.c.status)
    return {row[0]: row[1] for row in connection.execute(question)}


def _depots(connection: Connection, study_id: int) -> int:
    question = select(func.count()).select_from(_DEPOTS).where(_DEPOTS.c.study_id == study_id)
    return int(connection.execute(question).scalar_one())


def expiry_months(unused: Sequence[UnusedKits], now: datetime) -> tuple[ExpiryMonth, ...]:
    """Unused, usable kits by the month of their last day, from this month on; the last one holds all later."""
    today = now.date()
    months = [_month_after(today.replace(day=1), ahead) for ahead in range(MONTHS_SHOWN)]
    found: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for pile in unused:
        if pile.on_a_shelf and pile.expiry >= today:
            found[min(pile.expiry.replace(day=1), months[-1])][pile.custody] += pile.kits
    return tuple(ExpiryMonth(m, found[m][Custody.SITE], found[m][Custody.DEPOT]) for m in months)


def _month_after(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


_ALIKE = (_SITES.c.number, _KITS.c.blinding_group, _KITS.c.custody, _KITS.c.quality)
_GROUPED = (
    select(*_ALIKE, func.count().label("kits"), func.min(_KITS.c.expiry).label("next_expiry"))
    .where(_NOT_GIVEN, _SITES.c.id.in_(bindparam("sites", expanding=True)))
    .group_by(*_ALIKE)
)
_HERE = _GROUPED.join(_KITS, and_(_KITS.c.custody == Custody.SITE, _KITS.c.place_id == _SITES.c.id))
_COMING = _GROUPED.join(_SHIPMENTS, _SHIPMENTS.c.site_id == _SITES.c.id).join(
    _KITS, and_(_KITS.c.custody == Custody.SHIPMENT, _KITS.c.place_id == _SHIPMENTS.c.id)
)
_PAGE = (
    select(_SITES.c.id, _SITES.c.number, _SITES.c.name, _SITES.c.country, _SITES.c.status)
    .where(_SITES.c.study_id == bindparam("study_id"), _SITES.c.number > bindparam("after"))
    .where(_SITES.c.status != SiteStatus.PLANNED)
    .order_by(_SITES.c.number)
    .limit(SITES_A_PAGE + 1)
)


def stock_by_group(
    connection: Connection, study_id: int, groups: Sequence[tuple[str, str]], after: str
) -> tuple[tuple[GroupStock, ...], str]:
    """Stock of a page of sites by blinding group (code, name), and the mark of the next page, empty at the end."""
    sites = connection.execute(_PAGE, {"study_id": study_id, "after": after}).all()
    shown, following = sites[:SITES_A_PAGE], sites[SITES_A_PAGE:]
    asked = {"sites": [site.id for site in shown]}
    counted = [row for question in (_HERE, _COMING) for row in connection.execute(question, asked)] if shown else []
    rows = []
    for site in shown:
        for code, name in groups:
            mine = [row for row in counted if (row.number, row.blinding_group) == (site.number, code)]
            usable = [row for row in mine if (row.custody, row.quality) == (Custody.SITE, Quality.RELEASED)]
            rows.append(
                GroupStock(
                    site=site.number,
                    name=site.name,
                    country=site.country,
                    status=SiteStatus(site.status),
                    product=name,
                    usable=sum(row.kits for row in usable),
                    on_the_way=sum(row.kits for row in mine if row.custody == Custody.SHIPMENT),
                    quarantined=sum(row.kits for row in mine if row.quality == Quality.QUARANTINED),
                    next_expiry=min((row.next_expiry for row in usable), default=None),
                )
            )
    return tuple(rows), shown[-1].number if following else ""
