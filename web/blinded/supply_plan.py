"""The blinded planner's supply: totals, stock by blinding group, and the shipments under way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_reasons import ShipmentReasons, reasons_under_way
from irt.reads.blinded_shipments import ShipmentLine, planned_shipments
from irt.reads.blinded_sites import study_at
from irt.reads.blinded_supply import (
    ExpiryMonth,
    GroupStock,
    SupplyFigures,
    approved_version,
    expiry_months,
    stock_by_group,
    supply_figures,
    unused_kits,
)
from irt.services.approve_shipment import ApproveShipment, approve_shipment
from irt.services.start_jobs import StartResupply, start_resupply
from web.blinded.desk import Desk, desk_of, go
from web.forms import Fields


@dataclass(frozen=True)
class PlanView(BlindedView):
    """Everything a blinded planner sees of a study."""

    figures: SupplyFigures
    stock: tuple[GroupStock, ...]
    next: str
    shipments: tuple[ShipmentLine, ...]
    months: tuple[ExpiryMonth, ...]
    reasons: tuple[tuple[str, str], ...]
    command_key: str
    refusal: str = ""

    def why(self, number: str) -> str:
        """What raised a shipment, and the sums behind it."""
        return dict(self.reasons).get(number, "")

    def month_words(self) -> list[str]:
        """The months as the picture names them; the last one holds all later ones."""
        words = [f"{one.month:%b}" for one in self.months]
        return [*words[:-1], f"{words[-1]}+"]


class SupplyPlanPages(Controller):
    """The overview by blinding group."""

    path = "/supply/plan"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], after: FromQuery[str] = "") -> Response[Any]:
        """The study's supply without kit types."""
        study_id = _study(desk)
        return go("/switch") if study_id is None else _page(desk, study_id, after=after)

    @post("/run", sync_to_thread=True)
    def run(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Starts a run of the resupply; its shipments wait for approval."""
        study_id = _study(desk)
        if study_id is None:
            return go("/switch")
        ask = StartResupply(study_id=study_id, day=desk.now.date(), needs_approval=True)
        try:
            started = desk.press(start_resupply, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, refusal=refusal.sentence, status_code=refusal.status_code)
        return go(f"/jobs/{started.job_id}")

    @post("/{number:str}/approve", sync_to_thread=True)
    def approve(self, desk: NamedDependency[Desk], number: str, data: Fields) -> Response[Any]:
        """Sends a waiting shipment's request to its depot."""
        study_id = _study(desk)
        if study_id is None:
            return go("/switch")
        ask = ApproveShipment(study_id=study_id, number=number)
        try:
            desk.press(approve_shipment, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, refusal=refusal.sentence, status_code=refusal.status_code)
        return go("/supply/plan")


def _study(desk: Desk) -> int | None:
    """The study chosen, or the only one the person plans for."""
    actor = desk.who.actor
    if desk.who.study_id is not None:
        actor.require(Permission.VIEW_SUPPLY, desk.who.study_id)
        return desk.who.study_id
    places = [p for p in desk.who.places if actor.grant_for(Permission.VIEW_SUPPLY, p.study_id, None)]
    if not places:
        actor.require(Permission.VIEW_SUPPLY, None)
    studies = {place.study_id for place in places}
    return studies.pop() if len(studies) == 1 else None


_RAISED_BY = {
    "resupply": "Stock was low",
    "initial": "The site opened",
    "manual": "Ordered by hand",
    "emergency": "Emergency order",
    "plan": "As the approved plan says",
}


def _reasons(found: Mapping[str, ShipmentReasons], names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((number, _reason(one, names)) for number, one in found.items())


def _reason(found: ShipmentReasons, names: Mapping[str, str]) -> str:
    sums = [
        f"{names.get(one.blinding_group, one.blinding_group)}: {one.ordered} ordered, "
        f"{one.there_or_coming} there or coming"
        for one in found.groups
    ]
    return f"{_RAISED_BY.get(found.raised_by, 'Ordered')}. {'; '.join(sums)}".strip()


def _page(
    desk: Desk,
    study_id: int,
    *,
    after: str = "",
    refusal: str = "",
    status_code: int = 200,
) -> Response[str]:
    with desk.store.reading() as connection:
        study = study_at(connection, study_id, approved_version(connection, study_id))
        groups = [(group.code, group.name) for group in study.blinding_groups]
        stock, following = stock_by_group(connection, study_id, groups, after)
        unused = unused_kits(connection, study_id)
        view = PlanView(
            figures=supply_figures(connection, study_id, desk.now, unused),
            stock=stock,
            next=f"/supply/plan?after={following}" if following else "",
            shipments=planned_shipments(connection, study_id),
            months=expiry_months(unused, desk.now),
            reasons=_reasons(reasons_under_way(connection, study_id), dict(groups)),
            command_key=desk.key(),
            refusal=refusal,
        )
    title = "Supply by blinding group"
    return desk.page("supply/plan.html", view, title, "Supply", study_id=study_id, status_code=status_code)
