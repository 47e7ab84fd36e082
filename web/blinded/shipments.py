"""Shipments to a site: what is on its way, and one shipment's own page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery
from markupsafe import Markup
from sqlalchemy import Connection

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_satellites import SatelliteHere, satellites_of
from irt.reads.blinded_shipments import (
    BEFORE_DISPATCH,
    ShipmentLine,
    ShipmentRecord,
    scanned_shipment,
    shipments_on,
    shipments_to,
    site_shipment,
)
from irt.reads.blinded_sites import WorkSite
from irt.services.send_to_satellite import KITS_MAX, SendToSatellite, send_to_satellite
from irt.states.shipment import ShipmentStatus
from irt.supply.barcode import kit_number_in
from web.blinded.desk import Desk, desk_of, go
from web.blinded.kit_codes import kit_code
from web.blinded.typed import day_in, whole_in
from web.forms import Fields
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
    satellites: tuple[SatelliteHere, ...]
    sent_on: tuple[ShipmentLine, ...]
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    sent: str = ""

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """The satellites to choose from."""
        return tuple(
            (f"{one.study_id}/{one.number}", f"{one.number} {one.name} (of {one.main}, {one.study})")
            for one in self.satellites
        )


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
        self,
        desk: NamedDependency[Desk],
        code: FromQuery[str] = "",
        before: FromQuery[int | None] = None,
        sent: FromQuery[str] = "",
    ) -> Response[Any]:
        """The list; a scanned shipment or kit opens the receipt. Depots and supply have pages of their own."""
        if (elsewhere := _own_page(desk.who)) is not None:
            return go(elsewhere)
        if code.strip():
            with desk.store.reading() as connection:
                found = _read(connection, _sites(connection, desk), code)
            if found is not None:
                return go(f"/shipments/{found[0]}/{found[1]}/receive?code={quote(code.strip())}")
        message = f"{code.strip()} is no shipment or kit on its way to you." if code.strip() else ""
        return _list(desk, before, message=message, sent=sent)

    @post("/satellites", sync_to_thread=True)
    def send_on(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Sends scanned kits of a main site to its satellite."""
        try:
            done = desk.press(send_to_satellite, _parcel_in(desk, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _list(desk, None, typed=data, refusal=refusal)
        return go(f"/shipments?sent={done.number}")

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


def _sites(connection: Connection, desk: Desk) -> tuple[WorkSite, ...]:
    sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)
    return tuple(sites) if len(sites) <= SITES_AT_ONCE else ()


def _parcel_in(desk: Desk, data: Mapping[str, str]) -> SendToSatellite:
    """The parcel as typed."""
    study, _, satellite = data.get("satellite", "").partition("/")
    scanned = data.get("kits", "").replace(",", " ").split()
    if not scanned or len(scanned) > KITS_MAX:
        raise BadInput(f"Scan the kits, at most {KITS_MAX} at once. Nothing was booked.")
    awaited = data.get("expected_on", "")
    return SendToSatellite(
        study_id=whole_in(study, "the satellite"),
        satellite=satellite,
        scanned=scanned,
        monitor=data.get("monitor", "").strip()[:100] or None,
        waybill=data.get("waybill", "").strip()[:100] or None,
        expected_on=day_in(awaited, desk.now.date()) if awaited else None,
    )


def _list(
    desk: Desk,
    before: int | None,
    *,
    message: str = "",
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
    sent: str = "",
) -> Response[Any]:
    with desk.store.reading() as connection:
        sites = _sites(connection, desk)
        awaited, _ = shipments_to(connection, sites, awaited=True)
        earlier, mark = shipments_to(connection, sites, awaited=False, before=before)
        mains = [site for site in sites if _may_send_on(desk.who, site)]
        satellites = satellites_of(connection, mains)
        sent_on = shipments_on(connection, mains)
    view = ShipmentsView(
        awaited=awaited,
        earlier=earlier,
        next=f"/shipments?before={mark}" if mark is not None else "",
        several_sites=len(sites) > 1,
        several_studies=len({site.study_id for site in sites}) > 1,
        too_many=not sites,
        may_receive=any(_may_receive(desk.who, site) for site in sites),
        may_order=any(desk.who.actor.grant_for(Permission.ORDER_SETS, s.study_id, s.site_id) for s in sites),
        message=message,
        satellites=satellites,
        sent_on=sent_on,
        command_key=desk.key(),
        typed=typed or {},
        problem=refusal.sentence if refusal else "",
        sent=next((one.number for one in sent_on if one.number == sent), ""),
    )
    status_code = refusal.status_code if refusal else 200
    return desk.page("shipments/shipments.html", view, "Shipments", "Shipments", status_code=status_code)


def _may_send_on(who: Who, site: WorkSite) -> bool:
    return who.actor.grant_for(Permission.SEND_TO_SATELLITE, site.study_id, site.site_id) is not None


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
