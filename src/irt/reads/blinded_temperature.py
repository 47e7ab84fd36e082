"""An excursion as quality decides on it: the curve, the limits it was judged by, the proposals, the kits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, or_, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_quality import HeldKit, kits_of_excursion
from irt.reads.blinded_sites import not_found, study_at
from irt.states.records import ExcursionStatus
from irt.study.temperature import Condition, LoggerProfile
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.shipment import Excursion, Shipment
from irt.tables.study import Site
from irt.tables.temperature import LoggerFile, StorageUnit, TemperatureAssessment
from irt.temperature.assessment import SENTENCES, Rule
from irt.temperature.logger_file import read_logger_file
from irt.temperature.readings import Record

POINTS_MAX = 240
"""More points than a curve can show are thinned: of each stretch the coldest and the warmest stay."""


@dataclass(frozen=True)
class Judged(BlindedView):
    """What the rules made of a file, in degrees Celsius, and the limits as they were then."""

    started_at: datetime
    ended_at: datetime
    readings: int
    minimum_celsius: float
    maximum_celsius: float
    mkt_celsius: float
    worst_window_mkt_celsius: float
    hours_outside: float
    low: float
    high: float
    mkt_max: float
    verdict: str
    rule: str
    sentence: str


@dataclass(frozen=True)
class StoredFile(BlindedView):
    """One file of the place: who brought it when, its hash, and what was made of it."""

    name: str
    kind: str
    sha256: str
    at: datetime
    person: str
    judged: Judged | None


@dataclass(frozen=True)
class ExcursionRecord(BlindedView):
    """An excursion with its files and the kits that still wait."""

    study_id: int
    number: str
    status: ExcursionStatus
    place: str
    site: str
    opened_at: datetime
    decision: str
    files: tuple[StoredFile, ...]
    kits: tuple[HeldKit, ...]


Point = tuple[datetime, float]

_EXCURSIONS, _FILES, _JUDGED = table_of(Excursion), table_of(LoggerFile), table_of(TemperatureAssessment)
_SHIPMENTS, _SITES, _UNITS, _ACCOUNTS = table_of(Shipment), table_of(Site), table_of(StorageUnit), table_of(Account)
_ONE = (
    select(
        _EXCURSIONS,
        _SHIPMENTS.c.number.label("shipment"),
        _UNITS.c.name.label("unit"),
        _SITES.c.number.label("site"),
        _SITES.c.version_number,
    )
    .outerjoin(_SHIPMENTS, _SHIPMENTS.c.id == _EXCURSIONS.c.shipment_id)
    .outerjoin(_UNITS, _UNITS.c.id == _EXCURSIONS.c.storage_unit_id)
    .outerjoin(_SITES, _SITES.c.id == _EXCURSIONS.c.site_id)
    .where(_EXCURSIONS.c.study_id == bindparam("study_id"), _EXCURSIONS.c.number == bindparam("number"))
)
_ABOUT = (
    _FILES.c.name,
    _FILES.c.kind,
    _FILES.c.sha256,
    _FILES.c.at.label("stored_at"),
    _ACCOUNTS.c.printed_name,
    _JUDGED,
)
_STORED = (
    select(*_ABOUT)
    .outerjoin(_ACCOUNTS, _ACCOUNTS.c.id == _FILES.c.account_id)
    .outerjoin(_JUDGED, _JUDGED.c.logger_file_id == _FILES.c.id)
    .order_by(_FILES.c.id)
)
_OF_EXCURSION = _STORED.where(
    or_(_FILES.c.excursion_id == bindparam("excursion_id"), _FILES.c.shipment_id == bindparam("shipment_id"))
)
_OF_SHIPMENT = _STORED.join(_SHIPMENTS, _SHIPMENTS.c.id == _FILES.c.shipment_id).where(
    _SHIPMENTS.c.study_id == bindparam("study_id"), _SHIPMENTS.c.number == bindparam("number")
)
_OF_UNIT = _STORED.where(_FILES.c.storage_unit_id == bindparam("unit_id"))
_BYTES = (
    select(_FILES.c.content, _JUDGED.c.profile)
    .join(_JUDGED, _JUDGED.c.logger_file_id == _FILES.c.id)
    .where(_FILES.c.study_id == bindparam("study_id"), _FILES.c.sha256 == bindparam("sha256"))
)


def excursion_record(connection: Connection, study_id: int, number: str) -> ExcursionRecord:
    """The excursion of that number; NotFound where the study has none."""
    row = connection.execute(_ONE, {"study_id": study_id, "number": number}).mappings().first()
    if row is None:
        raise not_found("excursion")
    facts = {"excursion_id": row["id"], "shipment_id": row["shipment_id"]}
    place = f"Shipment {row['shipment']}" if row["shipment"] else row["unit"] or ""
    return ExcursionRecord(
        study_id=study_id,
        number=row["number"],
        status=ExcursionStatus(row["status"]),
        place=place,
        site=row["site"] or "",
        opened_at=row["opened_at"],
        decision=row["decision"] or "",
        files=tuple(_file(each) for each in connection.execute(_OF_EXCURSION, facts).mappings()),
        kits=kits_of_excursion(connection, study_id, number),
    )


def files_of_shipment(connection: Connection, study_id: int, number: str) -> tuple[StoredFile, ...]:
    """The loggers' files of a shipment, in the order they came."""
    rows = connection.execute(_OF_SHIPMENT, {"study_id": study_id, "number": number}).mappings()
    return tuple(_file(row) for row in rows)


