"""A site's supply to come by blinding group: what lies there, what is on its way, whom it treats.

Everything is counted from what blinded people may know: visits that are due, kits that look alike. Who gets what is
not asked, so nothing can depend on it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, func, select

from irt.reads.enrolled import enrolled_so_far
from irt.reads.subjects_ahead import anchor_of, counted, held_visits, in_screening
from irt.states.kit import Assignment, Custody, Quality
from irt.states.records import SiteStatus
from irt.states.shipment import OPEN, ShipmentStatus
from irt.study.blinded import BlindedStudy
from irt.study.course import Treated, VisitAhead
from irt.study.courses import level_codes
from irt.study.delivery import home_visits, kits_at_site
from irt.study.group_courses import group_kits
from irt.study.part import Code
from irt.supply.planner import SiteView
from irt.supply.visits_ahead import occurrences_ahead, visit_ahead
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Depot, Site
from irt.tables.subject import Subject

_SITES, _DEPOTS, _SUBJECTS, _KITS = table_of(Site), table_of(Depot), table_of(Subject), table_of(Kit)
_SHIPMENTS, _SHIPPED = table_of(Shipment), table_of(ShipmentKit)
_SUPPLIED = (
    select(_SITES.c.id, _SITES.c.number, _SITES.c.country, _DEPOTS.c.code)
    .join(_DEPOTS, _DEPOTS.c.id == _SITES.c.depot_id)
    .where(
        _SITES.c.study_id == bindparam("study_id"),
        _SITES.c.status == SiteStatus.ACTIVE,
        _SITES.c.main_site_id.is_(None),
    )
    .order_by(_SITES.c.number)
)
_THERE = (
    select(_KITS.c.blinding_group, func.count())
    .where(
        _KITS.c.custody == Custody.SITE,
        _KITS.c.place_id == bindparam("site_id"),
        _KITS.c.assignment == Assignment.FREE,
        _KITS.c.quality == Quality.RELEASED,
    )
    .group_by(_KITS.c.blinding_group)
)
_COMING = (
    select(_KITS.c.blinding_group, _SHIPMENTS.c.expected_on, func.count())
    .join(_SHIPPED, _SHIPPED.c.kit_id == _KITS.c.id)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _SHIPPED.c.shipment_id)
    .where(
        _SHIPMENTS.c.site_id == bindparam("site_id"),
        _SHIPMENTS.c.status.in_(sorted({*OPEN, ShipmentStatus.RECEIVED_PARTLY})),
        _SHIPPED.c.outcome.is_(None),
        _KITS.c.quality == Quality.RELEASED,
    )
    .group_by(_KITS.c.blinding_group, _SHIPMENTS.c.expected_on)
)
_TREATED = select(_SUBJECTS.c.id, _SUBJECTS.c.dose_level, _SUBJECTS.c.screened_on, _SUBJECTS.c.randomized_on).where(
    _SUBJECTS.c.site_id == bindparam("site_id"), _SUBJECTS.c.status.in_(bindparam("statuses", expanding=True))
)


@dataclass(frozen=True, slots=True)
class SiteOutlook:
    """One site on a day; kits by blinding group, `coming` also by the day on which they are due.

    `sites`: all that are supplied, as forecasts of enrolment compare them; this one with its subjects, whose kits
    are named by blinding group too.
    """

    sites: tuple[SiteView, ...]
    there: Mapping[Code, int]
    coming: Mapping[tuple[Code, date], int]


def site_outlook(
    connection: Connection, study_id: int, study: BlindedStudy, number: str, day: date, days: int
) -> SiteOutlook | None:
    """What is known of a site, with the visits of so many days; None where no depot supplies it now."""
    rows = connection.execute(_SUPPLIED, {"study_id": study_id}).all()
    site_id = next((row.id for row in rows if row.number == number), None)
    if site_id is None:
        return None
    enrolled, screening = enrolled_so_far(connection, study_id, day), in_screening(connection, study_id)
    treated = {site_id: _treated(connection, study_id, study, site_id, day, days)}
    sites = tuple(
        SiteView(
            number=row.number,
            country=row.country,
            label_group="",
            depot=row.code,
            lead_time_days=0,
            in_screening=screening.get(row.id, 0),
            treated=treated.get(row.id, ()),
            enrolled=enrolled.get(row.id),
            kits_of=kits_at_site(study.delivery, row.country),
        )
        for row in rows
    )
    at = {"site_id": site_id}
    there = {row[0]: row[1] for row in connection.execute(_THERE, at)}
    coming: Counter[tuple[Code, date]] = Counter()
    for group, due, kits in connection.execute(_COMING, at):
        coming[group, max(due or day, day)] += kits
    return SiteOutlook(sites, there, coming)


def supplied_sites(connection: Connection, study_id: int) -> tuple[tuple[str, str], ...]:
    """(number, country) of the sites that depots supply, by number."""
    return tuple((row.number, row.country) for row in connection.execute(_SUPPLIED, {"study_id": study_id}).all())


def _treated(
    connection: Connection, study_id: int, study: BlindedStudy, site_id: int, day: date, days: int
) -> tuple[Treated, ...]:
    """Subjects alike in dose level and visits to come, counted together."""
    levels = {level: number for number, level in enumerate(level_codes(study.dose_levels))}
    alike: dict[tuple[int, tuple[VisitAhead, ...]], int] = defaultdict(int)
    for dose_level, visits in _due(connection, study_id, study, site_id, day, days):
        if visits:
            alike[levels.get(dose_level, 0), visits] += 1
    return tuple(Treated(subjects, *one) for one, subjects in alike.items())


def _due(
    connection: Connection, study_id: int, study: BlindedStudy, site_id: int, day: date, days: int
) -> Iterator[tuple[Code | None, tuple[VisitAhead, ...]]]:
    """Dose level, and visits due and not held, of every subject whose visits count."""
    visits = [visit for visit in study.visits if visit.dispenses]
    held, home = held_visits(connection, study_id, visits, day), home_visits(study.delivery)
    asked = {"site_id": site_id, "statuses": sorted(counted(study.outlook.forecast))}
    for row in connection.execute(_TREATED, asked):
        anchor, first = anchor_of(row.screened_on, row.randomized_on)
        over = held.get(row.id, ())
        found = [
            visit_ahead(visits, visit, occurrence, ahead, group_kits(study, visit), home)
            for visit, occurrence, ahead in occurrences_ahead(visits, anchor, (day - first).days, days)
            if (visit.code, occurrence) not in over
        ]
        yield row.dose_level, tuple(sorted(found, key=lambda visit: visit.day))
