"""Stock without numbers at a site: received, handed out and counted by lot and quantity."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_items import ItemStock, items_at
from irt.reads.blinded_sites import WorkSite, allowed, not_found
from irt.services.book_items import QUANTITY_MAX, BookItems, ItemAct, book_items
from web.blinded.desk import Desk, desk_of, go
from web.forms import Fields
from web.my_sites import sites_of

_WORDS = {
    ItemAct.RECEIVE: ("Receive", Permission.RECEIVE_SHIPMENT),
    ItemAct.HAND_OUT: ("Hand out", Permission.DISPENSE),
    ItemAct.COUNT: ("Count", Permission.COUNT_STOCK),
}


@dataclass(frozen=True)
class ItemsView(BlindedView):
    """The items of one site, and what the person may book."""

    site: str
    site_name: str
    site_id: int
    study: str
    stock: ItemStock
    acts: tuple[tuple[str, str], ...]
    sites: tuple[tuple[str, str], ...]
    command_key: str
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""
    booked: bool = False


class ItemPages(Controller):
    """Items of one site."""

    path = "/stock/items"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], site: FromQuery[int | None] = None, booked: FromQuery[str] = ""
    ) -> Response[str]:
        """What lies at the site by item and lot."""
        return _page(desk, _here(desk, site), booked=booked == "yes")

    @post("/", sync_to_thread=True)
    def book(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """One booking of one lot."""
        typed = data.get("site", "")
        here = _here(desk, int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None)
        try:
            desk.press(book_items, _asked(here, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, here, typed=dict(data), refusal=refusal.sentence, status_code=refusal.status_code)
        return go(f"/stock/items?site={here.site_id}&booked=yes")


def _here(desk: Desk, site_id: int | None) -> WorkSite:
    with desk.store.reading() as connection:
        sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)
    found = next((site for site in sites if site_id in (None, site.site_id)), None)
    if found is None:
        raise not_found("site")
    return found


def _asked(here: WorkSite, data: dict[str, str]) -> BookItems:
    """The booking as typed; BadInput in words where something cannot be read."""
    if data.get("act", "") not in set(ItemAct):
        raise BadInput("Say what happened. Nothing was booked.")
    quantity = data.get("quantity", "").strip()
    if not (quantity.isascii() and quantity.isdigit() and len(quantity) < 7 and int(quantity) <= QUANTITY_MAX):
        raise BadInput("Give the quantity as a whole number. Nothing was booked.")
    lot = data.get("lot", "").strip()
    if not lot or len(lot) > 64:
        raise BadInput("Give the lot as it is printed. Nothing was booked.")
    return BookItems(
        study_id=here.study_id,
        site=here.site,
        act=ItemAct(data["act"]),
        item=data.get("item", ""),
        lot=lot,
        quantity=int(quantity),
        expiry=_day(data.get("expiry", "")),
        subject=data.get("subject", "").strip() or None,
        reason=data.get("reason", "").strip()[:500],
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise BadInput("The date could not be read. Nothing was booked. Write it as 2027-06-30.") from None


def _page(
    desk: Desk,
    here: WorkSite,
    *,
    typed: dict[str, str] | None = None,
    refusal: str = "",
    booked: bool = False,
    status_code: int = 200,
) -> Response[str]:
    with desk.store.reading() as connection:
        stock = items_at(connection, here, here.today(desk.now))
        sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)
    acts = [(str(act), words) for act, (words, needs) in _WORDS.items() if allowed(desk.who.actor, needs, here)]
    view = ItemsView(
        site=here.site,
        site_name=here.name,
        site_id=here.site_id,
        study=here.study,
        stock=stock,
        acts=tuple(acts),
        sites=tuple((str(site.site_id), f"{site.site} · {site.study}") for site in sites),
        command_key=desk.key(),
        typed=typed or {},
        refusal=refusal,
        booked=booked,
    )
    return desk.page(
        "stock/items.html",
        view,
        "Items",
        "Stock",
        study_id=here.study_id,
        site_id=here.site_id,
        status_code=status_code,
    )
