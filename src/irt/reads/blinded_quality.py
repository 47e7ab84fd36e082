"""What waits for a decision on quality: kits set apart, excursions; and the kits reported damaged.

The decision is made without the kit type, alike for kits that look alike: no site can tell them apart by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, case, func, select, text, union

from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import study_at
from irt.reads.blinded_stock import STORAGE_WORDS
from irt.states.kit import Accountability, Custody, KitEvent, Quality
from irt.states.records import ExcursionStatus, VersionStatus
from irt.tables.columns import table_of
from irt.tables.kit import SET_APART, BlindedLot, Kit, Movement
from irt.tables.shipment import Excursion, Shipment, ShipmentKit
from irt.tables.study import Depot, Site, StudyVersion
from irt.tables.temperature import AssessedKit, LoggerFile, TemperatureAssessment

KITS_A_PAGE = 50
KITS_AT_ONCE = 500
"""More kits than this are not decided with one signature from a page."""


@dataclass(frozen=True)
class HeldKit(BlindedView):
    """A kit out of use: where it lies, since when and why, and the excursion of its shipment, if any."""

    number: str
    product: str
    storage: str
    lot: str
    expiry: date
    place: str
    since: datetime
    why: str
    excursion: str


@dataclass(frozen=True)
class OpenExcursion(BlindedView):
    """An excursion without a decision, and how many of its kits wait."""

    number: str
    status: ExcursionStatus
    shipment: str
    site: str
    opened_at: datetime
    kits: int


@dataclass(frozen=True)
class QualityPage(BlindedView):
    """What waits in one study; `broken` are the newest kits reported damaged, for which nothing is to decide."""

    study_id: int
    excursions: tuple[OpenExcursion, ...]
    kits: tuple[HeldKit, ...]
    total: int
    next: str
    broken: tuple[HeldKit, ...]


_KITS, _LOTS, _MOVES = table_of(Kit), table_of(BlindedLot), table_of(Movement)
_SITES, _DEPOTS, _SHIPMENTS = table_of(Site), table_of(Depot), table_of(Shipment)
_CONTENTS, _EXCURSIONS, _VERSIONS = table_of(ShipmentKit), table_of(Excursion), table_of(StudyVersion)
_DECIDED = (
    ExcursionStatus.ACCEPTED,
    ExcursionStatus.REJECTED,
    ExcursionStatus.PARTLY_ACCEPTED,
    ExcursionStatus.CLOSED,
)
_ASSESSED, _FILES, _JUDGED = table_of(AssessedKit), table_of(LoggerFile), table_of(TemperatureAssessment)
_CONCERNED = union(
    select(_EXCURSIONS.c.id.label("excursion_id"), _CONTENTS.c.kit_id).join(
        _CONTENTS, _CONTENTS.c.shipment_id == _EXCURSIONS.c.shipment_id
    ),
    select(_FILES.c.excursion_id, _ASSESSED.c.kit_id)
    .join(_JUDGED, _JUDGED.c.logger_file_id == _FILES.c.id)
    .join(_ASSESSED, _ASSESSED.c.assessment_id == _JUDGED.c.id)
    .where(_FILES.c.storage_unit_id.is_not(None)),
).subquery("concerned")
"""The kits of each excursion: those of its parcel, or those a storage unit's files were held against."""
_LAST = select(func.max(_MOVES.c.id)).where(_MOVES.c.kit_id == _KITS.c.id).correlate(_KITS).scalar_subquery()
_EXCURSION_OF = (
    select(func.min(_EXCURSIONS.c.number))
    .join(_CONCERNED, _CONCERNED.c.excursion_id == _EXCURSIONS.c.id)
    .where(_CONCERNED.c.kit_id == _KITS.c.id, _EXCURSIONS.c.status.not_in(_DECIDED))
    .correlate(_KITS)
    .scalar_subquery()
)
_PLACE = case(
    (_KITS.c.custody == Custody.SITE, "Site " + _SITES.c.number),
    (_KITS.c.custody == Custody.DEPOT, "Depot " + _DEPOTS.c.code),
    (_KITS.c.custody == Custody.SHIPMENT, "Shipment " + _SHIPMENTS.c.number),
    (_KITS.c.custody == Custody.SUBJECT, "With a subject"),
    else_="Missing",
)
_HELD = (
    select(
        _KITS.c.number,
        _KITS.c.blinding_group,
        _KITS.c.expiry,
        _LOTS.c.number.label("lot"),
        _PLACE.label("place"),
        _MOVES.c.occurred_at.label("since"),
        _MOVES.c.event,
        _MOVES.c.reason,
        _EXCURSION_OF.label("excursion"),
    )
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .join(_MOVES, _MOVES.c.id == _LAST)
    .outerjoin(_SITES, and_(_KITS.c.custody == Custody.SITE, _SITES.c.id == _KITS.c.place_id))
    .outerjoin(_DEPOTS, and_(_KITS.c.custody == Custody.DEPOT, _DEPOTS.c.id == _KITS.c.place_id))
    .outerjoin(_SHIPMENTS, and_(_KITS.c.custody == Custody.SHIPMENT, _SHIPMENTS.c.id == _KITS.c.place_id))
    .where(_KITS.c.study_id == bindparam("study_id"), text(f"kit.{SET_APART}"))
)
_TO_DECIDE = and_(_KITS.c.quality == Quality.QUARANTINED, _KITS.c.accountability == Accountability.NONE)
_WAITING = _HELD.where(_TO_DECIDE, _KITS.c.number > bindparam("after")).order_by(_KITS.c.number)
_COUNT = select(func.count()).where(_KITS.c.study_id == bindparam("study_id"), text(f"kit.{SET_APART}"), _TO_DECIDE)
_NAMED = _HELD.where(_TO_DECIDE, _KITS.c.number.in_(bindparam("numbers", expanding=True))).order_by(_KITS.c.number)
_OF_EXCURSION = (
    _HELD.where(
        _TO_DECIDE,
        _KITS.c.id.in_(
            select(_CONCERNED.c.kit_id)
            .join(_EXCURSIONS, _EXCURSIONS.c.id == _CONCERNED.c.excursion_id)
            .where(_EXCURSIONS.c.study_id == bindparam("study_id"), _EXCURSIONS.c.number == bindparam("excursion"))
        ),
    )
    .order_by(_KITS.c.number)
    .limit(KITS_AT_ONCE)
)
_BROKEN = _HELD.where(_KITS.c.quality == Quality.DAMAGED).order_by(_MOVES.c.id.desc()).limit(KITS_A_PAGE)
_OPEN = (
    select(
        _EXCURSIONS.c.number,
        _EXCURSIONS.c.status,
        _SHIPMENTS.c.number.label("shipment"),
        _SITES.c.number.label("site"),
        _EXCURSIONS.c.opened_at,
        func.count(_KITS.c.id).label("kits"),
    )
    .outerjoin(_SHIPMENTS, _SHIPMENTS.c.id == _EXCURSIONS.c.shipment_id)
    .outerjoin(_SITES, _SITES.c.id == _EXCURSIONS.c.site_id)
    .outerjoin(_CONCERNED, _CONCERNED.c.excursion_id == _EXCURSIONS.c.id)
    .outerjoin(_KITS, and_(_KITS.c.id == _CONCERNED.c.kit_id, _TO_DECIDE))
    .where(_EXCURSIONS.c.study_id == bindparam("study_id"), _EXCURSIONS.c.status.not_in(_DECIDED))
    .group_by(_EXCURSIONS.c.id, _SHIPMENTS.c.number, _SITES.c.number)
    .order_by(_EXCURSIONS.c.id)
)
_NEWEST = select(func.max(_VERSIONS.c.number)).where(
    _VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.status == VersionStatus.APPROVED
)
_WHY = {
    KitEvent.QUARANTINE: "Put into quarantine",
    KitEvent.RECEIVE_QUARANTINED: "Received after an alarm, or without temperature data",
    KitEvent.FIND_AT_SITE: "Found again after it was missing",
    KitEvent.FIND_AT_DEPOT: "Found again after it was missing",
    KitEvent.REVERSE: "Assigned to a visit and not handed over",
    KitEvent.DAMAGE: "Reported damaged",
    KitEvent.RECEIVE_DAMAGED: "Received damaged",
}


