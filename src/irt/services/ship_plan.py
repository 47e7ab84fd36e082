"""Planned consignments whose day has come become shipments, as far as nothing has changed for them since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, or_, select
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.reads.asking import Asking
from irt.reads.inventory import network_view
from irt.reads.regional import regional_view
from irt.services.audit_draft import AuditDraft
from irt.services.plans import approved_now
from irt.services.raise_shipments import raise_shipments
from irt.services.supply_study import SupplyStudy, lock_study
from irt.services.work import Work
from irt.supply.planned import Departures, PlannedDispatch, PlannedKits
from irt.supply.planner import NetworkView, ProposedShipment
from irt.supply.resupply import Formula
from irt.tables.columns import table_of
from irt.tables.plan import OptimizationRun, PlannedConsignment, PlannedShipment, ShipmentPlan
from irt.tables.secret import ConsignmentContent, ConsignmentStay, PlanContent
from irt.tables.shipment import Shipment
from irt.tables.study import Depot, Site

AHEAD_DAYS = 1
"""What leaves today or tomorrow is asked for; the rest stays plan."""
CHANGED = "something else was sent there since the plan was made"
RULE = "an approved plan says what leaves: kits by lot, of the day the plan was made"


class ShipPlan(SQLModel):
    """The approved plan whose consignments of today and tomorrow are asked for."""

    study_id: int
    plan: int


class LeftBehind(SQLModel):
    """A consignment that did not become a shipment, and the rule that kept it; no kit type is named."""

    lane: str
    dispatch_on: date
    why: str


class PlanShipped(SQLModel):
    """The shipments that were raised, how many kits they hold, and what was left behind."""

    plan: int
    shipments: list[str]
    kits: int
    left: list[LeftBehind]


class PlanNotApproved(Refusal):
    """Only the newest approved plan ships."""

    def __init__(self, number: int, approved: int | None) -> None:
        known = "No plan is approved" if approved is None else f"The approved plan is number {approved}"
        super().__init__(f"Plan {number} ships nothing. {known}. Nothing was booked.")


_CONSIGNMENTS, _CONTENTS, _SHIPPED = (
    table_of(PlannedConsignment),
    table_of(ConsignmentContent),
    table_of(PlannedShipment),
)
_RUNS, _HEADS, _PLANS = table_of(OptimizationRun), table_of(ShipmentPlan), table_of(PlanContent)
_SHIPMENTS, _SITES, _DEPOTS = table_of(Shipment), table_of(Site), table_of(Depot)
_MADE = (
    select(_HEADS.c.id, _RUNS.c.at, _PLANS.c.hash)
    .join(_RUNS, _RUNS.c.id == _HEADS.c.run_id)
    .join(_PLANS, _PLANS.c.plan_id == _HEADS.c.id)
    .where(_HEADS.c.study_id == bindparam("study_id"), _HEADS.c.number == bindparam("number"))
)
_DUE = (
    select(_CONSIGNMENTS, _CONTENTS.c.lines)
    .join(_CONTENTS, _CONTENTS.c.consignment_id == _CONSIGNMENTS.c.id)
    .where(
        _CONSIGNMENTS.c.plan_id == bindparam("plan_id"),
        _CONSIGNMENTS.c.dispatch_on >= bindparam("first"),
        _CONSIGNMENTS.c.dispatch_on <= bindparam("last"),
        ~select(_SHIPPED.c.id).where(_SHIPPED.c.consignment_id == _CONSIGNMENTS.c.id).exists(),
    )
    .order_by(_CONSIGNMENTS.c.dispatch_on, _CONSIGNMENTS.c.to_depot, _CONSIGNMENTS.c.lane, _CONSIGNMENTS.c.storage)
)
_OTHERS = (
    select(_SITES.c.number.label("site"), _DEPOTS.c.code.label("depot"))
    .select_from(_SHIPMENTS)
    .outerjoin(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .outerjoin(_DEPOTS, _DEPOTS.c.id == _SHIPMENTS.c.target_depot_id)
    .outerjoin(_SHIPPED, _SHIPPED.c.shipment_id == _SHIPMENTS.c.id)
    .outerjoin(_CONSIGNMENTS, _CONSIGNMENTS.c.id == _SHIPPED.c.consignment_id)
    .where(
        _SHIPMENTS.c.study_id == bindparam("study_id"),
        _SHIPMENTS.c.raised_at > bindparam("made_at"),
        or_(_CONSIGNMENTS.c.plan_id.is_(None), _CONSIGNMENTS.c.plan_id != bindparam("plan_id")),
    )
)
_RAISED = select(_SHIPMENTS.c.number, _SHIPMENTS.c.id).where(
    _SHIPMENTS.c.study_id == bindparam("study_id"), _SHIPMENTS.c.number.in_(bindparam("numbers", expanding=True))
)


def due_plan(connection: Connection, study_id: int, today: date) -> int | None:
    """The approved plan of a study if it still sends something today or tomorrow."""
    number = approved_now(connection, study_id)
    if number is None:
        return None
    made = connection.execute(_MADE, {"study_id": study_id, "number": number}).one()
    window = {"plan_id": made.id, "first": today, "last": today + timedelta(days=AHEAD_DAYS)}
    return None if connection.execute(_DUE, window).first() is None else number


def ship_plan(work: Work, ask: ShipPlan) -> PlanShipped:
    """Raises what the approved plan sends today and tomorrow; what cannot leave is told with its reason."""
    work.actor.require(Permission.RUN_RESUPPLY, ask.study_id)
    study = lock_study(work, ask.study_id)
    approved = approved_now(work.connection, study.id)
    if approved != ask.plan:
        raise PlanNotApproved(ask.plan, approved)
    return ship_approved(work, study, ask.plan)


def ship_approved(work: Work, study: SupplyStudy, number: int) -> PlanShipped:
    """The same for a plan that is known to be approved, within its transaction."""
    made = work.one("plan", _MADE, study_id=study.id, number=number)
    today = work.at.date()
    due = work.rows(_DUE, plan_id=made["id"], first=today, last=today + timedelta(days=AHEAD_DAYS))
    asked = work.rows(_OTHERS, study_id=study.id, made_at=made["at"], plan_id=made["id"])
    shipping = _Shipping(
        work, study, {"plan": number, "plan_hash": made["hash"]}, {row["site"] or row["depot"] for row in asked}
    )
    done = PlanShipped(plan=number, shipments=[], kits=0, left=[])
    if due:
        asking = Asking(study.id, study.definition, today, work.at)
        network = network_view(work.connection, asking)
        shipping.send([row for row in due if not row["to_depot"]], network, done, to_depots=False)
        if depots := [row for row in due if row["to_depot"]]:
            shipping.send(depots, regional_view(work.connection, asking, network, every=True), done, to_depots=True)
    work.audit(
        AuditDraft(
            act="plan_shipped",
            record_kind="plan",
            record=str(number),
            study_id=study.id,
            new={"shipments": done.shipments, "kits": done.kits, "left_behind": len(done.left)},
            secret={"plan_hash": made["hash"], "left": [left.model_dump(mode="json") for left in done.left]},
        )
    )
    return done


@dataclass(frozen=True, slots=True)
class _Shipping:
    """One plan on its way to becoming shipments."""

    work: Work
    study: SupplyStudy
    facts: Mapping[str, Any]
    changed: set[str]

    def send(self, due: Sequence[RowMapping], network: NetworkView, done: PlanShipped, *, to_depots: bool) -> None:
        """Raises those of the consignments that may leave, each a shipment."""
        departures = Departures(network, self.work.at.date())
        proposals: list[tuple[int, ProposedShipment]] = []
        stays: list[dict[str, Any]] = []
        for row in due:
            planned = _dispatch(row)
            if why := CHANGED if row["place"] in self.changed else departures.why_not(planned):
                done.left.append(LeftBehind(lane=row["lane"], dispatch_on=row["dispatch_on"], why=why))
                stays.append({**self.study.owner, "consignment_id": row["id"], "why": why, "at": self.work.at})
            else:
                formula = Formula("plan", RULE)
                proposals.append(
                    (row["id"], departures.propose(planned, formula, {**self.facts, **_not_fefo(row)}))
                )
        raised = raise_shipments(
            self.work,
            self.study,
            [proposal for _, proposal in proposals],
            network.sites,
            raised_by="plan",
            to_depots=to_depots,
        )
        self.work.record_all(ConsignmentStay, stays)
        self._remember([consignment for consignment, _ in proposals], raised.numbers)
        done.shipments += raised.numbers
        done.kits += raised.kits

    def _remember(self, consignments: Sequence[int], numbers: Sequence[str]) -> None:
        """Which consignment became which shipment: one class of goods each, so one for one."""
        rows = self.work.rows(_RAISED, study_id=self.study.id, numbers=list(numbers)) if numbers else ()
        ids = {row["number"]: row["id"] for row in rows}
        self.work.record_all(
            PlannedShipment,
            (
                {**self.study.owner, "consignment_id": one, "shipment_id": ids[number], "at": self.work.at}
                for one, number in zip(consignments, numbers, strict=True)
            ),
        )


def _not_fefo(row: RowMapping) -> dict[str, dict[str, str]]:
    """By blinded lot, why it leaves before one that expires earlier; whichever of its kits that is about."""
    found: dict[str, set[str]] = {}
    for line in row["lines"]:
        if why := line.get("why"):
            found.setdefault(line["lot"], set()).add(why)
    reasons = {lot: "; ".join(sorted(whys)) for lot, whys in sorted(found.items())}
    return {"not_fefo": reasons} if reasons else {}


def _dispatch(row: RowMapping) -> PlannedDispatch:
    kits = tuple(PlannedKits(*(line[name] for name in PlannedKits._fields)) for line in row["lines"])
    _, _, way = row["lane"].partition(" ")
    return PlannedDispatch(row["origin"], row["place"], row["dispatch_on"], kits, way)
