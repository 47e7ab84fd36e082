"""Orders of kits by type, for the unblinded supply team: looked at first, urgent where they must be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import Refusal
from irt.reads.unblinded_definition import definition_in_force
from irt.services.order_kits import KitsOrdered, OrderKits, order_kits
from irt.services.preview_order import OrderPreview, preview_kits
from web.blinded.desk import Desk
from web.blinded.typed import reason_in, whole_in
from web.forms import Fields
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page


@dataclass(frozen=True)
class TypedOrderView(UnblindedView):
    """The form as typed, what the depot would pick, or what was ordered."""

    study_id: int
    kit_types: tuple[tuple[str, str], ...]
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    preview: OrderPreview | None = None
    done: KitsOrdered | None = None
    refusal: str = ""


class TypedOrderPages(Controller):
    """Orders by kit type for a site of one study."""

    path = "/supply/orders/{study_id:int}"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[str]:
        """The form."""
        return _page(desk, study_id, dict(desk.request.query_params))

    @post("/look", status_code=200, sync_to_thread=True)
    def look(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[str]:
        """What the depot would pick; nothing is booked."""
        require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
        try:
            typed = {**data, "reason": data.get("reason", "").strip() or "-"}
            preview = preview_kits(desk.store, desk.who.actor, desk.now, _ask(study_id, typed))
        except Refusal as refusal:
            return _page(desk, study_id, data, refusal=refusal)
        return _page(desk, study_id, data, preview=preview)

    @post("/", sync_to_thread=True)
    def order(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """Orders it."""
        require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
        try:
            done = desk.press(order_kits, _ask(study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, data, refusal=refusal)
        return _page(desk, study_id, {}, done=done)


def _ask(study_id: int, data: Mapping[str, str]) -> OrderKits:
    named = {name.removeprefix("kits_"): data[name] for name in data if name.startswith("kits_")}
    return OrderKits(
        study_id=study_id,
        site=data.get("site", "").strip(),
        kits={code: whole_in(typed, "kits") for code, typed in named.items() if typed.strip()},
        emergency=bool(data.get("emergency")),
        reason=reason_in(data),
    )


def _page(
    desk: Desk,
    study_id: int,
    typed: Mapping[str, str],
    *,
    preview: OrderPreview | None = None,
    done: KitsOrdered | None = None,
    refusal: Refusal | None = None,
) -> Response[str]:
    require_unblinded(desk, Permission.RUN_RESUPPLY, study_id)
    with desk.store.reading() as connection:
        definition = definition_in_force(connection, study_id)
    view = TypedOrderView(
        study_id=study_id,
        kit_types=tuple((kit_type.code, kit_type.name) for kit_type in definition.kit_types),
        command_key=desk.key(),
        typed=typed,
        preview=preview,
        done=done,
        refusal=refusal.sentence if refusal else "",
    )
    status_code = refusal.status_code if refusal else 200
    return secret_page(desk, "supply/order.html", view, "Order by kit type", "Supply", study_id, status_code)