def stored_files_of_unit(connection: Connection, unit_id: int) -> tuple[StoredFile, ...]:
    """The loggers' files of a storage unit, the newest first."""
    rows = connection.execute(_OF_UNIT, {"unit_id": unit_id}).mappings().all()
    return tuple(_file(row) for row in reversed(rows))


def curve_of(connection: Connection, study_id: int, sha256: str) -> tuple[Point, ...]:
    """The readings of a stored file as points of a curve, read again from its bytes."""
    row = connection.execute(_BYTES, {"study_id": study_id, "sha256": sha256}).mappings().first()
    if row is None:
        raise not_found("record of temperature")
    return thinned(read_logger_file(row["content"], LoggerProfile.model_validate(row["profile"])))


def thinned(record: Record) -> tuple[Point, ...]:
    """At most POINTS_MAX points in order of time, the coldest and the warmest of each stretch among them."""
    points = [(reading.at, reading.celsius) for reading in record.readings]
    if len(points) <= POINTS_MAX:
        return tuple(points)
    step = -(-len(points) * 2 // POINTS_MAX)
    kept: list[Point] = []
    for start in range(0, len(points), step):
        some = points[start : start + step]
        ends = {min(some, key=lambda point: point[1]), max(some, key=lambda point: point[1])}
        kept.extend(sorted(ends))
    return tuple(kept)


def loggers_of(connection: Connection, study_id: int, version: int) -> tuple[str, ...]:
    """The logger profiles a study knows, by code."""
    return ("default", *(one.code for one in study_at(connection, study_id, version).temperature.loggers))


def _file(row: RowMapping) -> StoredFile:
    return StoredFile(
        name=row["name"],
        kind=row["kind"],
        sha256=row["sha256"],
        at=row["stored_at"],
        person=row["printed_name"] or "",
        judged=None if row["rule"] is None else _judged(row),
    )


def _judged(row: RowMapping) -> Judged:
    limits = Condition.model_validate(row["condition"])
    return Judged(
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        readings=row["readings"],
        minimum_celsius=row["minimum_celsius"],
        maximum_celsius=row["maximum_celsius"],
        mkt_celsius=row["mkt_celsius"],
        worst_window_mkt_celsius=row["worst_window_mkt_celsius"],
        hours_outside=row["hours_outside"],
        low=limits.low,
        high=limits.high,
        mkt_max=limits.mkt_max,
        verdict=row["verdict"],
        rule=row["rule"],
        sentence=SENTENCES[Rule(row["rule"])],
    )
