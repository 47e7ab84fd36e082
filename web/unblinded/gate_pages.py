"""One go-live gate: what was agreed, what it is worth now, its runs, and the button for another."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, Refusal
from irt.reads.unblinded_gates import GateShown, gate_shown
from irt.services.gate_runs import start_gate_run
from simulation.gate.agreement import Agreement
from simulation.gate.reading import parse_gate
from simulation.replication import EngineName
from simulation.report.words import limit_words
from web.blinded.desk import Desk, go
from web.blinded.one_study import may, study_of
from web.formats import sentence
from web.forms import Fields
from web.gates.asking import ENGINES, gate_run_to_start
from web.gates.run import engine_named
from web.reports.units import limit_unit
from web.unblinded.open_desk import open_desk_of
from web.unblinded.plan_runs import posted_plan_study
from web.unblinded.secret_page import require_unblinded, secret_page

_ENGINE_WORDS = {"lean": "Lean: quick, the same figures", "reference": "Reference: slower, easier to follow"}


@dataclass(frozen=True)
class GateView(UnblindedView):
    """The gate; limits as name, words, below and unit; what is beside it, and engines, as name and words."""

    study_id: int
    shown: GateShown
    limits: tuple[tuple[str, str, str, str], ...]
    beside: tuple[tuple[str, str], ...]
    confidence: str
    spending: str
    seed: int
    may_run: bool
    engines: tuple[tuple[str, str], ...]
    command_key: str
    refusal: str = ""

    @property
    def under_way(self) -> bool:
        """Whether a run works now."""
        return any(run.under_way for run in self.shown.line.runs)


class GatePages(Controller):
    """One gate."""

    path = "/gates/{gate:int}"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], gate: FromPath[int]) -> Response[Any]:
        """The gate in full; blinded people have the list."""
        study_id = study_of(desk, Permission.VIEW_GATE)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(Permission.VIEW_GATE, study_id)
        return _page(desk, study_id, gate) if desk.who.actor.unblinded_in(study_id) else go("/gates")

    @post("/runs", sync_to_thread=True)
    def start(self, desk: NamedDependency[Desk], gate: FromPath[int], data: Fields) -> Response[Any]:
        """Asks for a run; a worker plays, and its page tells how it goes."""
        study_id = posted_plan_study(desk, data, Permission.RUN_GATE)
        try:
            ask = gate_run_to_start(study_id, gate, _engine(data.get("engine", ENGINES[0])))
            started = desk.press(start_gate_run, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, gate, refusal)
        return go(f"/gates/{gate}/runs/{started.run}")


def _engine(name: str) -> EngineName:
    if name not in ENGINES:
        raise BadInput(f"There is no engine {name}. Nothing was started. Choose one of {', '.join(ENGINES)}.")
    return engine_named(name)


def _page(desk: Desk, study_id: int, gate: int, refusal: Refusal | None = None) -> Response[str]:
    require_unblinded(desk, Permission.VIEW_GATE, study_id)
    with desk.store.reading() as connection:
        shown = gate_shown(connection, study_id, gate)
    agreement = parse_gate(shown.agreement, f"Gate {gate}")
    view = GateView(
        study_id=study_id,
        shown=shown,
        limits=limits_of(agreement),
        beside=tuple(_beside(agreement)),
        confidence=f"{agreement.confidence:.4g}",
        spending=agreement.spending.replace("_", " "),
        seed=agreement.seed,
        may_run=may(desk, Permission.RUN_GATE, study_id),
        engines=tuple((name, _ENGINE_WORDS.get(name, sentence(name))) for name in ENGINES),
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
    )
    status_code = refusal.status_code if refusal else 200
    return secret_page(desk, "gates/gate.html", view, f"Gate {gate}", "Gates", study_id, status_code)


def _beside(agreement: Agreement) -> Iterator[tuple[str, str]]:
    """Inputs that are moved and plans that are held beside it, each with what changes."""
    if agreement.sensitivity is not None:
        for moved in agreement.sensitivity.inputs:
            low, high = moved.ends
            yield moved.called, f"{moved.key} from {low:g} to {high:g}"
    for name, changes in agreement.plans.plans.items() if agreement.plans else ():
        yield name, ", ".join(f"{key}: {value}" for key, value in changes.items())


def limits_of(agreement: Agreement) -> tuple[tuple[str, str, str, str], ...]:
    """Name, what is held, below what, in which unit."""
    told = ((limit, limit_unit(limit).eased([limit.limit])) for limit in agreement.judged)
    return tuple((limit.name, limit_words(limit), unit.shown(limit.limit), unit.words) for limit, unit in told)
