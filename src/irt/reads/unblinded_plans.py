"""Optimization runs and shipment plans in full, for the people who may know kit types.

`runs`, `run_watched` (bound and best plan as they moved), `plan_shown` (what it costs, what leaves when, edits,
shipments it became), `plan_files` (problem and plan as JSON, for stories and comparisons), `consignment_lines`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Connection, RowMapping, bindparam, func, or_, select

from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.states.plan import EditKind, RunStatus
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.plan import (
    OptimizationRun,
    PlanApproval,
    PlanEdit,
    PlannedConsignment,
    PlannedShipment,
    ShipmentPlan,
)
from irt.tables.secret import ConsignmentContent, ConsignmentStay, PlanContent, RunInputs, RunProgress
from irt.tables.shipment import Shipment

RUNS_MAX = 50


@dataclass(frozen=True)
class StepShown(UnblindedView):
    """How far a run was: seconds since its start, bound and best plan in cents."""

    seconds: float
    bound: int
    cost: int | None
    words: str

    @property
    def gap(self) -> float | None:
        """(cost - bound) / bound; None without a plan, or with a bound of zero."""
        return None if self.cost is None or self.bound <= 0 else (self.cost - self.bound) / self.bound


@dataclass(frozen=True)
class RunLine(UnblindedView):
    """One run in a list; `last` is its latest step, `plan` the number of its plan.

    `settings`: what it was asked with; for a rule that is played, `method`, and `beside`: on which plan's problem.
    """

    number: int
    title: str
    person: str
    day: date
    horizon_days: int
    goal: Mapping[str, Any]
    parent: int | None
    status: RunStatus
    cancel_asked: bool
    job_id: int | None
    at: datetime
    ended_at: datetime | None
    plan: int | None
    last: StepShown | None
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rule(self) -> str:
        """The rule it plays; empty for an optimization."""
        return str(self.settings.get("method", ""))

    @property
    def beside(self) -> int | None:
        """The plan on whose problem a rule is played."""
        return self.settings.get("beside")


@dataclass(frozen=True)
class RunWatched(UnblindedView):
    """A run with everything it told so far, and what it was asked with."""

    line: RunLine
    steps: tuple[StepShown, ...]
    settings: Mapping[str, Any]
    problem_hash: str


@dataclass(frozen=True)
class ConsignmentShown(UnblindedView):
    """One planned consignment: boxes, kits by type and lot, what is wanted of it, and the shipment it became.

    `stayed`: the rule that kept it here when it was last due, where it became none.
    """

    lane: str
    origin: str
    place: str
    to_depot: bool
    storage: str
    dispatch_on: date
    expected_on: date
    by_group: Mapping[str, int]
    shippers: Mapping[str, int]
    lines: Sequence[Mapping[str, Any]]
    edit: EditKind | None
    shipment: str
    stayed: str = ""

    @property
    def kits(self) -> int:
        """All kits of it."""
        return sum(self.by_group.values())


@dataclass(frozen=True)
class EditShown(UnblindedView):
    """What a planner wants of one consignment, in force."""

    lane: str
    storage: str
    dispatch_on: date
    kind: EditKind
    reason: str
    person: str
    at: datetime


@dataclass(frozen=True)
class PlanShown(UnblindedView):
    """One plan: what it costs in cents by component, what is proven of it, who approved it, what leaves when."""

    number: int
    run: RunLine
    at: datetime
    software: str
    hash: str
    status: str
    cost: Mapping[str, int]
    total: int
    bound: int
    seconds: float
    verdict: Mapping[str, Any]
    approved_by: str
    approved_at: datetime | None
    consignments: tuple[ConsignmentShown, ...]
    edits: tuple[EditShown, ...]

    @property
    def gap(self) -> float:
        """(total - bound) / bound; zero where the bound is."""
        return (self.total - self.bound) / self.bound if self.bound else 0.0


@dataclass(frozen=True)
class PlanFiles:
    """The problem and the plan as they were kept, and their hashes."""

    problem: Mapping[str, Any]
    problem_hash: str
    plan: str
    plan_hash: str


_RUNS, _PLANS, _CONSIGNMENTS, _EDITS = (
    table_of(OptimizationRun),
    table_of(ShipmentPlan),
    table_of(PlannedConsignment),
    table_of(PlanEdit),
)
_APPROVALS, _BECAME, _SHIPMENTS, _ACCOUNTS = (
    table_of(PlanApproval),
    table_of(PlannedShipment),
    table_of(Shipment),
    table_of(Account),
)
_INPUTS, _PROGRESS, _CONTENTS, _INSIDE, _STAYS = (
    table_of(RunInputs),
    table_of(RunProgress),
    table_of(PlanContent),
    table_of(ConsignmentContent),
    table_of(ConsignmentStay),
)
_LATER = _PROGRESS.alias("later")
_LAST = select(func.max(_LATER.c.id)).where(_LATER.c.run_id == _RUNS.c.id).scalar_subquery()
_OF_STUDY = (
    select(
        _RUNS,
        _ACCOUNTS.c.printed_name,
        _PLANS.c.number.label("plan"),
        _PROGRESS.c.seconds,
        _PROGRESS.c.bound,
        _PROGRESS.c.cost,
        _PROGRESS.c.words,
        _INPUTS.c.settings,
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _RUNS.c.account_id)
    .outerjoin(_INPUTS, _INPUTS.c.run_id == _RUNS.c.id)
    .outerjoin(_PLANS, _PLANS.c.run_id == _RUNS.c.id)
    .outerjoin(_PROGRESS, _PROGRESS.c.id == _LAST)
    .where(_RUNS.c.study_id == bindparam("study_id"))
)
_NEWEST = _OF_STUDY.order_by(_RUNS.c.number.desc()).limit(RUNS_MAX)
_ONE = _OF_STUDY.where(_RUNS.c.number == bindparam("number"))
_STEPS = select(_PROGRESS).where(_PROGRESS.c.run_id == bindparam("run_id")).order_by(_PROGRESS.c.id)
_ASKED = select(_INPUTS).where(_INPUTS.c.run_id == bindparam("run_id"))
_PLAN = (
    select(
        _PLANS,
        _RUNS.c.number.label("run"),
        *(_CONTENTS.c[name] for name in ("hash", "status", "cost", "total", "bound", "seconds", "verdict")),
        _ACCOUNTS.c.printed_name.label("approved_by"),
        _APPROVALS.c.at.label("approved_at"),
    )
    .join(_RUNS, _RUNS.c.id == _PLANS.c.run_id)
    .join(_CONTENTS, _CONTENTS.c.plan_id == _PLANS.c.id)
    .outerjoin(_APPROVALS, _APPROVALS.c.plan_id == _PLANS.c.id)
    .outerjoin(_ACCOUNTS, _ACCOUNTS.c.id == _APPROVALS.c.account_id)
    .where(_PLANS.c.study_id == bindparam("study_id"), _PLANS.c.number == bindparam("number"))
)
_LEGS = (
    select(_CONSIGNMENTS, _INSIDE.c.shippers, _INSIDE.c.lines, _SHIPMENTS.c.number.label("shipment"))
    .join(_INSIDE, _INSIDE.c.consignment_id == _CONSIGNMENTS.c.id)
    .outerjoin(_BECAME, _BECAME.c.consignment_id == _CONSIGNMENTS.c.id)
    .outerjoin(_SHIPMENTS, _SHIPMENTS.c.id == _BECAME.c.shipment_id)
    .where(_CONSIGNMENTS.c.plan_id == bindparam("plan_id"))
    .order_by(_CONSIGNMENTS.c.dispatch_on, _CONSIGNMENTS.c.lane, _CONSIGNMENTS.c.storage)
)
_STAYED = (
    select(_STAYS.c.consignment_id, _STAYS.c.why)
    .join(_CONSIGNMENTS, _CONSIGNMENTS.c.id == _STAYS.c.consignment_id)
    .where(_CONSIGNMENTS.c.plan_id == bindparam("plan_id"))
    .order_by(_STAYS.c.id)
)
_EDITS_OF = (
    select(_EDITS, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _EDITS.c.account_id)
    .where(_EDITS.c.plan_id == bindparam("plan_id"))
    .order_by(_EDITS.c.id)
)
_FILES = (
    select(_INPUTS.c.problem, _INPUTS.c.hash, _CONTENTS.c.plan, _CONTENTS.c.hash.label("plan_hash"))
    .select_from(_PLANS)
    .join(_CONTENTS, _CONTENTS.c.plan_id == _PLANS.c.id)
    .join(_INPUTS, _INPUTS.c.run_id == _PLANS.c.run_id)
    .where(_PLANS.c.study_id == bindparam("study_id"), _PLANS.c.number == bindparam("number"))
)
_TO_KEEP = (
    select(
        _PLANS.c.number, _INPUTS.c.problem, _INPUTS.c.hash, _CONTENTS.c.plan, _CONTENTS.c.hash.label("plan_hash")
    )
    .select_from(_PLANS)
    .join(_CONTENTS, _CONTENTS.c.plan_id == _PLANS.c.id)
    .join(_INPUTS, _INPUTS.c.run_id == _PLANS.c.run_id)
    .outerjoin(_APPROVALS, _APPROVALS.c.plan_id == _PLANS.c.id)
    .where(
        _PLANS.c.study_id == bindparam("study_id"),
        _INPUTS.c.settings["method"].as_string().is_(None),
        or_(bindparam("any_plan", type_=Boolean), _APPROVALS.c.id.is_not(None)),
    )
    .order_by(_PLANS.c.number.desc())
    .limit(1)
)


def runs(connection: Connection, study_id: int) -> tuple[RunLine, ...]:
    """The fifty newest runs of a study, by whomever."""
    return tuple(map(_line, connection.execute(_NEWEST, {"study_id": study_id}).mappings()))


def run_watched(connection: Connection, study_id: int, number: int) -> RunWatched:
    """One run with its steps so far; NotFound where the study has none of that number."""
    row = connection.execute(_ONE, {"study_id": study_id, "number": number}).mappings().first()
    if row is None:
        raise NotFound(f"This study has no optimization {number}. Look at the list.")
    steps = tuple(map(_step, connection.execute(_STEPS, {"run_id": row["id"]}).mappings()))
    asked = connection.execute(_ASKED, {"run_id": row["id"]}).mappings().one()
    return RunWatched(_line(row), steps, asked["settings"], asked["hash"])


def plan_shown(connection: Connection, study_id: int, number: int) -> PlanShown:
    """One plan; NotFound where the study has none of that number."""
    row = connection.execute(_PLAN, {"study_id": study_id, "number": number}).mappings().first()
    if row is None:
        raise _unknown(number)
    edits = edits_of(connection, row["id"])
    wanted = {(one.lane, one.storage, one.dispatch_on): one.kind for one in edits}
    legs = connection.execute(_LEGS, {"plan_id": row["id"]}).mappings()
    stayed = {stay[0]: stay[1] for stay in connection.execute(_STAYED, {"plan_id": row["id"]})}
    names = ("number", "at", "software", "hash", "status", "cost", "total", "bound", "seconds", "verdict")
    return PlanShown(
        **{name: row[name] for name in names},
        run=run_watched(connection, study_id, row["run"]).line,
        approved_by=row["approved_by"] or "",
        approved_at=row["approved_at"],
        consignments=tuple(_leg(leg, wanted, stayed) for leg in legs),
        edits=edits,
    )


def edits_of(connection: Connection, plan_id: int) -> tuple[EditShown, ...]:
    """What is wanted of a plan's consignments, the latest wish of each; wishes taken back are left out."""
    latest: dict[tuple[str, str, date], EditShown] = {}
    for row in connection.execute(_EDITS_OF, {"plan_id": plan_id}).mappings():
        names = ("lane", "storage", "dispatch_on", "reason", "at")
        shown = EditShown(
            **{name: row[name] for name in names}, kind=EditKind(row["kind"]), person=row["printed_name"]
        )
        latest[shown.lane, shown.storage, shown.dispatch_on] = shown
    return tuple(one for one in latest.values() if one.kind != EditKind.FREE)


