"""A run of a go-live gate: how far each scenario is, its verdict and plots, and the signature under it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import Refusal
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.gates import GateLine
from irt.reads.unblinded_gates import GateRunShown, gate_run_shown, gate_shown
from irt.services.gate_runs import CancelGateRun, cancel_gate_run
from irt.services.sign_gate import SignGate, sign_gate
from irt.states.gate import GateStanding
from irt.states.table import words
from web.blinded.desk import Desk, go
from web.blinded.one_study import may, study_of
from web.blinded.typed import signing_in
from web.forms import Fields
from web.frame import frame_for
from web.gates.report import report_on_run
from web.render import unblinded_fragment
from web.reports.view import ReportView, view_of
from web.session import BACKGROUND
from web.unblinded.open_desk import open_desk_of
from web.unblinded.plan_runs import posted_plan_study
from web.unblinded.secret_page import NOT_KEPT, require_unblinded, secret_page

_RUN = "gates/run.html"


@dataclass(frozen=True)
class GateRunView(UnblindedView):
    """The run as it stands; `report` once it has a verdict, `unread` why there is none although it has.

    `courses`: whether trials are there by site, visit and week, to be taken away.
    """

    study_id: int
    gate: GateLine
    title: str
    run: GateRunShown
    report: ReportView | None
    unread: str
    may_run: bool
    role: str
    code_needed: bool
    command_key: str
    courses: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""

    @property
    def to_sign(self) -> bool:
        """Whether this is the run whose signature the gate waits for."""
        line = self.run.line
        return self.gate.standing is GateStanding.UNSIGNED and line.verdict == "pass" and not line.signed_at


class GateRunPages(Controller):
    """One run of a gate."""

    path = "/gates/{gate:int}/runs/{run:int}"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], gate: FromPath[int], run: FromPath[int]) -> Response[Any]:
        """The run."""
        study_id = study_of(desk, Permission.VIEW_GATE)
        return go("/switch") if study_id is None else _page(desk, study_id, gate, run)

    @get("/progress", sync_to_thread=True, opt={BACKGROUND: True})
    def progress(self, desk: NamedDependency[Desk], gate: FromPath[int], run: FromPath[int]) -> Response[Any]:
        """How far it is; asked by the page itself, so it keeps nobody signed in."""
        study_id = study_of(desk, Permission.VIEW_GATE)
        if study_id is None:
            return go("/switch")
        view = _view(desk, study_id, gate, run)
        part = unblinded_fragment(_RUN, "progress", view, frame_for(desk.who, desk.request, ""))
        return Response(part, media_type="text/html", headers=NOT_KEPT)

    @post("/cancel", sync_to_thread=True)
    def cancel(
        self, desk: NamedDependency[Desk], gate: FromPath[int], run: FromPath[int], data: Fields
    ) -> Response[Any]:
        """Stops it; what is done is kept for the next run."""
        study_id = posted_plan_study(desk, data, Permission.RUN_GATE)
        ask = CancelGateRun(study_id=study_id, gate=gate, run=run)
        try:
            desk.press(cancel_gate_run, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, gate, run, refusal)
        return go(f"/gates/{gate}/runs/{run}")

    @post("/sign", sync_to_thread=True)
    def sign(
        self, desk: NamedDependency[Desk], gate: FromPath[int], run: FromPath[int], data: Fields
    ) -> Response[Any]:
        """Signs the record; the password is checked in this very request."""
        study_id = posted_plan_study(desk, data, Permission.SIGN_GATE)
        ask = SignGate(study_id=study_id, gate=gate, run=run, hash=data.get("digest", ""), signing=signing_in(data))
        try:
            desk.press(sign_gate, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, gate, run, refusal)
        return go(f"/gates/{gate}/runs/{run}")


def _view(desk: Desk, study_id: int, gate: int, run: int, refusal: Refusal | None = None) -> GateRunView:
    require_unblinded(desk, Permission.VIEW_GATE, study_id)
    with desk.store.reading() as connection:
        shown = gate_run_shown(connection, study_id, gate, run)
        of_gate = gate_shown(connection, study_id, gate)
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    report, unread = shown_report(desk, study_id, gate, shown)
    signs = may(desk, Permission.SIGN_GATE, study_id)
    return GateRunView(
        study_id=study_id,
        gate=of_gate.line,
        title=of_gate.title or of_gate.name,
        run=shown,
        report=report,
        unread=unread,
        may_run=may(desk, Permission.RUN_GATE, study_id),
        role=words(desk.who.actor.require(Permission.SIGN_GATE, study_id).role) if signs else "",
        code_needed=code_needed,
        command_key=desk.key(),
        courses=report is not None and any(each.courses for each in report.scenarios),
        refusal=refusal.sentence if refusal else "",
    )


def shown_report(desk: Desk, study_id: int, gate: int, shown: GateRunShown) -> tuple[ReportView | None, str]:
    """The report of a run with a verdict; or none, with words where it has one that cannot be read any more."""
    if shown.record is None:
        return None, ""
    try:
        with desk.store.reading() as connection:
            return view_of(report_on_run(connection, study_id, gate, shown)), ""
    except Refusal as refusal:
        return None, refusal.sentence


def _page(desk: Desk, study_id: int, gate: int, run: int, refusal: Refusal | None = None) -> Response[str]:
    view = _view(desk, study_id, gate, run, refusal)
    status_code = refusal.status_code if refusal else 200
    return secret_page(desk, _RUN, view, f"Gate {gate}, run {run}", "Gates", study_id, status_code)
