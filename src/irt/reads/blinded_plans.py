"""Shipment plans as blinded planners see them: what leaves for where and when, by blinding group, and no cost.

What a plan costs, and the lots in it, follow from who gets what; neither is told here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.states.plan import RunStatus
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.plan import OptimizationRun, PlanApproval, PlannedConsignment, PlannedShipment, ShipmentPlan
from irt.tables.shipment import Shipment

PLANS_MAX = 50


@dataclass(frozen=True)
class BlindedPlanLine(BlindedView):
    """One plan in a list: from which day on, who approved it."""

    number: int
    day: date
    horizon_days: int
    status: RunStatus
    at: datetime
    approved_by: str
    approved_at: datetime | None


@dataclass(frozen=True)
class BlindedConsignment(BlindedView):
    """What is to leave a depot for a place on a day, by blinding group, and the shipment it became."""

    lane: str
    origin: str
    place: str
    to_depot: bool
    storage: str
    dispatch_on: date
    expected_on: date
    by_group: Mapping[str, int]
    shipment: str


@dataclass(frozen=True)
class BlindedPlan(BlindedView):
    """One plan and what it sends, in order of days."""

    line: BlindedPlanLine
    consignments: tuple[BlindedConsignment, ...]


_RUNS, _PLANS, _CONSIGNMENTS = table_of(OptimizationRun), table_of(ShipmentPlan), table_of(PlannedConsignment)
_APPROVALS, _BECAME, _SHIPMENTS, _ACCOUNTS = (
    table_of(PlanApproval),
    table_of(PlannedShipment),
    table_of(Shipment),
    table_of(Account),
)
_OF_STUDY = (
    select(
        _PLANS.c.id,
        _PLANS.c.number,
        _RUNS.c.day,
        _RUNS.c.horizon_days,
        _RUNS.c.status,
        _PLANS.c.at,
        _ACCOUNTS.c.printed_name,
        _APPROVALS.c.at.label("approved_at"),
    )
    .join(_RUNS, _RUNS.c.id == _PLANS.c.run_id)
    .outerjoin(_APPROVALS, _APPROVALS.c.plan_id == _PLANS.c.id)
    .outerjoin(_ACCOUNTS, _ACCOUNTS.c.id == _APPROVALS.c.account_id)
    .where(_PLANS.c.study_id == bindparam("study_id"))
)
_NEWEST = _OF_STUDY.order_by(_PLANS.c.number.desc()).limit(PLANS_MAX)
_ONE = _OF_STUDY.where(_PLANS.c.number == bindparam("number"))
_LEGS = (
    select(_CONSIGNMENTS, _SHIPMENTS.c.number.label("shipment"))
    .outerjoin(_BECAME, _BECAME.c.consignment_id == _CONSIGNMENTS.c.id)
    .outerjoin(_SHIPMENTS, _SHIPMENTS.c.id == _BECAME.c.shipment_id)
    .where(_CONSIGNMENTS.c.plan_id == bindparam("plan_id"))
    .order_by(_CONSIGNMENTS.c.dispatch_on, _CONSIGNMENTS.c.lane, _CONSIGNMENTS.c.storage)
)


def blinded_plans(connection: Connection, study_id: int) -> tuple[BlindedPlanLine, ...]:
    """The fifty newest plans of a study."""
    return tuple(_line(row) for row in connection.execute(_NEWEST, {"study_id": study_id}).mappings())


def blinded_plan(connection: Connection, study_id: int, number: int) -> BlindedPlan:
    """One plan; NotFound where the study has none of that number."""
    row = connection.execute(_ONE, {"study_id": study_id, "number": number}).mappings().first()
    if row is None:
        raise NotFound(f"This study has no plan {number}. Look at the list.")
    legs = connection.execute(_LEGS, {"plan_id": row["id"]}).mappings()
    names = ("lane", "origin", "place", "to_depot", "storage", "dispatch_on", "expected_on")
    consignments = tuple(
        BlindedConsignment(
            **{name: leg[name] for name in names}, by_group=leg["kits"], shipment=leg["shipment"] or ""
        )
        for leg in legs
    )
    return BlindedPlan(_line(row), consignments)


def _line(row: RowMapping) -> BlindedPlanLine:
    names = ("number", "day", "horizon_days", "at", "approved_at")
    return BlindedPlanLine(
        **{name: row[name] for name in names},
        status=RunStatus(row["status"]),
        approved_by=row["printed_name"] or "",
    )
