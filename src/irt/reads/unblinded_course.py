"""What became of a study as its rows tell it: draws, kits given, consignments, and where every kit is.

With treatments, so for services and for proofs that compare a study with its simulation.
"""

from collections import Counter
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, Row, and_, bindparam, func, or_, select

from irt.states.home_delivery import ENDED_IN_VAIN
from irt.states.kit import Assignment, Custody, Quality
from irt.states.records import KitCheck, SiteStatus
from irt.states.shipment import ShipmentStatus
from irt.tables.columns import table_of
from irt.tables.home import HomeDelivery
from irt.tables.kit import BlindedLot, DispensedKit, Dispensing, Kit
from irt.tables.secret import KitContent, TreatmentAssignment
from irt.tables.shipment import Shipment, ShipmentKit, ShipmentStep
from irt.tables.study import Depot, Site
from irt.tables.subject import Randomization, Subject, Visit

_RANDOMIZATIONS, _TREATMENTS, _SUBJECTS = table_of(Randomization), table_of(TreatmentAssignment), table_of(Subject)
_DISPENSINGS, _DISPENSED, _VISITS = table_of(Dispensing), table_of(DispensedKit), table_of(Visit)
_KITS, _LOTS, _CONTENTS = table_of(Kit), table_of(BlindedLot), table_of(KitContent)
_SHIPMENTS, _SHIPPED, _STEPS = table_of(Shipment), table_of(ShipmentKit), table_of(ShipmentStep)
_SITES, _DEPOTS = table_of(Site), table_of(Depot)
_TARGETS = _DEPOTS.alias("target")
_HOMES = table_of(HomeDelivery)
_STUDY: BindParameter[int] = bindparam("study_id")

ENDED = frozenset({ShipmentStatus.DELIVERED, ShipmentStatus.RECEIVED, ShipmentStatus.LOST})
Piles = Counter[tuple[str, str]]
"""(kit type, blinded lot) -> kits."""


class Draw(NamedTuple):
    """A randomization: the subject, its site, when, and the arm."""

    at: datetime
    site: str
    subject: str
    arm: str


class Given(NamedTuple):
    """Kits handed over at a visit."""

    at: datetime
    site: str
    subject: str
    visit: str
    kits: Piles


class Consignment(NamedTuple):
    """Goods sent to a site or a regional depot, with all that was ever in the parcel.

    `ended_at`: when they were delivered and received, or known to be lost.
    """

    number: str
    raised_at: datetime
    depot: str
    place: str
    dispatch_on: date
    status: ShipmentStatus
    ended_at: datetime | None
    kits: Piles


class Pile(NamedTuple):
    """Kits that are alike: where (a place, "to " a place, or a word), of what, until when."""

    where: str
    kit_type: str
    lot: str
    expiry: date


_DRAWS = (
    select(_RANDOMIZATIONS.c.at, _SITES.c.number.label("site"), _SUBJECTS.c.number, _TREATMENTS.c.arm)
    .join(_TREATMENTS, _TREATMENTS.c.randomization_id == _RANDOMIZATIONS.c.id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _RANDOMIZATIONS.c.subject_id)
    .join(_SITES, _SITES.c.id == _RANDOMIZATIONS.c.site_id)
    .where(_RANDOMIZATIONS.c.study_id == _STUDY)
    .order_by(_RANDOMIZATIONS.c.id)
)


def draws(connection: Connection, study_id: int) -> list[Draw]:
    """Every randomization, in order."""
    return [Draw(*row) for row in connection.execute(_DRAWS, {"study_id": study_id})]


