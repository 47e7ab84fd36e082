"""Shipments as supply managers see them: what is in them, and how they were calculated."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_network import subjects_by_site
from irt.reads.unblinded_supply import LevelRow, is_small, level_rows
from irt.states.shipment import ShipmentStatus
from irt.states.table import words
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit
from irt.tables.people import Account
from irt.tables.secret import KitContent, ShipmentCalculation
from irt.tables.shipment import Shipment, ShipmentKit, ShipmentStep
from irt.tables.study import Depot, Site

SHIPMENTS_A_PAGE = 50


@dataclass(frozen=True)
class SupplyShipment(UnblindedView):
    """One shipment in the supply manager's list."""

    number: str
    status: ShipmentStatus
    site: str
    site_name: str
    depot: str
    kits: int
    raised_by: str
    raised_at: datetime
    dispatch_on: date | None
    expected_on: date | None


@dataclass(frozen=True)
class SupplyStep(UnblindedView):
    """One step of a shipment."""

    words: str
    occurred_at: datetime
    recorded_at: datetime
    person: str
    reason: str


@dataclass(frozen=True)
class ShipmentTrace(UnblindedView):
    """One shipment with its composition and its calculation: inputs, formula, result."""

    line: SupplyShipment
    grouped: bool
    contents: tuple[tuple[str, str, int], ...]
    rule: str
    planner: str
    day: date | None
    arrival: date | None
    rows: tuple[LevelRow, ...]
    waybill: str
    monitor: str
    steps: tuple[SupplyStep, ...]


_KITS, _LOTS, _CONTENTS = table_of(Kit), table_of(BlindedLot), table_of(KitContent)
_SHIPMENTS, _SHIPPED, _STEPS = table_of(Shipment), table_of(ShipmentKit), table_of(ShipmentStep)
_CALCULATIONS, _ACCOUNTS, _SITES, _DEPOTS = (
    table_of(ShipmentCalculation),
    table_of(Account),
    table_of(Site),
    table_of(Depot),
)
_COUNT = (
    select(func.count())
    .select_from(_SHIPPED)
    .where(_SHIPPED.c.shipment_id == _SHIPMENTS.c.id)
    .scalar_subquery()
    .label("kits")
)
_TARGETS = _DEPOTS.alias("target")
_LINES = (
    select(
        _SHIPMENTS,
        _COUNT,
        _SITES.c.number.label("site"),
        _SITES.c.name.label("site_name"),
        _DEPOTS.c.code.label("depot"),
        _TARGETS.c.code.label("to_depot"),
    )
    .outerjoin(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .outerjoin(_TARGETS, _TARGETS.c.id == _SHIPMENTS.c.target_depot_id)
    .outerjoin(_DEPOTS, _DEPOTS.c.id == _SHIPMENTS.c.origin_depot_id)
    .where(_SHIPMENTS.c.study_id == bindparam("study_id"))
)


def supply_shipments(
    connection: Connection, study_id: int, statuses: Iterable[ShipmentStatus], before: int | None
) -> tuple[tuple[SupplyShipment, ...], int | None]:
    """Shipments in these states (none: in any), newest first, and the mark of the next page."""
    statement = _LINES.order_by(_SHIPMENTS.c.id.desc()).limit(SHIPMENTS_A_PAGE + 1)
    if chosen := tuple(statuses):
        statement = statement.where(_SHIPMENTS.c.status.in_(chosen))
    if before is not None:
        statement = statement.where(_SHIPMENTS.c.id < before)
    rows = connection.execute(statement, {"study_id": study_id}).mappings().all()
    more = len(rows) > SHIPMENTS_A_PAGE
    return tuple(_line(row) for row in rows[:SHIPMENTS_A_PAGE]), rows[SHIPMENTS_A_PAGE - 1]["id"] if more else None


def _line(row: RowMapping) -> SupplyShipment:
    return SupplyShipment(
        number=row["number"],
        status=ShipmentStatus(row["status"]),
        site=row["site"] or "",
        site_name=f"Depot {row['to_depot']}" if row["to_depot"] else row["site_name"] or "",
        depot=row["depot"] or "",
        kits=row["kits"],
        raised_by=row["raised_by"],
        raised_at=row["raised_at"],
        dispatch_on=row["dispatch_on"],
        expected_on=row["expected_on"],
    )


_TRACE = select(_CALCULATIONS.c.trace).where(_CALCULATIONS.c.shipment_id == bindparam("shipment_id"))
_COMPOSITION = (
    select(_CONTENTS.c.kit_type, _LOTS.c.number.label("lot"), func.count().label("kits"))
    .join(_SHIPPED, _SHIPPED.c.kit_id == _CONTENTS.c.kit_id)
    .join(_KITS, _KITS.c.id == _CONTENTS.c.kit_id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .where(_SHIPPED.c.shipment_id == bindparam("shipment_id"))
    .group_by(_CONTENTS.c.kit_type, _LOTS.c.number)
    .order_by(_CONTENTS.c.kit_type, _LOTS.c.number)
)
_STEPS_OF = (
    select(_STEPS, _ACCOUNTS.c.printed_name)
    .outerjoin(_ACCOUNTS, _ACCOUNTS.c.id == _STEPS.c.account_id)
    .where(_STEPS.c.shipment_id == bindparam("shipment_id"))
    .order_by(_STEPS.c.id.desc())
)


def shipment_trace(connection: Connection, study_id: int, number: str) -> ShipmentTrace:
    """One shipment with what it was calculated from; NotFound where the study has none of that number."""
    statement = _LINES.where(_SHIPMENTS.c.number == number)
    row = connection.execute(statement, {"study_id": study_id}).mappings().first()
    if row is None:
        raise NotFound("No such shipment. Check the number.")
    definition, facts = definition_in_force(connection, study_id), {"shipment_id": row["id"]}
    grouped = is_small(definition, subjects_by_site(connection, study_id).get(row["site"] or "", 0))
    trace = connection.execute(_TRACE, facts).scalar() or {}
    return ShipmentTrace(
        line=_line(row),
        grouped=grouped,
        contents=_contents(connection, definition, facts, grouped=grouped),
        rule=trace.get("rule", ""),
        planner=trace.get("planner", ""),
        day=_day(trace.get("day")),
        arrival=_day(trace.get("arrival")),
        rows=level_rows(definition, trace.get("kit_types", {}), grouped=grouped),
        waybill=row["waybill"] or "",
        monitor=row["monitor"] or "",
        steps=tuple(
            SupplyStep(
                words=words(ShipmentStatus(step["status"])),
                occurred_at=step["occurred_at"],
                recorded_at=step["recorded_at"],
                person=step["printed_name"] or "",
                reason=step["reason"] or "",
            )
            for step in connection.execute(_STEPS_OF, facts).mappings()
        ),
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _contents(
    connection: Connection, definition: StudyDefinition, facts: Mapping[str, Any], *, grouped: bool
) -> tuple[tuple[str, str, int], ...]:
    """(kit type or blinding group, blinded lot, kits)."""
    counted: Counter[tuple[str, str]] = Counter()
    for kit_type, lot, kits in connection.execute(_COMPOSITION, facts):
        group = definition.blinding_group(definition.kit_type(kit_type).blinding_group)
        counted[(group.name if grouped else kit_type, lot)] += kits
    return tuple((name, lot, kits) for (name, lot), kits in sorted(counted.items()))
