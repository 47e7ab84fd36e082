"""A go-live gate written down: agreement and scenarios, read and checked before anything is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from sqlalchemy import Connection

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, Refusal
from irt.reads.unblinded_gates import GateMatter, gate_matter
from irt.services.define_gate import DefineGate, define_gate
from simulation.gate.reading import parse_gate
from web.blinded.desk import Desk, go
from web.blinded.one_study import study_in, study_of
from web.forms import Uploads, text_in, words_in
from web.gates.asking import gate_to_define
from web.gates.example import ScenarioField, example_of
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page

SCENARIOS_MAX = 6
TEXT_MAX = 200_000


@dataclass(frozen=True)
class DefineView(UnblindedView):
    """The form with what was typed; `checked` tells what would be kept, once it was read without a fault."""

    study_id: int
    version: int
    protocol: str
    agreement: str
    scenarios: Sequence[ScenarioField]
    reason: str
    command_key: str
    refusal: str = ""
    checked: DefineGate | None = None


class DefineGatePages(Controller):
    """The form of a new gate."""

    path = "/gates/new"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """An example of this study to start from."""
        study_id = study_of(desk, Permission.RUN_GATE)
        if study_id is None:
            return go("/switch")
        require_unblinded(desk, Permission.RUN_GATE, study_id)
        with desk.store.reading() as connection:
            matter = gate_matter(connection, study_id)
        return _page(desk, study_id, matter, *example_of(matter))

    @post("/", sync_to_thread=True)
    def define(self, desk: NamedDependency[Desk], data: Uploads) -> Response[Any]:
        """Reads and checks it; the other button keeps it."""
        typed = words_in(data)
        study_id = study_in(typed)
        require_unblinded(desk, Permission.RUN_GATE, study_id)
        with desk.store.reading() as connection:
            matter = gate_matter(connection, study_id)
        agreement, fields = typed.get("agreement", ""), _scenarios(typed)
        try:
            agreement, fields = _uploaded(data, agreement, fields)
            with desk.store.reading() as connection:
                ask = _read(connection, study_id, agreement, fields, typed.get("reason", ""))
            if typed.get("step") != "keep":
                return _page(desk, study_id, matter, agreement, fields, ask.reason, checked=ask)
            kept = desk.press(define_gate, ask, typed.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, matter, agreement, fields, typed.get("reason", ""), refusal)
        return go(f"/gates/{kept.gate}")


def _scenarios(typed: Mapping[str, str]) -> list[ScenarioField]:
    fields = [(typed.get(f"file_{n}", "").strip(), typed.get(f"text_{n}", "")) for n in range(1, SCENARIOS_MAX + 1)]
    return [ScenarioField(file, text) for file, text in fields if file or text.strip()]


def _uploaded(
    data: Mapping[str, Any], agreement: str, fields: list[ScenarioField]
) -> tuple[str, list[ScenarioField]]:
    """A file takes the place of what stands in its field."""
    agreement = text_in(data, "agreement_file") or agreement
    uploaded = [
        ScenarioField(data[name].filename or name, text)
        for name in (f"upload_{n}" for n in range(1, SCENARIOS_MAX + 1))
        if (text := text_in(data, name))
    ]
    names = {each.file for each in uploaded}
    together = [each for each in fields if each.file not in names] + uploaded
    if sum(len(each.text) for each in together) + len(agreement) > TEXT_MAX:
        raise BadInput(
            f"The texts are longer than {TEXT_MAX:,} characters. Nothing was kept. Hand in shorter ones."
        )
    named = parse_gate(agreement, "The agreement").scenarios if uploaded else ()
    return agreement, [each for each in together if not named or each.file in named]


def _read(
    connection: Connection, study_id: int, agreement: str, fields: Sequence[ScenarioField], reason: str
) -> DefineGate:
    if len({each.file for each in fields}) < len(fields):
        raise BadInput("Two scenarios have the same file name. Nothing was kept. Give each its own.")
    texts = {each.file: each.text for each in fields}
    return gate_to_define(connection, study_id, agreement, texts, reason.strip())


def _page(
    desk: Desk,
    study_id: int,
    matter: GateMatter,
    agreement: str,
    scenarios: Sequence[ScenarioField],
    reason: str = "",
    refusal: Refusal | None = None,
    checked: DefineGate | None = None,
) -> Response[str]:
    empty = [ScenarioField("", "")] if len(scenarios) < SCENARIOS_MAX else []
    view = DefineView(
        study_id=study_id,
        version=matter.version,
        protocol=matter.protocol,
        agreement=agreement,
        scenarios=[*scenarios, *empty],
        reason=reason,
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
        checked=checked,
    )
    status_code = refusal.status_code if refusal else 200
    return secret_page(desk, "gates/define.html", view, "Define a gate", "Gates", study_id, status_code)