def plan_files(connection: Connection, study_id: int, number: int) -> PlanFiles:
    """The problem and the plan as kept; NotFound where the study has no plan of that number."""
    row = connection.execute(_FILES, {"study_id": study_id, "number": number}).mappings().first()
    if row is None:
        raise _unknown(number)
    return PlanFiles(row["problem"], row["hash"], row["plan"], row["plan_hash"])


def plan_to_keep(connection: Connection, study_id: int, *, approved: bool) -> tuple[int, PlanFiles] | None:
    """The last plan of a study and its number, or the last that was approved; None where there is none.

    What a rule of resupply played on another plan's problem is no plan to keep.
    """
    asked = {"study_id": study_id, "any_plan": not approved}
    row = connection.execute(_TO_KEEP, asked).mappings().first()
    if row is None:
        return None
    return row["number"], PlanFiles(row["problem"], row["hash"], row["plan"], row["plan_hash"])


def _unknown(number: int) -> NotFound:
    return NotFound(f"This study has no plan {number}. Look at the list.")


def _line(row: RowMapping) -> RunLine:
    names = ("number", "title", "day", "horizon_days", "goal", "parent", "cancel_asked", "job_id", "at", "ended_at")
    return RunLine(
        **{name: row[name] for name in names},
        person=row["printed_name"],
        status=RunStatus(row["status"]),
        plan=row["plan"],
        last=None if row["seconds"] is None else _step(row),
        settings=row["settings"] or {},
    )


def _step(row: RowMapping) -> StepShown:
    return StepShown(row["seconds"], row["bound"], row["cost"], row["words"])


def _leg(
    row: RowMapping, wanted: Mapping[tuple[str, str, date], EditKind], stayed: Mapping[int, str]
) -> ConsignmentShown:
    names = ("lane", "origin", "place", "to_depot", "storage", "dispatch_on", "expected_on", "shippers", "lines")
    return ConsignmentShown(
        **{name: row[name] for name in names},
        by_group=row["kits"],
        edit=wanted.get((row["lane"], row["storage"], row["dispatch_on"])),
        shipment=row["shipment"] or "",
        stayed="" if row["shipment"] else stayed.get(row["id"], ""),
    )
