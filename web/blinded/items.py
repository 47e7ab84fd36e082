"""Stock without numbers at a site: received, handed out, taken back, set aside, counted and ordered by lot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_items import ItemComing, ItemStock, items_at
from irt.reads.blinded_sites import WorkSite, allowed, not_found
from irt.services.book_items import AT_SITE, QUANTITY_MAX, BookItems, book_items
from irt.services.carry_items import ArrivedLot, ReceiveItems, receive_items
from irt.services.send_items import OrderItems, order_items
from irt.states.item import ItemAct
from web.blinded.desk import Desk, desk_of, go
from web.forms import Fields
from web.my_sites import sites_of

ACT_WORDS = {
    ItemAct.RECEIVE: "Receive",
    ItemAct.HAND_OUT: "Hand out",
    ItemAct.TAKE_BACK: "Take back",
    ItemAct.SET_ASIDE: "Set aside",
    ItemAct.DESTROY: "Destroyed",
    ItemAct.COUNT: "Count",
}
BOOKED = {
    "yes": ("Booked", "The list shows what lies here now."),
    "received": ("Received", "The items lie in the stock of the site now."),
    "ordered": ("Ordered", "It comes with a shipment; the supply manager may have to approve it first."),
}
"""What is said after a booking, an order, a receipt."""


@dataclass(frozen=True)
class ItemsView(BlindedView):
    """The items of one site, and what the person may book."""

    site: str
    site_name: str
    site_id: int
    study_id: int
    study: str
    stock: ItemStock
    acts: tuple[tuple[str, str], ...]
    sites: tuple[tuple[str, str], ...]
    may_receive: bool
    may_order: bool
    command_key: str
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""
    said: tuple[str, str] = ("", "")

    @property
    def parcels(self) -> dict[str, tuple[ItemComing, ...]]:
        """Lines on their way by shipment."""
        numbers = dict.fromkeys(line.shipment for line in self.stock.coming)
        return {number: tuple(line for line in self.stock.coming if line.shipment == number) for number in numbers}


class ItemPages(Controller):
    """Items of one site."""

    path = "/stock/items"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], site: FromQuery[int | None] = None, booked: FromQuery[str] = ""
    ) -> Response[str]:
        """What lies at the site by item and lot."""
        return _page(desk, _here(desk, site), said=BOOKED.get(booked, ("", "")))

    @post("/", sync_to_thread=True)
    def book(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """One booking of one lot."""
        here = _named(desk, data)
        try:
            desk.press(book_items, _asked(here, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, here, typed=dict(data), refusal=refusal)
        return go(f"/stock/items?site={here.site_id}&booked=yes")

    @post("/receive", sync_to_thread=True)
    def receive(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """The items of one parcel, counted line by line."""
        here = _named(desk, data)
        try:
            with desk.store.reading() as connection:
                coming = items_at(connection, here, here.today(desk.now)).coming
            desk.press(receive_items, _arrived(here, coming, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, here, typed=dict(data), refusal=refusal)
        return go(f"/stock/items?site={here.site_id}&booked=received")

    @post("/order", sync_to_thread=True)
    def order(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """More of one item, from the depot."""
        here = _named(desk, data)
        try:
            ask = OrderItems(
                study_id=here.study_id,
                site=here.site,
                item=data.get("order_item", ""),
                quantity=_some(data.get("order_quantity", "")),
                reason=data.get("order_reason", "").strip()[:500],
            )
            desk.press(order_items, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, here, typed=dict(data), refusal=refusal)
        return go(f"/stock/items?site={here.site_id}&booked=ordered")


def _named(desk: Desk, data: Mapping[str, str]) -> WorkSite:
    typed = data.get("site", "")
    return _here(desk, int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None)


def _here(desk: Desk, site_id: int | None) -> WorkSite:
    with desk.store.reading() as connection:
        sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)
    found = next((site for site in sites if site_id in (None, site.site_id)), None)
    if found is None:
        raise not_found("site")
    return found


def typed_booking(data: Mapping[str, str]) -> dict[str, Any]:
    """A booking as typed, for a site or a depot; BadInput in words where something cannot be read."""
    if data.get("act", "") not in set(ACT_WORDS):
        raise BadInput("Say what happened to the items. Nothing was booked.")
    lot = data.get("lot", "").strip()
    if not lot or len(lot) > 64:
        raise BadInput("Give the lot as it is printed. Nothing was booked.")
    return {
        "act": ItemAct(data["act"]),
        "item": data.get("item", ""),
        "lot": lot,
        "quantity": whole_number(data.get("quantity", "")),
        "expiry": _day(data.get("expiry", "")),
        "reason": data.get("reason", "").strip()[:500],
    }


def _asked(here: WorkSite, data: Mapping[str, str]) -> BookItems:
    subject = data.get("subject", "").strip() or None
    return BookItems(study_id=here.study_id, site=here.site, subject=subject, **typed_booking(data))


def _arrived(here: WorkSite, coming: tuple[ItemComing, ...], data: Mapping[str, str]) -> ReceiveItems:
    """Each line by its place in the list: what came whole and what was damaged; the rest is missing."""
    number = data.get("shipment", "")
    lots = []
    for position, line in enumerate([each for each in coming if each.shipment == number and each.receivable]):
        whole = whole_number(data.get(f"arrived-{number}-{position}", ""))
        damaged = whole_number(data.get(f"damaged-{number}-{position}", "") or "0")
        missing = max((line.sent or 0) - whole - damaged, 0)
        lots.append(ArrivedLot(item=line.item, lot=line.lot, arrived=whole, damaged=damaged, missing=missing))
    if not lots:
        raise BadInput("Nothing of this shipment waits to be counted. Nothing was booked. Look at the list again.")
    reason = data.get(f"reason-{number}", "").strip()[:500]
    return ReceiveItems(study_id=here.study_id, number=number, lots=lots, reason=reason)


def whole_number(typed: str) -> int:
    """A quantity as typed."""
    digits = typed.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 7 and int(digits) <= QUANTITY_MAX):
        raise BadInput("Give the quantity as a whole number. Nothing was booked.")
    return int(digits)


def _some(typed: str) -> int:
    quantity = whole_number(typed)
    if not quantity:
        raise BadInput("Say how many. Nothing was booked.")
    return quantity


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
    refusal: Refusal | None = None,
    said: tuple[str, str] = ("", ""),
) -> Response[str]:
    with desk.store.reading() as connection:
        stock = items_at(connection, here, here.today(desk.now))
        sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)
    actor = desk.who.actor
    view = ItemsView(
        site=here.site,
        site_name=here.name,
        site_id=here.site_id,
        study_id=here.study_id,
        study=here.study,
        stock=stock,
        acts=tuple((str(act), ACT_WORDS[act]) for act, needs in AT_SITE.items() if allowed(actor, needs, here)),
        sites=tuple((str(site.site_id), f"{site.site} · {site.study}") for site in sites),
        may_receive=allowed(actor, Permission.RECEIVE_SHIPMENT, here),
        may_order=allowed(actor, Permission.ORDER_SETS, here),
        command_key=desk.key(),
        typed=typed or {},
        refusal=refusal.sentence if refusal else "",
        said=said,
    )
    return desk.page(
        "stock/items.html",
        view,
        "Items",
        "Stock",
        study_id=here.study_id,
        site_id=here.site_id,
        status_code=refusal.status_code if refusal else 200,
    )
