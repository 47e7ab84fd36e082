"""What controlled drugs call supply for: discrepancies that nobody reported in time, and places' licences."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, Connection, bindparam, literal, or_, select, union_all

from irt.reads.discrepancies import where_found
from irt.states.kit import KitEvent
from irt.states.records import SiteStatus
from irt.states.table import words
from irt.study.blinded import BlindedStudy
from irt.study.controlled import controlled_groups
from irt.supply.exceptions import HoldingFacts, UnreportedFacts
from irt.supply.register import DISCREPANCIES
from irt.tables.columns import table_of
from irt.tables.controlled import ControlledLicence, DiscrepancyReport
from irt.tables.kit import Kit, Movement
from irt.tables.study import Depot, Site

_KITS, _MOVES, _REPORTS = table_of(Kit), table_of(Movement), table_of(DiscrepancyReport)
_SITES, _DEPOTS, _LICENCES = table_of(Site), table_of(Depot), table_of(ControlledLicence)
_STUDY: BindParameter[int] = bindparam("study_id")
_PLACES = union_all(
    select(literal("site").label("kind"), _SITES.c.id, _SITES.c.number.label("code"), _SITES.c.country).where(
        _SITES.c.study_id == _STUDY
    ),
    select(literal("depot"), _DEPOTS.c.id, _DEPOTS.c.code, _DEPOTS.c.country).where(_DEPOTS.c.study_id == _STUDY),
)
_UNREPORTED = (
    select(_MOVES.c.id, _KITS.c.number, _KITS.c.blinding_group, _MOVES.c.event, _MOVES.c.recorded_at)
    .join(_KITS, _KITS.c.id == _MOVES.c.kit_id)
    .outerjoin(_REPORTS, _REPORTS.c.movement_id == _MOVES.c.id)
    .where(
        _MOVES.c.study_id == _STUDY,
        _MOVES.c.event.in_(DISCREPANCIES),
        _MOVES.c.recorded_at < bindparam("found_before"),
        _KITS.c.blinding_group.in_(bindparam("groups", expanding=True)),
        _REPORTS.c.id.is_(None),
    )
    .order_by(_MOVES.c.id)
)
_APPROVED = (
    select(_LICENCES.c.depot_id, _LICENCES.c.site_id, _LICENCES.c.number, _LICENCES.c.valid_until)
    .outerjoin(_SITES, _SITES.c.id == _LICENCES.c.site_id)
    .where(_LICENCES.c.study_id == _STUDY, or_(_SITES.c.id.is_(None), _SITES.c.status != SiteStatus.CLOSED))
    .order_by(_LICENCES.c.effective_from, _LICENCES.c.id)
)

Place = tuple[str, int | None]


def unreported_of(
    connection: Connection, study_id: int, study: BlindedStudy, now: datetime
) -> Iterator[UnreportedFacts]:
    """Discrepancies past the day of their report; a study without controlled drugs is asked nothing."""
    schedules = {group.code: group.schedules for group in study.blinding_groups if group.schedules}
    if not schedules:
        return
    within = timedelta(hours=study.controlled.report_hours)
    places = _places(connection, study_id)
    asked = {"study_id": study_id, "groups": sorted(schedules), "found_before": now - within}
    for row in connection.execute(_UNREPORTED, asked).all():
        name, country = places.get(where_found(connection, row.id), ("", ""))
        if row.blinding_group in controlled_groups(schedules, [country]):
            yield UnreportedFacts(row.number, name, words(KitEvent(row.event)), row.recorded_at + within)


def holdings_of(connection: Connection, study_id: int, study: BlindedStudy) -> Iterator[HoldingFacts]:
    """The last approved licence of each place where the study has a controlled drug; closed sites are left out."""
    schedules = {group.code: group.schedules for group in study.blinding_groups if group.schedules}
    if not schedules:
        return
    latest: dict[Place, HoldingFacts] = {}
    places = _places(connection, study_id)
    for row in connection.execute(_APPROVED, {"study_id": study_id}):
        place: Place = ("depot", row.depot_id) if row.site_id is None else ("site", row.site_id)
        name, country = places.get(place, ("", ""))
        if controlled_groups(schedules, [country]):
            latest[place] = HoldingFacts(name, row.number, row.valid_until)
    yield from sorted(latest.values(), key=lambda one: one.place)


def _places(connection: Connection, study_id: int) -> dict[Place, tuple[str, str]]:
    """Sites and depots, as people call them, with their countries."""
    rows = connection.execute(_PLACES, {"study_id": study_id})
    return {(row.kind, row.id): (f"{row.kind.capitalize()} {row.code}", row.country) for row in rows}
