"""Levels of many places before anybody decides: as they stand, as they shall be, and what the planner would do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from irt.audit.operational_change import change_hash
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, NotFound
from irt.reads.asking import Asking, LevelOverlay
from irt.reads.inventory import levels_on, network_view
from irt.reads.regional import regional_view
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_proposals import APPROVALS, CHANGES, proposals_of
from irt.study.operations import ChangeKind
from irt.supply.planner import Level, ProposedShipment, ResupplyPlanner
from irt.supply.planners import planner_of, settings_of
from irt.tables.columns import table_of
from irt.tables.study import Depot, Site


@dataclass(frozen=True)
class LevelChange(UnblindedView):
    """Levels of one kit type at one place: as they stand there (a dash where none does), and as they shall be."""

    where: str
    kit_type: str
    old: str
    new: str


@dataclass(frozen=True)
class LevelSetPreview(UnblindedView):
    """The table, and what a run would send tonight without the change and with it."""

    rows: tuple[LevelChange, ...]
    shipments_before: int
    kits_before: int
    shipments_after: int
    kits_after: int


@dataclass(frozen=True)
class ProposedSet(UnblindedView):
    """Levels of many places that somebody proposed. `seen`: the hash that a decision is bound to."""

    change_id: int
    record: str
    rows: tuple[dict[str, Any], ...]
    effective_from: date
    reason: str
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    granted: bool | None
    seen: str


_SITES, _DEPOTS = table_of(Site), table_of(Depot)
_PLACES = select(_SITES.c.id, _SITES.c.number, _SITES.c.country).where(_SITES.c.study_id == bindparam("study_id"))
_DEPOT_IDS = select(_DEPOTS.c.id, _DEPOTS.c.code).where(_DEPOTS.c.study_id == bindparam("study_id"))


def preview_level_set(
    connection: Connection, study_id: int, rows: Sequence[dict[str, Any]], planner: ResupplyPlanner, now: datetime
) -> LevelSetPreview:
    """A dry run of tonight with today's facts; nothing is booked. BadInput where a row names what is not there."""
    definition = definition_in_force(connection, study_id)
    asking = Asking(study_id, definition, now.date(), now)
    sites = {row.number: row for row in connection.execute(_PLACES, {"study_id": study_id})}
    depots = {row.code: row.id for row in connection.execute(_DEPOT_IDS, {"study_id": study_id})}
    levels = levels_on(connection, asking)
    kit_types = {kit_type.code for kit_type in definition.kit_types}
    countries = {country.code for country in definition.countries}
    for row in rows:
        for name, known_ones in (
            ("site", sites),
            ("depot", depots),
            ("country", countries),
            ("kit_type", kit_types),
        ):
            if row.get(name) and row[name] not in known_ones:
                what = name.replace("_", " ")
                raise BadInput(f"{row[name]} is not a {what} of this study. Nothing was changed.")
    overlay, table = [], []
    for row in rows:
        site, depot = sites.get(row.get("site", "")), depots.get(row.get("depot", ""))
        site_id, country = (site.id, site.country) if site else (-1, row.get("country", ""))
        known = levels.of_depot(depot) if depot else levels.of(country, site_id)
        old, new = known.get(row["kit_type"]), _level(row)
        table.append(LevelChange(_where(row), row["kit_type"], _told(old), _told(_kept(old, row, new))))
        scope = row.get("country"), site.id if site else None, depot
        overlay.append(LevelOverlay(*scope, row["kit_type"], new[0], new[1], new[2], new[3]))
    before = _planned(connection, asking, planner)
    after = _planned(connection, replace(asking, overlay=tuple(overlay)), planner)
    return LevelSetPreview(tuple(table), len(before), _kits(before), len(after), _kits(after))


def _planned(connection: Connection, asking: Asking, planner: ResupplyPlanner) -> list[ProposedShipment]:
    chosen, settings = planner_of(asking.definition, planner), settings_of(asking.definition)
    network = network_view(connection, asking)
    found = chosen.plan(network, asking.day, settings)
    if network.regional:
        found = [*found, *chosen.plan(regional_view(connection, asking, network), asking.day, settings)]
    return found


def _kits(shipments: Sequence[ProposedShipment]) -> int:
    return sum(line.kits for shipment in shipments for line in shipment.lines)


_Figures = tuple[int, int, int | None, int | None]


def _level(row: dict[str, Any]) -> _Figures:
    return row["minimum"], row["maximum"], row.get("trigger_days"), row.get("resupply_days")


def _kept(old: Level | None, row: dict[str, Any], new: _Figures) -> Level:
    """The level as it shall be; windows that are not named stay."""
    trigger, resupply = (old.trigger_days, old.resupply_days) if old else (0, 0)
    return Level(new[0], new[1], trigger if new[2] is None else new[2], resupply if new[3] is None else new[3])


def _told(level: Level | None) -> str:
    if level is None:
        return "–"
    windows = f", windows {level.trigger_days} and {level.resupply_days} days"
    return f"{level.minimum} to {level.maximum}" + (windows if level.trigger_days or level.resupply_days else "")


def _where(row: dict[str, Any]) -> str:
    if row.get("site"):
        return f"Site {row['site']}"
    return f"Depot {row['depot']}" if row.get("depot") else row.get("country") or "Study"


_SETS = proposals_of(ChangeKind.LEVEL_SET)


def waiting_sets(connection: Connection, study_id: int) -> tuple[ProposedSet, ...]:
    """Sets that wait for a second person, the oldest first."""
    statement = _SETS.where(APPROVALS.c.decided_at.is_(None))
    return tuple(_set(row) for row in connection.execute(statement, {"study_id": study_id}).mappings())


def proposed_set(connection: Connection, study_id: int, change_id: int) -> ProposedSet:
    """One set; NotFound where it is none."""
    statement = _SETS.where(CHANGES.c.id == change_id)
    row = connection.execute(statement, {"study_id": study_id}).mappings().first()
    if row is None:
        raise NotFound("No such proposal in this study. Check its number.")
    return _set(row)


def _set(row: Any) -> ProposedSet:
    secret = row["content"]["secret"]
    return ProposedSet(
        change_id=row["id"],
        record=row["record"],
        rows=tuple(secret["rows"]),
        effective_from=row["effective_from"],
        reason=row["reason"],
        asked_by_id=row["asked_by_id"],
        asked_by=row["printed_name"],
        asked_at=row["asked_at"],
        granted=row["granted"],
        seen=change_hash(row["kind"], row["record"], row["facts"], row["effective_from"], secret),
    )
