"""Shipments to a site: what is on its way, and one shipment's own page."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery
from markupsafe import Markup

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_shipments import (
    BEFORE_DISPATCH,
    ShipmentLine,
    ShipmentRecord,
    scanned_shipment,
    shipments_to,
    site_shipment,
)
from irt.reads.blinded_sites import WorkSite
from irt.states.shipment import ShipmentStatus
from irt.supply.barcode import kit_number_in
from web.blinded.desk import Desk, desk_of, go
from web.blinded.kit_codes import kit_code
from web.my_sites import SITES_AT_ONCE, sites_of
from web.session import Who

_ON_ITS_WAY = (ShipmentStatus.IN_TRANSIT, ShipmentStatus.CUSTOMS_HOLD, ShipmentStatus.DELIVERED)
STEPS = ("Requested", "Prepared by the depot", "On the way", "Received")


@dataclass(frozen=True)
class ShipmentsView(BlindedView):
    """Awaited shipments, and a page of the earlier ones."""

    awaited: tuple[ShipmentLine, ...]
    earlier: tuple[ShipmentLine, ...]
    next: str
    several_sites: bool
    several_studies: bool
    too_many: bool
    may_receive: bool
    may_order: bool
    message: str


@dataclass(frozen=True)
class ShipmentView(BlindedView):
    """One shipment; `step` is the position in `steps`, counted from 1. `home`: its own page, if not the site's."""

    record: ShipmentRecord
    steps: tuple[str, ...]
    step: int
    may_receive: bool
    just_received: bool
    home: str = ""

    def code(self, number: str) -> Markup:
        """The square code of a kit number, to be scanned from paper."""
        return kit_code(number)


class ShipmentPages(Controller):
    """Reading shipments."""

    path = "/shipments"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], code: FromQuery[str] = "", before: FromQuery[int | None] = None
    ) -> Response[Any]:
        """The list; a scanned shipment or kit opens the receipt. Depots and supply have pages of their own."""
        if (elsewhere := _own_page(desk.who)) is not None:
            return go(elsewhere)
        with desk.store.reading() as connection:
            sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)
            sites = sites if len(sites) <= SITES_AT_ONCE else ()
            found = _read(connection, sites, code) if code.strip() else None
            awaited, _ = shipments_to(connection, sites, awaited=True)
            earlier, mark = shipments_to(connection, sites, awaited=False, before=before)
        if found is not None:
            return go(f"/shipments/{found[0]}/{found[1]}/receive?code={quote(code.strip())}")
        view = ShipmentsView(
            awaited=awaited,
            earlier=earlier,
            next=f"/shipments?before={mark}" if mark is not None else "",
            several_sites=len(sites) > 1,
            several_studies=len({site.study_id for site in sites}) > 1,
            too_many=not sites,
            may_receive=any(_may_receive(desk.who, site) for site in sites),
            may_order=any(desk.who.actor.grant_for(Permission.ORDER_SETS, s.study_id, s.site_id) for s in sites),
            message=f"{code.strip()} is no shipment or kit on its way to you." if code.strip() else "",
        )
        return desk.page("shipments/shipments.html", view, "Shipments", "Shipments")

    @get("/{study_id:int}/{number:str}", sync_to_thread=True)
    def show_one(
        self, desk: NamedDependency[Desk], study_id: int, number: str, done: FromQuery[bool] = False
    ) -> Response[str]:
        """One shipment with its kits and steps."""
        return _one(desk, (study_id, number), "shipments/shipment.html", done=done)

    @get("/{study_id:int}/{number:str}/packing-list", sync_to_thread=True)
    def print_list(self, desk: NamedDependency[Desk], study_id: int, number: str) -> Response[str]:
        """The packing list to print: kits by number, the lot on the label, nothing of what is inside."""
        return _one(desk, (study_id, number), "shipments/packing_list.html")


def _own_page(who: Who) -> str | None:
    may = {p: any(g.covers(p, g.study_id, g.site_id) for g in who.actor.grants) for p in Permission}
    if may[Permission.RECEIVE_SHIPMENT]:
        return None
    if may[Permission.FULFIL_SHIPMENT]:
        return "/depot"
    return "/supply/shipments" if may[Permission.VIEW_SUPPLY] else None


def _read(connection: Any, sites: tuple[WorkSite, ...], code: str) -> tuple[int, str] | None:
    number = kit_number_in(code)
    found = scanned_shipment(connection, sites, code.strip())
    return found or (scanned_shipment(connection, sites, number) if number else None)


def _may_receive(who: Who, site: WorkSite) -> bool:
    return who.actor.grant_for(Permission.RECEIVE_SHIPMENT, site.study_id, site.site_id) is not None


def _one(desk: Desk, named: tuple[int, str], template: str, *, done: bool = False) -> Response[str]:
    with desk.store.reading() as connection:
        sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)
        record = site_shipment(connection, sites, *named)
    site = next(site for site in sites if (site.study_id, site.site) == (named[0], record.line.site))
    view = ShipmentView(
        record=record,
        steps=STEPS,
        step=step_of(record.line.status),
        may_receive=record.line.receivable and _may_receive(desk.who, site),
        just_received=done,
    )
    title = f"Shipment {record.line.number}"
    return desk.page(template, view, title, "Shipments", study_id=site.study_id, site_id=site.site_id)


def step_of(status: ShipmentStatus) -> int:
    """How far along its way the shipment is."""
    if status == ShipmentStatus.REQUESTED:
        return 1
    if status in BEFORE_DISPATCH:
        return 2
    return 3 if status in _ON_ITS_WAY else len(STEPS) + 1