def quality_page(connection: Connection, study_id: int, after: str = "") -> QualityPage:
    """Excursions and kits that wait, by kit number, fifty kits at a time."""
    asked = {"study_id": study_id}
    rows = _kits(connection, study_id, _WAITING.limit(KITS_A_PAGE + 1), after=after)
    shown = rows[:KITS_A_PAGE]
    return QualityPage(
        study_id=study_id,
        excursions=tuple(
            OpenExcursion(
                number=row.number,
                status=ExcursionStatus(row.status),
                shipment=row.shipment or "",
                site=row.site or "",
                opened_at=row.opened_at,
                kits=row.kits,
            )
            for row in connection.execute(_OPEN, asked)
        ),
        kits=shown,
        total=int(connection.execute(_COUNT, asked).scalar_one()),
        next=shown[-1].number if len(rows) > KITS_A_PAGE else "",
        broken=_kits(connection, study_id, _BROKEN),
    )


def kits_to_decide(connection: Connection, study_id: int, numbers: Iterable[str]) -> tuple[HeldKit, ...]:
    """Those of the named kits that wait for a decision, by number."""
    return _kits(connection, study_id, _NAMED, numbers=sorted(set(numbers))[:KITS_AT_ONCE])


def kits_of_excursion(connection: Connection, study_id: int, excursion: str) -> tuple[HeldKit, ...]:
    """The kits of an excursion's shipment that wait for a decision, by number."""
    return _kits(connection, study_id, _OF_EXCURSION, excursion=excursion)


def _kits(
    connection: Connection, study_id: int, statement: Select[tuple[object, ...]], **asked: object
) -> tuple[HeldKit, ...]:
    rows = connection.execute(statement, {"study_id": study_id, **asked}).mappings().all()
    if not rows:
        return ()
    version = connection.execute(_NEWEST, {"study_id": study_id}).scalar_one()
    groups = {group.code: group for group in study_at(connection, study_id, version).blinding_groups}
    return tuple(
        _kit(row, groups[row["blinding_group"]].name, STORAGE_WORDS[groups[row["blinding_group"]].storage])
        for row in rows
    )


def _kit(row: RowMapping, product: str, storage: str) -> HeldKit:
    return HeldKit(
        number=row["number"],
        product=product,
        storage=storage,
        lot=row["lot"],
        expiry=row["expiry"],
        place=row["place"],
        since=row["since"],
        why=row["reason"] or _WHY.get(KitEvent(row["event"]), "Set apart"),
        excursion=row["excursion"] or "",
    )
