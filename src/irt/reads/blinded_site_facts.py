"""The facts a worklist is made from: one question for each kind of record, over all sites a person reaches."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, and_, bindparam, case, func, select

from irt.blinding.actor import Actor
from irt.reads.blinded_draws import DrawsOwed, draws_owed
from irt.reads.blinded_home_tasks import home_bound
from irt.reads.blinded_label_tasks import LabelsOwed, labels_owed
from irt.reads.blinded_outage_tasks import outage_owed
from irt.reads.blinded_sites import WorkSite, study_at
from irt.reads.blinded_tasks import (
    EXPIRY_AHEAD_DAYS,
    Coming,
    HomeBound,
    KnownSubject,
    OpenDispensing,
    OutageOwed,
    SiteFacts,
    rights_at,
)
from irt.reads.blinded_visits import recorded_visits
from irt.states.kit import Accountability, Assignment, Custody, Quality
from irt.states.records import DispensingStatus, KitCheck
from irt.states.shipment import OPEN, ShipmentStatus
from irt.states.subject import NOT_INCLUDED, SubjectStatus
from irt.study.blinded import BlindedStudy
from irt.tables.columns import table_of
from irt.tables.expiry import ExpiryChange
from irt.tables.kit import DispensedKit, Dispensing, Kit
from irt.tables.outage import OutagePack
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.subject import DispensingOrder, Subject, Visit

_SUBJECTS, _VISITS, _ORDERS = table_of(Subject), table_of(Visit), table_of(DispensingOrder)
_DISPENSINGS, _LINES, _KITS = table_of(Dispensing), table_of(DispensedKit), table_of(Kit)
_SHIPMENTS, _PACKED = table_of(Shipment), table_of(ShipmentKit)

_HERE: BindParameter[Any] = bindparam("sites", expanding=True)
_CHANGES, _PACKS = table_of(ExpiryChange), table_of(OutagePack)
# Most studies have neither: one question for what is rare.
_RARE = select(
    select(_CHANGES.c.id)
    .where(_CHANGES.c.study_id.in_(bindparam("studies", expanding=True)))
    .exists()
    .label("changes"),
    select(_PACKS.c.id).where(_PACKS.c.site_id.in_(_HERE)).exists().label("packs"),
)
_PEOPLE = (
    select(
        _SUBJECTS.c.id,
        _SUBJECTS.c.site_id,
        _SUBJECTS.c.number,
        _SUBJECTS.c.status,
        _SUBJECTS.c.dose_level,
        _SUBJECTS.c.screened_on,
        _SUBJECTS.c.run_in_on,
        _SUBJECTS.c.randomized_on,
    )
    .where(_SUBJECTS.c.site_id.in_(_HERE), _SUBJECTS.c.status.not_in(NOT_INCLUDED))
    .order_by(_SUBJECTS.c.number)
)
_OPEN = (
    select(
        _DISPENSINGS.c.id,
        _DISPENSINGS.c.site_id,
        _DISPENSINGS.c.assigned_at,
        _SUBJECTS.c.number,
        _VISITS.c.code,
        _VISITS.c.occurrence,
        func.count(_LINES.c.id).label("kits"),
        func.sum(case((_LINES.c.status == KitCheck.CHECKED, 1), else_=0)).label("checked"),
    )
    .join(_SUBJECTS, _SUBJECTS.c.id == _DISPENSINGS.c.subject_id)
    .join(_VISITS, _VISITS.c.id == _DISPENSINGS.c.visit_id)
    .join(
        _LINES,
        and_(
            _LINES.c.dispensing_id == _DISPENSINGS.c.id,
            _LINES.c.status.in_((KitCheck.WAITING, KitCheck.CHECKED)),
        ),
    )
    .where(_DISPENSINGS.c.site_id.in_(_HERE), _DISPENSINGS.c.status == DispensingStatus.ASSIGNED)
    .group_by(
        _DISPENSINGS.c.id,
        _DISPENSINGS.c.site_id,
        _DISPENSINGS.c.assigned_at,
        _SUBJECTS.c.number,
        _VISITS.c.code,
        _VISITS.c.occurrence,
    )
)
_SIGNED = (
    select(
        _SUBJECTS.c.site_id,
        _ORDERS.c.subject_id,
        _ORDERS.c.visit_code,
        _ORDERS.c.occurrence,
        func.max(_ORDERS.c.at).label("at"),
    )
    .join(_SUBJECTS, _SUBJECTS.c.id == _ORDERS.c.subject_id)
    .where(
        _SUBJECTS.c.site_id.in_(_HERE),
        ~select(_DISPENSINGS.c.id).where(_DISPENSINGS.c.order_id == _ORDERS.c.id).exists(),
    )
    .group_by(_SUBJECTS.c.site_id, _ORDERS.c.subject_id, _ORDERS.c.visit_code, _ORDERS.c.occurrence)
)
_WITH_SUBJECTS = (
    select(
        _SUBJECTS.c.site_id,
        _SUBJECTS.c.id,
        _SUBJECTS.c.number,
        func.count().label("kits"),
        func.sum(case((_KITS.c.quality.in_((Quality.RECALLED, Quality.QUARANTINED)), 1), else_=0)).label("barred"),
    )
    # Not a bare column: the kits of a site's few subjects are looked at, not those of all subjects everywhere.
    .join(_KITS, and_(_KITS.c.place_id == _SUBJECTS.c.id + 0, _KITS.c.custody == Custody.SUBJECT))
    .where(_SUBJECTS.c.site_id.in_(_HERE), _KITS.c.accountability == Accountability.OUTSTANDING)
    .group_by(_SUBJECTS.c.site_id, _SUBJECTS.c.id, _SUBJECTS.c.number)
)
_COMING = (
    select(
        _SHIPMENTS.c.site_id,
        _SHIPMENTS.c.number,
        _SHIPMENTS.c.status,
        _SHIPMENTS.c.storage,
        _SHIPMENTS.c.expected_on,
        _SHIPMENTS.c.delivered_at,
        func.count(_PACKED.c.id).label("kits"),
    )
    .outerjoin(_PACKED, _PACKED.c.shipment_id == _SHIPMENTS.c.id)
    .where(
        _SHIPMENTS.c.site_id.in_(_HERE),
        _SHIPMENTS.c.status.in_(sorted({*OPEN, ShipmentStatus.RECEIVED_PARTLY} - {ShipmentStatus.PROPOSED})),
    )
    .group_by(
        _SHIPMENTS.c.id,
        _SHIPMENTS.c.site_id,
        _SHIPMENTS.c.number,
        _SHIPMENTS.c.status,
        _SHIPMENTS.c.storage,
        _SHIPMENTS.c.expected_on,
        _SHIPMENTS.c.delivered_at,
    )
    .order_by(_SHIPMENTS.c.number)
)
# Stock by expiry date: a date compared in the site's own zone cannot be compared in the database.
_STOCK = (
    select(
        _KITS.c.place_id.label("site_id"),
        _KITS.c.blinding_group,
        _KITS.c.quality,
        _KITS.c.expiry,
        func.count().label("kits"),
    )
    .where(
        _KITS.c.custody == Custody.SITE,
        _KITS.c.place_id.in_(_HERE),
        _KITS.c.assignment.in_((Assignment.FREE, Assignment.PREALLOCATED, Assignment.REVERSED)),
        _KITS.c.accountability == Accountability.NONE,
    )
    .group_by(_KITS.c.place_id, _KITS.c.blinding_group, _KITS.c.quality, _KITS.c.expiry)
)
_ON_WAY = (
    select(_SHIPMENTS.c.site_id, _KITS.c.blinding_group, func.count().label("kits"))
    .join(_PACKED, _PACKED.c.shipment_id == _SHIPMENTS.c.id)
    .join(_KITS, _KITS.c.id == _PACKED.c.kit_id)
    .where(_SHIPMENTS.c.site_id.in_(_HERE), _SHIPMENTS.c.status.in_(sorted(OPEN - {ShipmentStatus.PROPOSED})))
    .group_by(_SHIPMENTS.c.site_id, _KITS.c.blinding_group)
)


@dataclass(slots=True)
class StockOfGroup:
    """Kits of one blinding group at one site."""

    usable: int = 0
    on_way: int = 0
    next_expiry: date | None = None


@dataclass(slots=True)
class StockHere:
    """The stock of one site, by blinding group, and what is apart from it."""

    groups: dict[str, StockOfGroup] = field(default_factory=lambda: defaultdict(StockOfGroup))
    expired: int = 0
    quarantined: int = 0
    expiring: int = 0
    first_expiring: date | None = None

    def add(self, row: RowMapping, today: date) -> None:
        """Counts kits of one group, quality and expiry date."""
        if row["quality"] == Quality.QUARANTINED:
            self.quarantined += row["kits"]
        if row["quality"] != Quality.RELEASED:
            return
        expiry: date = row["expiry"]
        if expiry < today:
            self.expired += row["kits"]
            return
        group = self.groups[row["blinding_group"]]
        group.usable += row["kits"]
        group.next_expiry = min(expiry, group.next_expiry or expiry)
        if expiry <= today + timedelta(days=EXPIRY_AHEAD_DAYS):
            self.expiring += row["kits"]
            self.first_expiring = min(expiry, self.first_expiring or expiry)


@dataclass(frozen=True, slots=True)
class SiteAndStock:
    """One site with its tasks' facts and its stock."""

    facts: SiteFacts
    stock: StockHere


