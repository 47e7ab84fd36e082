"""Stock without numbers at a depot: received, set aside, destroyed and counted by lot."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import NotAllowed, Refusal
from irt.reads.blinded_items import ItemDepot, ItemStock, item_depot, item_depots, items_at_depot
from irt.services.book_items import AT_DEPOT, BookDepotItems, book_depot_items
from web.blinded.desk import Desk, desk_of, go
from web.blinded.items import ACT_WORDS, BOOKED, typed_booking
from web.forms import Fields


@dataclass(frozen=True)
class DepotItemsView(BlindedView):
    """The items of the depots where the person works, and the form for one of them."""

    depots: tuple[ItemDepot, ...]
    here: ItemDepot | None
    stock: ItemStock | None
    command_key: str
    acts: tuple[tuple[str, str], ...] = tuple((str(act), ACT_WORDS[act]) for act in AT_DEPOT)
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""
    said: tuple[str, str] = ("", "")


class DepotItemPages(Controller):
    """Items of one depot."""

    path = "/depot/items"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], at: FromQuery[str] = "", booked: FromQuery[str] = ""
    ) -> Response[str]:
        """What lies at the depot; `at`: study and depot, as 1/NLD."""
        if not any(g.covers(Permission.FULFIL_SHIPMENT, g.study_id, None) for g in desk.who.actor.grants):
            raise NotAllowed("These are pages of depots. Ask the study coordinator.")
        return _page(desk, at, said=BOOKED.get(booked, ("", "")))

    @post("/", sync_to_thread=True)
    def book(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """One booking of one lot."""
        at = data.get("at", "")
        try:
            study_id, _, code = at.partition("/")
            with desk.store.reading() as connection:
                number = int(study_id) if study_id.isascii() and study_id.isdigit() and len(study_id) < 10 else 0
                here = item_depot(connection, desk.who.actor, number, code)
            ask = BookDepotItems(study_id=here.study_id, depot=here.depot, **typed_booking(data))
            desk.press(book_depot_items, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, at, typed=dict(data), refusal=refusal)
        return go(f"/depot/items?at={at}&booked=yes")


def _page(
    desk: Desk,
    at: str,
    *,
    typed: dict[str, str] | None = None,
    refusal: Refusal | None = None,
    said: tuple[str, str] = ("", ""),
) -> Response[str]:
    with desk.store.reading() as connection:
        depots = item_depots(connection, desk.who.actor)
        here = next((depot for depot in depots if at in ("", f"{depot.study_id}/{depot.depot}")), None)
        stock = None if here is None else items_at_depot(connection, here, desk.now.date())
    view = DepotItemsView(
        depots,
        here,
        stock,
        desk.key(),
        typed=typed or {},
        refusal=refusal.sentence if refusal else "",
        said=said,
    )
    status = refusal.status_code if refusal else 200
    study_id = None if here is None else here.study_id
    return desk.page("depot/items.html", view, "Items", "Inbox", study_id=study_id, status_code=status)
