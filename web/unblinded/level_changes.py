"""Proposed stock levels before their second person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import Refusal
from irt.reads.unblinded_levels import ProposedLevel, proposed_level
from web.blinded.decision import DecisionPanel, decide, decision_panel
from web.blinded.desk import Desk, go
from web.forms import Fields
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page


@dataclass(frozen=True)
class LevelChangeView(UnblindedView):
    """One proposal with the panel to decide it."""

    study_id: int
    level: ProposedLevel
    panel: DecisionPanel


class LevelChangePages(Controller):
    """Decisions on stock levels."""

    path = "/supply/levels/{study_id:int}/changes/{change_id:int}"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int], change_id: FromPath[int]) -> Response[str]:
        """The proposal and its signature panel."""
        require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
        return _page(desk, study_id, change_id, {})

    @post(sync_to_thread=True)
    def decide_levels(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], change_id: FromPath[int], data: Fields
    ) -> Response[Any]:
        """Approves or refuses the levels, signed."""
        require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
        try:
            decide(desk, study_id, change_id, data)
        except Refusal as refusal:
            return _page(desk, study_id, change_id, data, refusal)
        return go("/supply/levels?done=decided")


def _page(
    desk: Desk, study_id: int, change_id: int, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[str]:
    with desk.store.reading() as connection:
        level = proposed_level(connection, study_id, change_id)
    view = LevelChangeView(study_id, level, decision_panel(desk, study_id, level.asked_by_id, typed, refusal))
    status_code = refusal.status_code if refusal else 200
    return secret_page(desk, "supply/level_change.html", view, "Stock levels", "Supply", study_id, status_code)