def facts_of_sites(
    connection: Connection, actor: Actor, sites: Sequence[WorkSite], now: datetime
) -> list[SiteAndStock]:
    """Everything a worklist needs, in a fixed number of questions however many sites there are."""
    if not sites:
        return []
    rows = _Rows(connection, [site.site_id for site in sites])
    people = rows.by_site(_PEOPLE)
    # Only subjects in run-in or randomized are expected at visits: the others' visits are not read.
    expected = [row["id"] for found in people.values() for row in found if row["run_in_on"] or row["randomized_on"]]
    recorded = recorded_visits(connection, expected) if expected else {}
    draws = draws_owed(connection, sites)
    asked = {"sites": [site.site_id for site in sites], "studies": sorted({site.study_id for site in sites})}
    rare = connection.execute(_RARE, asked).one()
    labels = labels_owed(connection, sites, actor.account_id) if rare.changes else {}
    packs = outage_owed(connection, sites, actor.account_id) if rare.packs else {}
    studies = {site.site_id: study_at(connection, site.study_id, site.version) for site in sites}
    homes = home_bound(connection, [site for site in sites if studies[site.site_id].delivery])
    questions = {
        name: rows.by_site(statement)
        for name, statement in {
            "open": _OPEN,
            "signed": _SIGNED,
            "with_subjects": _WITH_SUBJECTS,
            "coming": _COMING,
            "stock": _STOCK,
            "on_way": _ON_WAY,
        }.items()
    }
    found = []
    for site in sites:
        here = {name: answer.get(site.site_id, []) for name, answer in questions.items()}
        study = studies[site.site_id]
        stock = _stock(here["stock"], here["on_way"], site.today(now))
        subjects = [_subject(row) for row in people.get(site.site_id, [])]
        owed = labels.get(site.site_id, ())
        bound = homes.get(site.site_id, ())
        out = packs.get(site.site_id, ())
        facts = _facts(actor, site, study, now, here, subjects, recorded, draws, stock, owed, bound, out)
        found.append(SiteAndStock(facts, stock))
    return found


