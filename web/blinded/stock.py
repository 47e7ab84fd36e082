"""The stock on site: every kit by number, one kit's own page, and the same list as a file."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_items import keep_items
from irt.reads.blinded_register import keep_controlled
from irt.reads.blinded_sites import WorkSite
from irt.reads.blinded_stock import ProductStock, StockKit, by_product, stock_at
from irt.reads.blinded_stock_list import STATES, StockFilter, StockPage, stock_page
from irt.services.log_reading import LogReading, log_reading
from irt.states.table import words
from irt.supply.barcode import kit_number_in
from web.blinded.desk import Desk, desk_of, go
from web.downloads import table_answer, table_in
from web.forms import Fields
from web.frame import mode_of
from web.my_sites import SITES_AT_ONCE, sites_of, studies_of

EXPIRIES = (("", "Any expiry"), ("soon", "Within 90 days"), ("past", "Expired"))


@dataclass(frozen=True)
class StockView(BlindedView):
    """One page of the stock; `tiles` are states with their counts, `message` answers a scan that led nowhere."""

    page: StockPage
    products: tuple[ProductStock, ...]
    tiles: tuple[tuple[str, str, int], ...]
    chosen: StockFilter
    studies: tuple[tuple[str, str], ...]
    storages: tuple[tuple[str, str], ...]
    expiries: tuple[tuple[str, str], ...]
    several_sites: bool
    too_many: bool
    may_count: bool
    has_items: bool
    has_controlled: bool
    everything: bool
    message: str
    query: str
    command_key: str
    previous: str
    next: str

    def tile(self, state: str) -> str:
        """The address of the list with another state."""
        return _address(replace(self.chosen, state=state))


class StockPages(Controller):
    """Reading the stock."""

    path = "/stock"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The list; a scanned number opens that kit."""
        asked = {name: value.strip() for name, value in desk.request.query_params.items()}
        code = asked.get("code", "")
        with desk.store.reading() as connection:
            sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)
            kits = stock_at(connection, sites, desk.now) if len(sites) <= SITES_AT_ONCE else ()
            items = keep_items(connection, sites)
            controlled = keep_controlled(connection, sites)
        scanned = _scanned(kits, code)
        if scanned is not None:
            return go(f"/stock/{scanned.study_id}/kits/{scanned.number}")
        message = f"{code} is not a kit of this site. Nothing was changed." if code else ""
        view = replace(_view(desk, sites, kits, asked, message), has_items=items, has_controlled=controlled)
        return desk.page("stock/stock.html", view, "Stock", "Stock")

    @post("/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], data: Fields) -> Response[str | bytes]:
        """Exactly the filtered rows as a file; taking it is written down for each site."""
        chosen, suffix = _chosen(data), table_in(data)
        with desk.store.reading() as connection:
            sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)[:SITES_AT_ONCE]
            kits = [kit for kit in stock_at(connection, sites, desk.now) if chosen.holds(kit)]
        for site in sites:
            rows = sum(kit.site_id == site.site_id for kit in kits)
            _log(desk, site, rows, f"{data.get('command_key', '')}:{site.site_id}")
        mode = mode_of(desk.who, desk.who.place, desk.request.app.state.installation.settings.mode)
        return table_answer("stock", mode, desk.now, _HEADS, (_row(kit) for kit in kits), suffix)


_HEADS = ("Kit", "Study", "Site", "Product", "Storage", "Lot", "Use by", "Place", "State")


def _row(kit: StockKit) -> tuple[object, ...]:
    return (
        kit.number,
        kit.study,
        kit.site,
        kit.product,
        kit.storage,
        kit.lot,
        kit.expiry.isoformat(),
        kit.storage_place,
        words(kit.status),
    )


def _log(desk: Desk, site: WorkSite, rows: int, key: str) -> None:
    ask = LogReading(
        study_id=site.study_id,
        site_id=site.site_id,
        what="stock, as a file",
        permission=Permission.VIEW_STOCK,
        rows=rows,
    )
    desk.press(log_reading, ask, key)


def _scanned(kits: tuple[StockKit, ...], code: str) -> StockKit | None:
    number = kit_number_in(code) if code else None
    return next((kit for kit in kits if kit.number == number), None)


def _chosen(asked: dict[str, str]) -> StockFilter:
    return StockFilter(*(asked.get(name, "") for name in ("study", "state", "storage", "expiry")))


def _view(
    desk: Desk, sites: tuple[WorkSite, ...], kits: tuple[StockKit, ...], asked: dict[str, str], message: str
) -> StockView:
    chosen, everything = _chosen(asked), asked.get("all") == "true"
    some = [kit for kit in kits if chosen.holds(kit)]
    page = StockPage(tuple(some), min(1, len(some)), len(some), len(some), None, None)
    page = page if everything else stock_page(some, asked.get("after", ""))
    counted = [kit for kit in kits if chosen.holds_but_state(kit)]
    tiles = [("", "All kits", len(counted))]
    tiles += [(code, name, sum(k.status in of for k in counted)) for code, (name, of) in STATES.items()]
    storages = sorted({kit.storage for kit in kits})
    return StockView(
        page=page,
        products=by_product(kit for kit in kits if chosen.study in ("", str(kit.study_id))),
        tiles=tuple(tiles),
        chosen=chosen,
        studies=(("", "All studies"), *studies_of(sites)),
        storages=(("", "Any storage"), *((one, one) for one in storages)),
        expiries=EXPIRIES,
        several_sites=len({site.site_id for site in sites}) > 1,
        too_many=len(sites) > SITES_AT_ONCE,
        may_count=any(desk.who.actor.grant_for(Permission.COUNT_STOCK, s.study_id, s.site_id) for s in sites),
        has_items=False,
        has_controlled=False,
        everything=everything,
        message=message,
        query=_query(chosen),
        command_key=desk.key(),
        previous="" if page.previous is None else _address(chosen, page.previous),
        next="" if page.next is None else _address(chosen, page.next),
    )


def _query(chosen: StockFilter, after: str = "") -> str:
    fields = {
        "study": chosen.study,
        "state": chosen.state,
        "storage": chosen.storage,
        "expiry": chosen.expiry,
        "after": after,
    }
    return urlencode({name: value for name, value in fields.items() if value})


def _address(chosen: StockFilter, after: str = "") -> str:
    query = _query(chosen, after)
    return f"/stock?{query}" if query else "/stock"
