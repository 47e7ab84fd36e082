"""Shipments in the supply manager's hands: run the resupply, read its reasons, approve, cancel, mark lost."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import Refusal
from irt.reads.unblinded_shipments import ShipmentTrace, SupplyShipment, shipment_trace, supply_shipments
from irt.services.approve_shipment import ApproveShipment, approve_shipment
from irt.services.fulfil_shipment import (
    ShipmentStepped,
    StepShipment,
    cancel_shipment,
    close_shipment,
    lose_shipment,
    return_shipment,
)
from irt.services.start_jobs import StartResupply, start_resupply
from irt.services.work import Work
from irt.states.shipment import OPEN, SHIPMENT, ShipmentEvent, ShipmentStatus
from web.blinded.desk import Desk, go
from web.blinded.one_study import study_of
from web.forms import Fields
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page

STATES: dict[str, tuple[str, frozenset[ShipmentStatus]]] = {
    "waiting": ("Awaiting approval", frozenset({ShipmentStatus.AWAITING_APPROVAL})),
    "open": ("Under way", frozenset(OPEN - {ShipmentStatus.AWAITING_APPROVAL})),
    "received": (
        "Received",
        frozenset(
            {
                ShipmentStatus.RECEIVED,
                ShipmentStatus.RECEIVED_PARTLY,
                ShipmentStatus.RECEIVED_WITH_DISCREPANCY,
                ShipmentStatus.CLOSED,
            }
        ),
    ),
    "ended": (
        "Did not arrive",
        frozenset(
            {
                ShipmentStatus.CANCELLED,
                ShipmentStatus.REJECTED,
                ShipmentStatus.LOST,
                ShipmentStatus.RETURNED,
            }
        ),
    ),
}
_ACTS: dict[str, tuple[ShipmentEvent, str, Callable[[Work, StepShipment], ShipmentStepped]]] = {
    "cancel": (ShipmentEvent.CANCEL, "Cancel: its kits are free again", cancel_shipment),
    "lose": (ShipmentEvent.LOSE, "Lost on the way: its kits are missing", lose_shipment),
    "return": (ShipmentEvent.RETURN, "Back at the depot: its kits wait for a quality decision", return_shipment),
    "close": (ShipmentEvent.CLOSE, "Close: kits that never came are missing", close_shipment),
}


@dataclass(frozen=True)
class ShipmentsView(UnblindedView):
    """A page of shipments by state."""

    study_id: int
    shipments: tuple[SupplyShipment, ...]
    states: tuple[tuple[str, str], ...]
    chosen: str
    next: str
    command_key: str
    refusal: str = ""


@dataclass(frozen=True)
class TraceView(UnblindedView):
    """One shipment, its calculation, and what may be done with it now."""

    study_id: int
    trace: ShipmentTrace
    acts: tuple[tuple[str, str], ...]
    may_approve: bool
    command_key: str
    act: str = ""
    reason: str = ""
    refusal: str = ""


class SupplyShipmentPages(Controller):
    """Shipments of a study."""

    path = "/supply/shipments"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """A page of shipments, newest first."""
        study_id = study_of(desk, Permission.VIEW_SUPPLY)
        if study_id is None:
            return go("/switch")
        if not desk.who.actor.unblinded_in(study_id):
            return go("/supply/plan")
        require_unblinded(desk, Permission.VIEW_SUPPLY, study_id)
        return _list(desk, study_id)

    @post("/run", sync_to_thread=True)
    def run(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Starts a run of the resupply for today; its job tells how it goes."""
        study_id = _study(data)
        require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
        ask = StartResupply(
            study_id=study_id, day=desk.now.date(), needs_approval=data.get("needs_approval") == "yes"
        )
        try:
            started = desk.press(start_resupply, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _list(desk, study_id, refusal=refusal.sentence, status_code=refusal.status_code)
        return go(f"/jobs/{started.job_id}")

    @get("/{study_id:int}/{number:str}", sync_to_thread=True)
    def show_one(self, desk: NamedDependency[Desk], study_id: int, number: str) -> Response[str]:
        """One shipment with its reasons."""
        require_unblinded(desk, Permission.VIEW_SUPPLY, study_id)
        return _one(desk, study_id, number)

    @post("/{study_id:int}/{number:str}/approve", sync_to_thread=True)
    def approve(self, desk: NamedDependency[Desk], study_id: int, number: str, data: Fields) -> Response[Any]:
        """Sends the request to the depot."""
        require_unblinded(desk, Permission.APPROVE_SHIPMENT, study_id)
        ask = ApproveShipment(study_id=study_id, number=number)
        try:
            desk.press(approve_shipment, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _one(desk, study_id, number, refusal=refusal.sentence, status_code=refusal.status_code)
        return go(f"/supply/shipments/{study_id}/{number}")

    @post("/{study_id:int}/{number:str}/act", sync_to_thread=True)
    def act(self, desk: NamedDependency[Desk], study_id: int, number: str, data: Fields) -> Response[Any]:
        """Cancels, or marks lost, returned or closed, with the reason."""
        require_unblinded(desk, Permission.APPROVE_SHIPMENT, study_id)
        act, reason = data.get("act", ""), data.get("reason", "").strip()
        if act not in _ACTS:
            sentence = "Choose what happened to the shipment. Nothing was booked."
            return _one(desk, study_id, number, reason=reason, refusal=sentence, status_code=400)
        ask = StepShipment(study_id=study_id, number=number, reason=reason)
        try:
            desk.press(_ACTS[act][2], ask, data.get("command_key", ""))
        except Refusal as refusal:
            said = {"act": act, "reason": reason, "refusal": refusal.sentence}
            return _one(desk, study_id, number, status_code=refusal.status_code, **said)
        return go(f"/supply/shipments/{study_id}/{number}")


def _study(data: dict[str, str]) -> int:
    typed = data.get("study", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _list(desk: Desk, study_id: int, *, refusal: str = "", status_code: int = 200) -> Response[str]:
    asked = desk.request.query_params
    chosen, before = asked.get("state", ""), asked.get("before", "")
    statuses = STATES[chosen][1] if chosen in STATES else frozenset()
    with desk.store.reading() as connection:
        mark = int(before) if before.isascii() and before.isdigit() else None
        shipments, following = supply_shipments(connection, study_id, sorted(statuses), mark)
    view = ShipmentsView(
        study_id=study_id,
        shipments=shipments,
        states=(("", "All states"), *((code, name) for code, (name, _) in STATES.items())),
        chosen=chosen,
        next=f"/supply/shipments?state={chosen}&before={following}" if following else "",
        command_key=desk.key(),
        refusal=refusal,
    )
    page = "supply/shipments.html"
    return secret_page(desk, page, view, "Shipments", "Shipments", study_id, status_code)


def _one(
    desk: Desk,
    study_id: int,
    number: str,
    *,
    act: str = "",
    reason: str = "",
    refusal: str = "",
    status_code: int = 200,
) -> Response[str]:
    with desk.store.reading() as connection:
        trace = shipment_trace(connection, study_id, number)
    may = desk.who.actor.grant_for(Permission.APPROVE_SHIPMENT, study_id, None) is not None
    acts = [(code, words) for code, (event, words, _) in _ACTS.items() if (trace.line.status, event) in SHIPMENT]
    view = TraceView(
        study_id=study_id,
        trace=trace,
        acts=tuple(acts) if may else (),
        may_approve=may and trace.line.status == ShipmentStatus.AWAITING_APPROVAL,
        command_key=desk.key(),
        act=act,
        reason=reason,
        refusal=refusal,
    )
    page, title = "supply/shipment.html", f"Shipment {number}"
    return secret_page(desk, page, view, title, "Shipments", study_id, status_code)