class _Rows:
    """Answers of questions about the same sites, by site."""

    def __init__(self, connection: Connection, sites: list[int]) -> None:
        self._connection, self._sites = connection, sites

    def by_site(self, statement: Any) -> dict[int, list[RowMapping]]:
        found: dict[int, list[RowMapping]] = defaultdict(list)
        for row in self._connection.execute(statement, {"sites": self._sites}).mappings():
            found[row["site_id"]].append(row)
        return found


def _facts(
    actor: Actor,
    site: WorkSite,
    study: BlindedStudy,
    now: datetime,
    here: Mapping[str, Sequence[RowMapping]],
    subjects: Sequence[KnownSubject],
    recorded: Mapping[int, Any],
    draws: DrawsOwed,
    stock: StockHere,
    labels: Sequence[LabelsOwed],
    homes: Sequence[HomeBound],
    packs: Sequence[OutageOwed],
) -> SiteFacts:
    away = {one.id for one in homes}
    signed = {(row["subject_id"], row["visit_code"], row["occurrence"]): row["at"] for row in here["signed"]}
    return SiteFacts(
        site=site,
        study=study,
        today=site.today(now),
        subjects=subjects,
        recorded=recorded,
        dispensings=[_open(row) for row in here["open"] if row["id"] not in away],
        orders=signed,
        outstanding={row["id"]: row["kits"] for row in here["with_subjects"]},
        called_back={row["number"]: int(row["barred"]) for row in here["with_subjects"] if row["barred"]},
        draws=draws,
        shipments=[_coming(row) for row in here["coming"]],
        expiring=(stock.expiring, stock.first_expiring) if stock.first_expiring else None,
        expired=stock.expired,
        quarantined=stock.quarantined,
        labels=labels,
        homes=homes,
        packs=packs,
        rights=rights_at(actor, site),
    )


def _stock(rows: Sequence[RowMapping], on_way: Sequence[RowMapping], today: date) -> StockHere:
    stock = StockHere()
    for row in rows:
        stock.add(row, today)
    for row in on_way:
        stock.groups[row["blinding_group"]].on_way += row["kits"]
    return stock


def _subject(row: RowMapping) -> KnownSubject:
    return KnownSubject(
        row["id"],
        row["number"],
        SubjectStatus(row["status"]),
        row["dose_level"],
        row["screened_on"],
        row["run_in_on"],
        row["randomized_on"],
    )


def _open(row: RowMapping) -> OpenDispensing:
    return OpenDispensing(
        row["id"],
        row["number"],
        row["code"],
        row["occurrence"],
        row["kits"],
        int(row["checked"]),
        row["assigned_at"],
    )


def _coming(row: RowMapping) -> Coming:
    return Coming(
        row["number"],
        ShipmentStatus(row["status"]),
        storage_words(row["storage"]),
        row["kits"],
        row["expected_on"],
        row["delivered_at"],
    )


_STORAGE = {"2-8C": "2–8 °C", "15-25C": "15–25 °C"}


def storage_words(storage: str) -> str:
    """2–8 °C, frozen."""
    return _STORAGE.get(storage, storage)
