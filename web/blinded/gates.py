"""Go-live gates as everybody may know them: what each is worth now and why; and the override for urgent safety."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.gates import GatesOfStudy, gates_of
from irt.services.override_gate import DAYS_MAX, OverrideGate, override_gate
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may, study_in, study_of
from web.blinded.typed import day_in, signing_in, whole_in
from web.forms import Fields


@dataclass(frozen=True)
class GatesView(BlindedView):
    """The gates of a study; `opens`, `twin`: whether the person may open one, the twin; `role`: who overrides."""

    found: GatesOfStudy
    opens: bool
    twin: bool
    may_define: bool
    role: str
    code_needed: bool
    today: date
    last_day: date
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""


class GateListPages(Controller):
    """All gates of one study."""

    path = "/gates"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The gates, newest first."""
        study_id = study_of(desk, Permission.VIEW_GATE)
        return go("/switch") if study_id is None else _page(desk, study_id)

    @post("/override", sync_to_thread=True)
    def override(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Signs that a version may go live without its gate for some days."""
        study_id = study_in(data)
        try:
            ask = OverrideGate(
                study_id=study_id,
                version=whole_in(data.get("version", ""), "the version"),
                reason=data.get("reason", "").strip()[:600],
                ends_on=day_in(data.get("ends_on", ""), desk.now.date()),
                signing=signing_in(data),
            )
            desk.press(override_gate, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, data, refusal)
        return go("/gates")


def _page(
    desk: Desk, study_id: int, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[str]:
    desk.who.actor.require(Permission.VIEW_GATE, study_id)
    with desk.store.reading_past_wall() as connection:
        found = gates_of(connection, study_id)
    with desk.store.reading() as connection:
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    signs, unblinded = may(desk, Permission.SIGN_GATE, study_id), desk.who.actor.unblinded_in(study_id)
    view = GatesView(
        found=found,
        opens=unblinded,
        twin=unblinded and may(desk, Permission.VIEW_SUPPLY, study_id),
        may_define=unblinded and may(desk, Permission.RUN_GATE, study_id),
        role=words(desk.who.actor.require(Permission.SIGN_GATE, study_id).role) if signs else "",
        code_needed=code_needed,
        today=desk.now.date(),
        last_day=desk.now.date() + timedelta(days=DAYS_MAX),
        command_key=desk.key(),
        typed={name: value for name, value in (typed or {}).items() if name not in ("password", "code")},
        refusal=refusal.sentence if refusal else "",
    )
    status_code = refusal.status_code if refusal else 200
    return desk.page("gates/gates.html", view, "Gates", "Gates", study_id=study_id, status_code=status_code)