_GIVEN = (
    select(
        _DISPENSINGS.c.id,
        _DISPENSINGS.c.assigned_at,
        _SITES.c.number.label("site"),
        _SUBJECTS.c.number.label("subject"),
        _VISITS.c.code,
        _CONTENTS.c.kit_type,
        _LOTS.c.number.label("lot"),
        func.count().label("kits"),
    )
    .join(_SITES, _SITES.c.id == _DISPENSINGS.c.site_id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _DISPENSINGS.c.subject_id)
    .join(_VISITS, _VISITS.c.id == _DISPENSINGS.c.visit_id)
    .join(_DISPENSED, _DISPENSED.c.dispensing_id == _DISPENSINGS.c.id)
    .join(_KITS, _KITS.c.id == _DISPENSED.c.kit_id)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .outerjoin(_HOMES, _HOMES.c.dispensing_id == _DISPENSINGS.c.id)
    .where(
        _DISPENSINGS.c.study_id == _STUDY,
        or_(
            _DISPENSED.c.status == KitCheck.HANDED_OVER,
            and_(_DISPENSED.c.status == KitCheck.WAITING, _HOMES.c.status.not_in(sorted(ENDED_IN_VAIN))),
        ),
    )
    .group_by(
        _DISPENSINGS.c.id,
        _SITES.c.number,
        _SUBJECTS.c.number,
        _VISITS.c.code,
        _CONTENTS.c.kit_type,
        _LOTS.c.number,
    )
    .order_by(_DISPENSINGS.c.id)
)


def kits_given(connection: Connection, study_id: int) -> list[Given]:
    """Every visit at which kits were handed over, or set apart for a home, in order of their assignment."""
    found: dict[int, Given] = {}
    for key, at, site, subject, visit, kit_type, lot, kits in connection.execute(_GIVEN, {"study_id": study_id}):
        found.setdefault(key, Given(at, site, subject, visit, Counter())).kits[kit_type, lot] += kits
    return [*found.values()]


_ENDED_AT = (
    select(func.max(_STEPS.c.occurred_at))
    .where(_STEPS.c.shipment_id == _SHIPMENTS.c.id, _STEPS.c.status.in_(sorted(ENDED)))
    .correlate(_SHIPMENTS)
    .scalar_subquery()
)
_SENT = (
    select(
        _SHIPMENTS.c.number,
        _SHIPMENTS.c.raised_at,
        _DEPOTS.c.code.label("depot"),
        func.coalesce(_SITES.c.number, _TARGETS.c.code).label("place"),
        _SHIPMENTS.c.dispatch_on,
        _SHIPMENTS.c.status,
        _ENDED_AT.label("ended_at"),
        _CONTENTS.c.kit_type,
        _LOTS.c.number.label("lot"),
    )
    .join(_DEPOTS, _DEPOTS.c.id == _SHIPMENTS.c.origin_depot_id)
    .outerjoin(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .outerjoin(_TARGETS, _TARGETS.c.id == _SHIPMENTS.c.target_depot_id)
    .join(_SHIPPED, _SHIPPED.c.shipment_id == _SHIPMENTS.c.id)
    .join(_KITS, _KITS.c.id == _SHIPPED.c.kit_id)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(_SHIPMENTS.c.study_id == _STUDY, _SHIPMENTS.c.subject_id.is_(None))
    .order_by(_SHIPMENTS.c.id)
)
_NUMBERED = _SENT.where(_SHIPMENTS.c.number.in_(bindparam("numbers", expanding=True)))


def consignments(connection: Connection, study_id: int, numbers: list[str] | None = None) -> list[Consignment]:
    """Consignments to sites and regional depots in the order they were raised: all, or those of these numbers."""
    statement, asked = (_SENT, {}) if numbers is None else (_NUMBERED, {"numbers": numbers})
    found: dict[str, Consignment] = {}
    for row in connection.execute(statement, {"study_id": study_id, **asked}).mappings():
        facts = {name: row[name] for name in Consignment._fields if name != "kits"}
        one = found.setdefault(row["number"], Consignment(**facts, kits=Counter()))
        one.kits[row["kit_type"], row["lot"]] += 1
    return [*found.values()]


_AWAITED = (
    select(_KITS.c.number)
    .join(_SHIPPED, _SHIPPED.c.kit_id == _KITS.c.id)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _SHIPPED.c.shipment_id)
    .where(
        _SHIPMENTS.c.study_id == _STUDY, _SHIPMENTS.c.number == bindparam("number"), _SHIPPED.c.outcome.is_(None)
    )
    .order_by(_KITS.c.number)
)


