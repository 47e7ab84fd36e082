"""Orders of kits by hand: whole sets of a product for one site, looked at first, urgent where they must be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.blinded_sites import WorkSite, study_at
from irt.reads.blinded_supply import approved_version
from irt.services.order_kits import SETS_MAX, KitsOrdered, OrderSets, order_sets
from irt.services.preview_order import OrderPreview, preview_sets
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import reason_in, whole_in
from web.forms import Fields
from web.my_sites import sites_of

ADDRESS = "/kit-orders"


@dataclass(frozen=True)
class OrderView(BlindedView):
    """The form as typed, what the depot would pick, or what was ordered."""

    groups: tuple[tuple[str, str], ...]
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    preview: OrderPreview | None = None
    done: KitsOrdered | None = None
    refusal: str = ""
    sets_max: int = SETS_MAX


class KitOrderPages(Controller):
    """Orders of sets."""

    path = ADDRESS
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The form; empty, or filled in by the page that led here."""
        if len({site.study_id for site in _sites(desk)}) != 1:
            return go("/switch")
        return _page(desk, dict(desk.request.query_params))

    @post("/look", status_code=200, sync_to_thread=True)
    def look(self, desk: NamedDependency[Desk], data: Fields) -> Response[str]:
        """What the depot would pick; nothing is booked."""
        try:
            site = _site(desk, data)
            typed = {**data, "reason": data.get("reason", "").strip() or "-"}
            preview = preview_sets(desk.store, desk.who.actor, desk.now, _ask(site, typed))
        except Refusal as refusal:
            return _page(desk, data, refusal=refusal)
        return _page(desk, data, preview=preview)

    @post("/", sync_to_thread=True)
    def order(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Orders it."""
        try:
            done = desk.press(order_sets, _ask(_site(desk, data), data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, data, refusal=refusal)
        return _page(desk, {}, done=done)


def _sites(desk: Desk) -> tuple[WorkSite, ...]:
    with desk.store.reading() as connection:
        return sites_of(connection, desk.who, Permission.ORDER_SETS)


def _site(desk: Desk, data: Mapping[str, str]) -> WorkSite:
    number = data.get("site", "").strip()
    found = [site for site in _sites(desk) if site.site == number]
    if len(found) != 1:
        raise NotFound(
            f"Site {number or '–'} is not a site that you order for. Nothing was booked. Check the number."
        )
    return found[0]


def _ask(site: WorkSite, data: Mapping[str, str]) -> OrderSets:
    sets = whole_in(data.get("sets", ""), "sets")
    if not 1 <= sets <= SETS_MAX:
        raise BadInput(f"Order 1 to {SETS_MAX} sets. Nothing was booked.")
    return OrderSets(
        study_id=site.study_id,
        site=site.site,
        blinding_group=data.get("group", ""),
        sets=sets,
        emergency=bool(data.get("emergency")),
        reason=reason_in(data),
    )


def _page(
    desk: Desk,
    typed: Mapping[str, str],
    *,
    preview: OrderPreview | None = None,
    done: KitsOrdered | None = None,
    refusal: Refusal | None = None,
) -> Response[str]:
    sites = _sites(desk)
    study_id = sites[0].study_id
    with desk.store.reading() as connection:
        study = study_at(connection, study_id, approved_version(connection, study_id))
    if len(sites) == 1 and not typed.get("site"):
        typed = {**typed, "site": sites[0].site}
    view = OrderView(
        groups=tuple((group.code, group.name) for group in study.blinding_groups),
        command_key=desk.key(),
        typed=typed,
        preview=preview,
        done=done,
        refusal=refusal.sentence if refusal else "",
    )
    status_code = refusal.status_code if refusal else 200
    return desk.page("supply/order.html", view, "Order kits", "Supply", study_id=study_id, status_code=status_code)
