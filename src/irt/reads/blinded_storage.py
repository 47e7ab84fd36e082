"""Fridges, freezers and rooms of sites as their loggers tell of them; and what a kit used of its budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import WorkSite, not_found, study_at
from irt.reads.blinded_stock import STORAGE_WORDS
from irt.reads.blinded_temperature import StoredFile, stored_files_of_unit
from irt.states.records import ExcursionStatus
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.shipment import Excursion
from irt.tables.temperature import AssessedKit, LoggerFile, StorageUnit, TemperatureAssessment
from irt.temperature.budget import Leg, spent


@dataclass(frozen=True)
class UnitLine(BlindedView):
    """One storage unit: until when its logger told, how, and when the next file is due."""

    id: int
    study_id: int
    study: str
    site_id: int
    site: str
    zone: str
    name: str
    storage: str
    told_until: datetime | None
    minimum_celsius: float | None
    maximum_celsius: float | None
    due_on: date
    overdue: bool
    excursion: str | None


@dataclass(frozen=True)
class UnitRecord(BlindedView):
    """A unit with the files of its logger, the newest first."""

    unit: UnitLine
    files: tuple[StoredFile, ...]


@dataclass(frozen=True)
class BudgetLine(BlindedView):
    """One band of a kit's budget, in degrees Celsius and hours: allowed, used over all legs, left."""

    low: float
    high: float
    hours_max: float
    hours_used: float
    hours_left: float


@dataclass(frozen=True)
class KitBudget(BlindedView):
    """What a kit used of its budget, and the places whose loggers told so."""

    bands: tuple[BudgetLine, ...]
    legs: tuple[str, ...]


_UNITS, _FILES, _JUDGED = table_of(StorageUnit), table_of(LoggerFile), table_of(TemperatureAssessment)
_EXCURSIONS, _ASSESSED, _KITS = table_of(Excursion), table_of(AssessedKit), table_of(Kit)
_OVER = (
    ExcursionStatus.ACCEPTED,
    ExcursionStatus.REJECTED,
    ExcursionStatus.PARTLY_ACCEPTED,
    ExcursionStatus.CLOSED,
)
_LAST = (
    select(func.max(_JUDGED.c.ended_at))
    .join(_FILES, _FILES.c.id == _JUDGED.c.logger_file_id)
    .where(_FILES.c.storage_unit_id == _UNITS.c.id)
    .correlate(_UNITS)
    .scalar_subquery()
)
_OPEN = (
    select(func.min(_EXCURSIONS.c.number))
    .where(_EXCURSIONS.c.storage_unit_id == _UNITS.c.id, _EXCURSIONS.c.status.not_in(_OVER))
    .correlate(_UNITS)
    .scalar_subquery()
)
_LINES = (
    select(
        _UNITS.c.id,
        _UNITS.c.site_id,
        _UNITS.c.name,
        _UNITS.c.storage,
        _UNITS.c.at,
        _OPEN.label("excursion"),
        _JUDGED.c.ended_at,
        _JUDGED.c.minimum_celsius,
        _JUDGED.c.maximum_celsius,
    )
    .outerjoin(_FILES, _FILES.c.storage_unit_id == _UNITS.c.id)
    .outerjoin(_JUDGED, _JUDGED.c.logger_file_id == _FILES.c.id)
    .where(
        _UNITS.c.site_id.in_(bindparam("sites", expanding=True)),
        # The latest reading's file, or the unit alone where none was read.
        func.coalesce(_JUDGED.c.ended_at, _UNITS.c.at) == func.coalesce(_LAST, _UNITS.c.at),
    )
    .order_by(_UNITS.c.site_id, _UNITS.c.name, _FILES.c.id)
)
_LEGS = (
    select(
        _KITS.c.blinding_group,
        _JUDGED.c.place,
        _JUDGED.c.started_at,
        _JUDGED.c.ended_at,
        _JUDGED.c.bands,
    )
    .outerjoin(_ASSESSED, _ASSESSED.c.kit_id == _KITS.c.id)
    .outerjoin(_JUDGED, _JUDGED.c.id == _ASSESSED.c.assessment_id)
    .where(_KITS.c.study_id == bindparam("study_id"), _KITS.c.number == bindparam("number"))
    .order_by(_JUDGED.c.started_at, _JUDGED.c.id)
)


def units_at(connection: Connection, sites: Sequence[WorkSite], now: datetime) -> tuple[UnitLine, ...]:
    """The storage units of these sites, by study, site and name."""
    known = {site.site_id: site for site in sites}
    lines: dict[int, UnitLine] = {}
    for row in connection.execute(_LINES, {"sites": sorted(known)}).mappings():
        site = known[row["site_id"]]
        every = study_at(connection, site.study_id, site.version).temperature.upload_every_days
        due = site.day_of(row["ended_at"] or row["at"]) + timedelta(days=every)
        lines[row["id"]] = UnitLine(
            id=row["id"],
            study_id=site.study_id,
            study=site.study,
            site_id=site.site_id,
            site=site.site,
            zone=site.zone,
            name=row["name"],
            storage=STORAGE_WORDS[row["storage"]],
            told_until=row["ended_at"],
            minimum_celsius=row["minimum_celsius"],
            maximum_celsius=row["maximum_celsius"],
            due_on=due,
            overdue=due < site.today(now),
            excursion=row["excursion"],
        )
    return tuple(sorted(lines.values(), key=lambda unit: (unit.study, unit.site, unit.name)))


def unit_record(connection: Connection, sites: Sequence[WorkSite], unit_id: int, now: datetime) -> UnitRecord:
    """One unit with its files; NotFound where it is at no site of the person's."""
    unit = next((one for one in units_at(connection, sites, now) if one.id == unit_id), None)
    if unit is None:
        raise not_found("storage unit")
    return UnitRecord(unit, stored_files_of_unit(connection, unit_id))


def kit_budget(connection: Connection, study_id: int, version: int, number: str) -> KitBudget:
    """The kit's budget by band; without bands where the study sets none for how the kit is stored."""
    rows = connection.execute(_LEGS, {"study_id": study_id, "number": number}).mappings().all()
    if not rows:
        raise not_found("kit")
    study = study_at(connection, study_id, version)
    storage = next(one.storage for one in study.blinding_groups if one.code == rows[0]["blinding_group"])
    bands = study.temperature.budgets.get(storage, ())
    told = [row for row in rows if row["bands"] is not None]
    legs = []
    for row in told:
        known = {(band["low"], band["high"]): float(band["hours"]) for band in row["bands"]}
        hours = tuple(known.get((band.low, band.high), 0.0) for band in bands)
        legs.append(Leg(row["place"], row["started_at"], row["ended_at"], hours))
    used = spent(legs, len(bands))
    return KitBudget(
        bands=tuple(
            BudgetLine(band.low, band.high, band.hours_max, hours, max(band.hours_max - hours, 0.0))
            for band, hours in zip(bands, used, strict=True)
        ),
        legs=tuple(dict.fromkeys(leg.place for leg in legs)),
    )
