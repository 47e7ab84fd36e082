"""Optimization runs and shipment plans, as far as they tell no kit type; the rest of them is in secret tables."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.states.plan import EditKind, RunStatus
from irt.tables.columns import Owned, document, instant, one_of


class OptimizationRun(Owned, table=True):
    """One optimization of a supply: asked by whom, for which days, how it ended. Fixed once it has ended."""

    __tablename__ = "optimization_run"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: int
    title: str = ""
    day: date
    horizon_days: int
    goal: dict[str, Any] = document(description="gap, seconds, seed")
    parent: int | None = Field(default=None, description="the number of the plan it was to build on")
    status: RunStatus = one_of(RunStatus, "status")
    cancel_asked: bool = False
    software: str = Field(description="the release that calculated")
    account_id: int = Field(foreign_key="account.id")
    job_id: int | None = Field(default=None, foreign_key="job.id")
    at: datetime = instant()
    ended_at: datetime | None = instant(default=None)


class ShipmentPlan(Owned, table=True):
    """The plan of one run, checked before it was kept. Append-only."""

    __tablename__ = "shipment_plan"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: int
    run_id: int = Field(foreign_key="optimization_run.id", unique=True)
    software: str = Field(description="the release that checked it")
    at: datetime = instant()


class PlannedConsignment(Owned, table=True):
    """What leaves on a lane on a day in one storage class, by blinding group. Append-only."""

    __tablename__ = "planned_consignment"
    __table_args__ = (UniqueConstraint("plan_id", "lane", "storage", "dispatch_on"),)
    plan_id: int = Field(foreign_key="shipment_plan.id")
    lane: str
    origin: str = Field(description="the depot's code")
    place: str = Field(description="a site's number, or a depot's code")
    to_depot: bool = False
    storage: str
    dispatch_on: date
    expected_on: date
    kits: dict[str, int] = document(description="blinding group -> kits")


class PlanEdit(Owned, table=True):
    """What a planner wants of one consignment; the latest row of its lane, class and day holds. Append-only."""

    __tablename__ = "plan_edit"
    plan_id: int = Field(foreign_key="shipment_plan.id", index=True)
    lane: str
    storage: str
    dispatch_on: date
    kind: EditKind = one_of(EditKind, "kind")
    reason: str
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()


class PlanApproval(Owned, table=True):
    """A plan's approval under a signature. Append-only."""

    __tablename__ = "plan_approval"
    plan_id: int = Field(foreign_key="shipment_plan.id", unique=True)
    signature_id: int = Field(foreign_key="signature.id")
    account_id: int = Field(foreign_key="account.id")
    at: datetime = instant()


class PlannedShipment(Owned, table=True):
    """The shipment that a planned consignment became. Append-only."""

    __tablename__ = "planned_shipment"
    consignment_id: int = Field(foreign_key="planned_consignment.id", unique=True)
    shipment_id: int = Field(foreign_key="shipment.id", unique=True)
    at: datetime = instant()
