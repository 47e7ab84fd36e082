"""What depots that may know kit types call them: the list, the form, and the second person's decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from pydantic import ValidationError

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_network import depots_of
from irt.reads.unblinded_vendor_skus import ProposedSku, SkuLine, proposed_sku, vendor_skus
from irt.services.propose_codes import ProposeSku, propose_sku
from web.blinded.decision import DecisionPanel, decide, decision_panel
from web.blinded.desk import Desk, go
from web.blinded.typed import day_in, reason_in
from web.forms import Fields
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page


@dataclass(frozen=True)
class SkusView(UnblindedView):
    """The codes and the form as typed."""

    study_id: int
    skus: tuple[SkuLine, ...]
    depots: tuple[tuple[str, str], ...]
    today: date
    command_key: str
    typed: dict[str, str]
    refusal: str


@dataclass(frozen=True)
class SkuChangeView(UnblindedView):
    """One proposal with the panel to decide it."""

    study_id: int
    sku: ProposedSku
    panel: DecisionPanel


class VendorSkuPages(Controller):
    """Codes of kit types."""

    path = "/supply/skus/{study_id:int}"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[str]:
        """Every code."""
        return _list(desk, study_id, {})

    @post("/", sync_to_thread=True)
    def propose(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """Proposes one."""
        require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
        try:
            done = desk.press(propose_sku, _asked(desk, study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _list(desk, study_id, data, refusal)
        return go(f"/supply/skus/{study_id}/changes/{done.change_id}")

    @get("/changes/{change_id:int}", sync_to_thread=True)
    def show_change(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], change_id: FromPath[int]
    ) -> Response[str]:
        """The proposal and its signature panel."""
        return _change(desk, study_id, change_id, {})

    @post("/changes/{change_id:int}", sync_to_thread=True)
    def decide_sku(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], change_id: FromPath[int], data: Fields
    ) -> Response[Any]:
        """Approves or refuses the code, signed."""
        require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
        try:
            decide(desk, study_id, change_id, data)
        except Refusal as refusal:
            return _change(desk, study_id, change_id, data, refusal)
        return go(f"/supply/skus/{study_id}")


def _asked(desk: Desk, study_id: int, data: Mapping[str, str]) -> ProposeSku:
    typed = {name: data.get(name, "").strip() for name in ("depot", "kit_type", "code")}
    day, reason = day_in(data.get("effective_from", ""), desk.now.date()), reason_in(data)
    try:
        facts = {**typed, "study_id": study_id, "effective_from": day, "reason": reason}
        return ProposeSku.model_validate(facts)
    except ValidationError:
        raise BadInput("Say which depot, which kit type and the depot's code. Nothing was proposed.") from None


def _list(desk: Desk, study_id: int, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response[str]:
    require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
    with desk.store.reading() as connection:
        skus = vendor_skus(connection, study_id)
        depots = depots_of(connection, study_id)
    said = refusal.sentence if refusal else ""
    view = SkusView(study_id, skus, depots, desk.now.date(), desk.key(), dict(typed), said)
    status_code = refusal.status_code if refusal else 200
    return secret_page(desk, "supply/skus.html", view, "Codes of kit types", "Supply", study_id, status_code)


def _change(
    desk: Desk, study_id: int, change_id: int, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[str]:
    require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
    with desk.store.reading() as connection:
        sku = proposed_sku(connection, study_id, change_id)
    view = SkuChangeView(study_id, sku, decision_panel(desk, study_id, sku.asked_by_id, typed, refusal))
    status_code = refusal.status_code if refusal else 200
    return secret_page(desk, "supply/sku_change.html", view, "Code of a kit type", "Supply", study_id, status_code)
