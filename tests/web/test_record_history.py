"""Every page that shows one record leads to what was done to it."""

import re
import sys
from pathlib import Path

from irt.blinding.roles import Role
from irt.tables.record import AuditEntry
from irt.tables.shipment import Shipment
from tests.web.api.system import System
from tests.web.parcels import house_of
from tests.web.world import World
from web.app import ROOMS
from web.render import TEMPLATES

ELSEWHERE = {
    "a job, a run or a forecast: what was asked and what came of it; the record it is about has a history": (
        "/jobs/{job_id:int}",
        "/enrolment/forecast/{number:int}",
        "/gates/{gate:int}/runs/{run:int}",
        "/supply/optimizer/runs/{number:int}",
        "/supply/optimizer/{number:int}/advice/{advice:int}",
        "/supply/twin/{number:int}",
        "/randomization/designs/{paper_id:int}",
    ),
    "a part of a plan, whose first page leads to its history": (
        "/supply/optimizer/{number:int}/consignments/{place:str}",
        "/supply/plans/{number:int}",
    ),
    "an act on a subject or a kit, whose own page leads to its history": (
        "/studies/{study_id:int}/subjects/{number:str}/dispense/{dispensing_id:int}",
        "/studies/{study_id:int}/subjects/{number:str}/dispense/{dispensing_id:int}/{way:str}",
        "/studies/{study_id:int}/subjects/{number:str}/home/{dispensing_id:int}",
        "/studies/{study_id:int}/subjects/{number:str}/steps/{path:str}",
        "/preparations/{study_id:int}/subjects/{subject:str}/{dispensing_id:int}",
        "/relabel/{study_id:int}/checks/{number:str}",
        "/relabel/{study_id:int}/{change:str}/{kind:str}/{code:str}",
        "/depot/{study_id:int}/{number:str}/labels/checks/{labelling:str}",
        "/quality/destruction/{study_id:int}/papers/{certificate_id:int}",
    ),
    "whoever holds a label or a link, and has no role that reads the history": (
        "/doors/{label:str}",
        "/doors/pickups/{label:str}",
        "/parcel/{label:str}",
        "/calendar/{file:str}",
        "/invitation/{token:str}",
        "/invoices/{study_id:int}/{number:str}",
    ),
    "an account: its own page tells its roles, and the installation's chain is no study's": (
        "/people/{account_id:int}",
    ),
    "a page of the whole study, or of records that have pages of their own": (
        "/studies/{study_id:int}/records/reports/{which:str}",
        "/controlled/{study_id:int}/{kind:str}/{code:str}/{group:str}",
        "/interfaces/{study_id:int}/{depot:str}",
        "/network/{study_id:int}/supply/{kind:str}",
        "/supply/orders/{study_id:int}",
        "/supply/skus/{study_id:int}",
        "/supply/skus/{study_id:int}/changes/{change_id:int}",
        "/supply/versions/{study_id:int}/{number:int}",
        "/dashboard/{study_id:int}",
    ),
}
"""Pages whose address ends with a record and that lead to no history, by the reason why."""
MADE_ELSEWHERE = {
    "/supply/optimizer/{number:int}": "plans/overview.html",
    "/randomization/lists/{approval_id:int}": "randomization/list.html",
}
"""Pages whose controller does not name its template whole."""


def _about_one_record() -> dict[str, str]:
    """Address of each page that ends with a record -> the file of its controller."""
    found: dict[str, str] = {}
    for room in ROOMS:
        handlers = (getattr(room, name, None) for name in dir(room))
        for handler in (one for one in handlers if "GET" in getattr(one, "http_methods", ())):
            for path in handler.paths or {""}:
                address = f"{room.path.rstrip('/')}/{path.strip('/')}".rstrip("/")
                if address.endswith("}"):
                    found[address] = str(sys.modules[room.__module__].__file__)
    return found


def _leads_on(template: str) -> bool:
    files = (TEMPLATES / side / template for side in ("blinded", "unblinded"))
    return any(file.is_file() and "{{ ui.record_history(" in file.read_text() for file in files)


def test_every_page_about_one_record_leads_to_its_history() -> None:
    """By the one macro that shows the way to whoever may read it; a new page does, or says why not."""
    without = set()
    for address, file in _about_one_record().items():
        named = re.findall(r'"((?:\w+/)+\w+\.html)"', Path(file).read_text())
        if not any(map(_leads_on, [*named, MADE_ELSEWHERE.get(address, "")])):
            without.add(address)
    assert without == {address for pages in ELSEWHERE.values() for address in pages}


def test_a_number_alone_is_held_apart_by_its_kind(world: World) -> None:
    """Approval 1 leads to the entries of that approval, and to nothing else that is called 1."""
    world.office.hire("tess", (Role.STUDY_TEAM, {"study_id": world.study_id}))
    facts = {"kind": "contract", "site": world.sites[0][0], "granted_on": "2026-02-20", "reference": "C 7"}
    System.of(world, "tess").booked("/site-approvals/record", **facts, document_hash="ab" * 32)
    browser = world.signed_in("quality.all")
    way = f"/history?study={world.study_id}&amp;record=1&amp;kind=site%20approval"
    assert way in browser.get(f"/activation/{world.study_id}/1").text
    told = browser.get(way.replace("&amp;", "&")).text
    assert (told.count('<time datetime="'), "C 7" in told) == (1, True)


def test_the_way_is_shown_to_whoever_may_read_it(world: World) -> None:
    """A pharmacist gets from a shipment to its entries and no others; the depot is shown no way."""
    shipment = house_of(world).rows(AuditEntry, record_kind="shipment", site_id=world.sites[0][1])[0]["record"]
    browser = world.signed_in("pharmacist.0")
    page = browser.get(f"/shipments/{world.study_id}/{shipment}").text
    way = f"/history?study={world.study_id}&amp;record={shipment}"
    assert way in page
    told = browser.get(way.replace("&amp;", "&")).text
    assert told.count(f"shipment {shipment}") + told.count(f" {shipment} ") > 0
    assert "screened subject" not in told
    origin = house_of(world).rows(Shipment, number=shipment)[0]["origin_depot_id"]
    world.office.hire("picker", (Role.DEPOT, {"study_id": world.study_id, "depot_id": origin}))
    depot = world.signed_in("picker").get(f"/depot/{world.study_id}/{shipment}")
    assert depot.status_code == 200
    assert "/history?" not in depot.text
