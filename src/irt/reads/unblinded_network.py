"""The sites of a study and their resupply levels, as supply managers set them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from irt.blinding.views import UnblindedView
from irt.states.records import SiteStatus
from irt.states.subject import ON_STUDY_TREATMENT
from irt.tables.columns import table_of
from irt.tables.secret import ResupplySetting
from irt.tables.study import Depot, Site
from irt.tables.subject import Subject


@dataclass(frozen=True)
class SettingRow(UnblindedView):
    """Levels of a kit type at one scope, from a day on; `in_force`: no later row has replaced it yet."""

    scope: str
    kit_type: str
    minimum: int
    maximum: int
    effective_from: date
    in_force: bool
    trigger_days: int | None = None
    resupply_days: int | None = None


@dataclass(frozen=True)
class SupplySiteLine(UnblindedView):
    """A site in the list of the network."""

    number: str
    name: str
    country: str
    depot: str
    status: SiteStatus
    version: int
    subjects: int


_SITES, _DEPOTS, _SUBJECTS, _SETTINGS = (
    table_of(Site),
    table_of(Depot),
    table_of(Subject),
    table_of(ResupplySetting),
)
_ACTIVE_SUBJECTS = (
    select(_SITES.c.number, func.count())
    .join(_SUBJECTS, _SUBJECTS.c.site_id == _SITES.c.id)
    .where(_SITES.c.study_id == bindparam("study_id"), _SUBJECTS.c.status.in_(sorted(ON_STUDY_TREATMENT)))
    .group_by(_SITES.c.number)
)
_NETWORK = (
    select(
        _SITES.c.number,
        _SITES.c.name,
        _SITES.c.country,
        _SITES.c.status,
        _SITES.c.version_number,
        _DEPOTS.c.code.label("depot"),
    )
    .join(_DEPOTS, _DEPOTS.c.id == _SITES.c.depot_id)
    .where(_SITES.c.study_id == bindparam("study_id"))
    .order_by(_SITES.c.number)
)


def subjects_by_site(connection: Connection, study_id: int) -> dict[str, int]:
    """Subjects on treatment by site number."""
    return {row[0]: row[1] for row in connection.execute(_ACTIVE_SUBJECTS, {"study_id": study_id})}


def supply_sites(connection: Connection, study_id: int) -> tuple[SupplySiteLine, ...]:
    """Every site of the study, by number."""
    subjects = subjects_by_site(connection, study_id)
    return tuple(
        SupplySiteLine(
            number=row.number,
            name=row.name,
            country=row.country,
            depot=row.depot,
            status=SiteStatus(row.status),
            version=row.version_number,
            subjects=subjects.get(row.number, 0),
        )
        for row in connection.execute(_NETWORK, {"study_id": study_id})
    )


_ALL_SETTINGS = (
    select(_SETTINGS, _SITES.c.number.label("site"), _DEPOTS.c.code.label("depot"))
    .outerjoin(_SITES, _SITES.c.id == _SETTINGS.c.site_id)
    .outerjoin(_DEPOTS, _DEPOTS.c.id == _SETTINGS.c.depot_id)
    .where(_SETTINGS.c.study_id == bindparam("study_id"))
    .order_by(_SETTINGS.c.effective_from, _SETTINGS.c.id)
)


def resupply_settings(connection: Connection, study_id: int, now: datetime) -> tuple[SettingRow, ...]:
    """Every setting in force or still to come: study first, then countries and depots, then sites, by kit type."""
    today, latest = now.date(), {}
    coming = []
    for row in connection.execute(_ALL_SETTINGS, {"study_id": study_id}).mappings():
        scope = _scope(row)
        if row["effective_from"] > today:
            coming.append(_setting(scope, row, in_force=False))
        else:
            latest[(scope, row["kit_type"])] = _setting(scope, row, in_force=True)
    return tuple(sorted([*latest.values(), *coming], key=_order))


def _scope(row: RowMapping) -> str:
    if row["site"]:
        return f"Site {row['site']}"
    return f"Depot {row['depot']}" if row["depot"] else row["country"] or "Study"


def _setting(scope: str, row: RowMapping, *, in_force: bool) -> SettingRow:
    return SettingRow(
        scope=scope,
        kit_type=row["kit_type"],
        minimum=row["minimum"],
        maximum=row["maximum"],
        effective_from=row["effective_from"],
        in_force=in_force,
        trigger_days=row["trigger_days"],
        resupply_days=row["resupply_days"],
    )


def _order(row: SettingRow) -> tuple[bool, bool, str, str, date]:
    return row.scope != "Study", row.scope.startswith("Site "), row.scope, row.kit_type, row.effective_from