def kits_awaited(connection: Connection, study_id: int, number: str) -> list[str]:
    """Numbers of the kits that are still to arrive with a consignment."""
    return list(connection.execute(_AWAITED, {"study_id": study_id, "number": number}).scalars())


_WHEREABOUTS = (
    select(
        _KITS.c.custody,
        _KITS.c.quality,
        _KITS.c.assignment,
        func.coalesce(_SITES.c.number, _DEPOTS.c.code).label("place"),
        (_SITES.c.status == SiteStatus.CLOSED).label("closed"),
        _CONTENTS.c.kit_type,
        _LOTS.c.number.label("lot"),
        _KITS.c.expiry,
        func.count().label("kits"),
    )
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .outerjoin(_SITES, (_SITES.c.id == _KITS.c.place_id) & (_KITS.c.custody == Custody.SITE))
    .outerjoin(_DEPOTS, (_DEPOTS.c.id == _KITS.c.place_id) & (_KITS.c.custody == Custody.DEPOT))
    .where(_KITS.c.study_id == _STUDY)
    .group_by(
        _KITS.c.custody,
        _KITS.c.quality,
        _KITS.c.assignment,
        _SITES.c.number,
        _SITES.c.status,
        _DEPOTS.c.code,
        _CONTENTS.c.kit_type,
        _LOTS.c.number,
        _KITS.c.expiry,
    )
)
_COMING = (
    select(
        func.coalesce(_SITES.c.number, _TARGETS.c.code).label("place"),
        _CONTENTS.c.kit_type,
        _LOTS.c.number.label("lot"),
        _KITS.c.expiry,
        func.count().label("kits"),
    )
    .join(_SHIPPED, _SHIPPED.c.shipment_id == _SHIPMENTS.c.id)
    .join(_KITS, _KITS.c.id == _SHIPPED.c.kit_id)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .outerjoin(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .outerjoin(_TARGETS, _TARGETS.c.id == _SHIPMENTS.c.target_depot_id)
    .where(
        _SHIPMENTS.c.study_id == _STUDY,
        _SHIPMENTS.c.subject_id.is_(None),
        _SHIPPED.c.outcome.is_(None),
        _KITS.c.quality == Quality.RELEASED,
    )
    .group_by(_SITES.c.number, _TARGETS.c.code, _CONTENTS.c.kit_type, _LOTS.c.number, _KITS.c.expiry)
)
_A_SUBJECTS = (Assignment.PREALLOCATED, Assignment.ASSIGNED)
GIVEN, GONE, NOT_YET = "given", "not usable any more", "not released yet"


def whereabouts(connection: Connection, study_id: int, day: date) -> Counter[Pile]:
    """All kits of a study: usable ones at their place or on their way, and what became of the others.

    A kit that was chosen for a subject is given, wherever it is. One past its expiry on `day`, at a closed site,
    missing, or barred by quality is not usable any more.
    """
    found: Counter[Pile] = Counter()
    for row in connection.execute(_WHEREABOUTS, {"study_id": study_id}):
        if row.assignment == Assignment.RESERVED and row.quality == Quality.RELEASED:
            continue  # told below, by where they go
        found[Pile(_where(row, day), row.kit_type, row.lot, row.expiry)] += row.kits
    for row in connection.execute(_COMING, {"study_id": study_id}):
        where = GONE if row.expiry < day else f"to {row.place}"
        found[Pile(where, row.kit_type, row.lot, row.expiry)] += row.kits
    return found


def _where(row: Row[Any], day: date) -> str:
    if row.custody == Custody.SUBJECT or row.assignment in _A_SUBJECTS:
        return GIVEN
    if row.quality == Quality.UNRELEASED:
        return NOT_YET
    usable = row.quality == Quality.RELEASED and row.place is not None and not row.closed and row.expiry >= day
    return str(row.place) if usable else GONE
