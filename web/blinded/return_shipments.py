"""Return shipments at the site: verified kits into sealed boxes, the packing list, and given to the carrier."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_return_shipments import (
    ReadyKit,
    ReturnLine,
    ReturnRecord,
    depots_of,
    ready_to_return,
    returns_from,
    site_return,
)
from irt.reads.blinded_sites import WorkSite, not_found
from irt.services.return_shipments import (
    CancelReturn,
    PackedBox,
    PackReturn,
    SendReturn,
    cancel_return,
    pack_return,
    send_return,
)
from irt.supply.barcode import kit_number_in
from web.blinded.desk import Desk, desk_of, go
from web.blinded.kit_codes import kit_code
from web.blinded.typed import day_in, reason_in, whole_in
from web.forms import Fields
from web.my_sites import SITES_AT_ONCE, sites_of

BOXES_ON_PAGE = 4


@dataclass(frozen=True)
class ReadyAt(BlindedView):
    """A site and how many of its kits may go back."""

    site_id: int
    site: str
    study: str
    kits: int


@dataclass(frozen=True)
class ReturnsOutView(BlindedView):
    """Kits that may go back, by site, and the returns so far."""

    ready: tuple[ReadyAt, ...]
    returns: tuple[ReturnLine, ...]
    may_ship: bool


@dataclass(frozen=True)
class PackView(BlindedView):
    """The boxes to fill; what was typed is kept."""

    site_id: int
    site: str
    study: str
    kits: tuple[ReadyKit, ...]
    depots: tuple[tuple[str, str], ...]
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    boxes = tuple(range(1, BOXES_ON_PAGE + 1))

    def value(self, name: str) -> str:
        """What was typed; the first box holds all kits before anything was."""
        if name == "kits-1" and not self.typed:
            return "\n".join(kit.number for kit in self.kits)
        return self.typed.get(name, "")


@dataclass(frozen=True)
class ReturnView(BlindedView):
    """One return as its site sees it."""

    record: ReturnRecord
    command_key: str = ""
    problem: str = ""

    @property
    def address(self) -> str:
        """Where this page is."""
        return f"/returns/shipments/{self.record.line.study_id}/{self.record.line.number}"

    def code(self, number: str) -> Markup:
        """The square code of a kit number, to be scanned from paper."""
        return kit_code(number)


class ReturnShipmentPages(Controller):
    """Returns of a person's sites."""

    path = "/returns/shipments"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Kits that may go back, and every return."""
        with desk.store.reading() as connection:
            sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)[:SITES_AT_ONCE]
            counts = {site: len(ready_to_return(connection, site)) for site in sites}
            lines = returns_from(connection, sites)
        ready = tuple(ReadyAt(site.site_id, site.site, site.study, kits) for site, kits in counts.items() if kits)
        may_ship = any(_may_ship(desk, site) for site in sites)
        view = ReturnsOutView(ready, lines, may_ship)
        return desk.page("returns/shipments.html", view, "Return shipments", "Returns")

    @get("/pack", sync_to_thread=True)
    def ask(self, desk: NamedDependency[Desk], site: FromQuery[int]) -> Response[Any]:
        """The boxes to fill at one site."""
        return _pack_page(desk, _site(desk, site), {})

    @post("/pack", sync_to_thread=True)
    def pack(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Closes the boxes; their kits are on one packing list from now on."""
        site = _site(desk, whole_in(data.get("site", ""), "the site"))
        try:
            ask = PackReturn(
                study_id=site.study_id, site=site.site, depot=data.get("depot", ""), boxes=_boxes_in(data)
            )
            done = desk.press(pack_return, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _pack_page(desk, site, data, refusal)
        return go(f"/returns/shipments/{site.study_id}/{done.number}")

    @get("/{study_id:int}/{number:str}", sync_to_thread=True)
    def show_one(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]
    ) -> Response[Any]:
        """One return: its boxes, and what is to do."""
        return _page(desk, study_id, number)

    @get("/{study_id:int}/{number:str}/packing-list", sync_to_thread=True)
    def print_list(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]
    ) -> Response[Any]:
        """The packing list that goes into the boxes."""
        view = ReturnView(_record(desk, study_id, number))
        return desk.page("returns/packing_list.html", view, f"Packing list {number}", "Returns", study_id=study_id)

    @post("/{study_id:int}/{number:str}/send", sync_to_thread=True)
    def send(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """The carrier has the boxes."""
        try:
            awaited = data.get("expected_on", "")
            ask = SendReturn(
                study_id=study_id,
                number=number,
                waybill=data.get("waybill", "").strip()[:100] or None,
                expected_on=day_in(awaited, desk.now.date()) if awaited else None,
            )
            desk.press(send_return, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, number, refusal)
        return go(f"/returns/shipments/{study_id}/{number}")

    @post("/{study_id:int}/{number:str}/cancel", sync_to_thread=True)
    def cancel(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """The boxes are opened again."""
        try:
            ask = CancelReturn(study_id=study_id, number=number, reason=reason_in(data))
            desk.press(cancel_return, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, number, refusal)
        return go(f"/returns/shipments/{study_id}/{number}")


def _may_ship(desk: Desk, site: WorkSite) -> bool:
    return desk.who.actor.grant_for(Permission.SHIP_RETURNS, site.study_id, site.site_id) is not None


def _site(desk: Desk, site_id: int) -> WorkSite:
    """The site, where the person sends kits back."""
    with desk.store.reading() as connection:
        sites = sites_of(connection, desk.who, Permission.SHIP_RETURNS)
    site = next((one for one in sites if one.site_id == site_id), None)
    if site is None:
        raise not_found("site of yours")
    return site


def _boxes_in(data: Mapping[str, str]) -> list[PackedBox]:
    """The boxes as typed: a seal and kits, or neither."""
    boxes = []
    for n in range(1, BOXES_ON_PAGE + 1):
        seal = data.get(f"seal-{n}", "").strip()[:60]
        reads = data.get(f"kits-{n}", "").replace(",", " ").split()
        if bool(seal) != bool(reads):
            raise BadInput(f"Box {n} needs both its seal and its kits. Nothing was booked.")
        if seal:
            boxes.append(PackedBox(seal=seal, kits=[kit_number_in(read) or read for read in reads]))
    if not boxes:
        raise BadInput("No box was filled. Nothing was booked. Scan the kits and the seal of a box.")
    return boxes


def _pack_page(
    desk: Desk, site: WorkSite, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[Any]:
    with desk.store.reading() as connection:
        kits = ready_to_return(connection, site)
        depots = depots_of(connection, site.study_id)
    problem = refusal.sentence if refusal else ""
    view = PackView(site.site_id, site.site, site.study, kits, depots, desk.key(), typed, problem)
    return desk.page(
        "returns/pack.html",
        view,
        "Pack a return",
        "Returns",
        study_id=site.study_id,
        site_id=site.site_id,
        status_code=refusal.status_code if refusal else 200,
    )


def _record(desk: Desk, study_id: int, number: str) -> ReturnRecord:
    with desk.store.reading() as connection:
        sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)
        record = site_return(connection, sites, study_id, number)
    may_ship = any(_may_ship(desk, site) for site in sites if site.site == record.line.site)
    return replace(record, may_ship=may_ship)


def _page(desk: Desk, study_id: int, number: str, refusal: Refusal | None = None) -> Response[Any]:
    view = ReturnView(_record(desk, study_id, number), desk.key(), refusal.sentence if refusal else "")
    status = refusal.status_code if refusal else 200
    return desk.page(
        "returns/shipment.html", view, f"Return {number}", "Returns", study_id=study_id, status_code=status
    )
