"""Return shipments on pages and over the API: Close the boxes, The carrier has it, Book the receipt, Cancel."""

import re

from irt.tables.kit import Kit
from irt.tables.study import Depot
from tests.web.api.system import System, depot_of
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.spent import accountability, verified
from tests.web.unblinded.people import depot_worker
from tests.web.world import World


def _depot(world: World) -> str:
    """The code of the depot where the worker of these tests is."""
    return str(house_of(world).rows(Depot, id=depot_of(world))[0]["code"])


def _packed(world: World, kits: list[str]) -> tuple[Browser, str]:
    """A pharmacist's browser on the page of a return with all kits in one box, and the return's number."""
    browser = world.signed_in("pharmacist.0")
    browser.get("/returns/shipments")
    browser.get(f"/returns/shipments/pack?site={world.sites[0][1]}")
    depot = _depot(world)
    assert f'<option value="{depot}"' in browser.text
    box = {"seal-1": "SEAL-1", "kits-1": "\n".join(kits)}
    browser.press("/returns/shipments/pack", depot=depot, **box)
    return browser, browser.path.rsplit("/", 1)[-1]


def test_boxes_go_to_the_depot_and_are_received_by_scan(world: World) -> None:
    """From ready kits over the packing list to the depot's receipt, a kit short; nothing tells what is inside."""
    kits = sorted(verified(world, 3))
    browser, number = _packed(world, kits)
    here = f"/returns/shipments/{world.study_id}/{number}"
    paper = browser.get(f"{here}/packing-list").text
    assert re.findall(r'irt-kit" translate="no">(\d+)<', paper) == kits
    assert "1 · SEAL-1" in paper
    assert "PEN-" not in paper
    browser.get(here)
    assert "The carrier has it" not in browser.press(f"{here}/send", waybill="W-9").text
    depot = depot_worker(world)
    assert number in depot.get("/depot/returns").text
    there = f"/depot/returns/{world.study_id}/{number}"
    depot.get(there)
    refused = depot.press(there, received="\n".join(kits[1:]), missing=kits[0], seals="whole")
    assert (refused.status_code, "Give a reason" in refused.text) == (400, True)
    assert f">{kits[0]}</textarea>" in refused.text
    depot.press(there, received=" ".join(kits[1:]), missing=kits[0], seals="whole", reason="Box 1 was open")
    assert accountability(world, kits) == ["return_shipped", *["received_for_destruction"] * 2]
    assert "A kit that lacked has turned up" in depot.text
    depot.press(there, received=kits[0], seals="whole", reason="Under the lining")
    assert accountability(world, kits) == ["received_for_destruction"] * 3
    assert "Receive" not in re.findall(r"<h2[^>]*>([^<]*)", depot.text)
    page = world.signed_in("quality.all").get("/quality/destruction").text
    assert f"Received at depot {_depot(world)}" in page


def test_a_slip_is_kept_and_boxes_are_opened_again(world: World) -> None:
    """A box without its seal, a kit that nobody verified; a packed return is cancelled with a reason."""
    kits = verified(world, 2)
    free = house_of(world).rows(Kit, custody="site", place_id=world.sites[0][1], quality="released")[0]["number"]
    browser = world.signed_in("pharmacist.0")
    browser.get(f"/returns/shipments/pack?site={world.sites[0][1]}")
    typed = {"depot": _depot(world), "kits-1": free}
    refused = browser.press("/returns/shipments/pack", **typed, **{"seal-1": ""})
    assert (refused.status_code, "Box 1 needs both" in refused.text) == (400, True)
    refused = browser.press("/returns/shipments/pack", **typed, **{"seal-1": "SEAL-1"})
    assert (refused.status_code, "is not verified by the site" in refused.text) == (409, True)
    assert f">{free}</textarea>" in refused.text
    browser, number = _packed(world, kits)
    here = f"/returns/shipments/{world.study_id}/{number}"
    browser.press(f"{here}/cancel", reason="Box torn")
    assert "Stayed at the site" in browser.text
    assert world.signed_in("monitor.0").get(here).status_code == 200
    assert depot_worker(world).get(f"/depot/returns/{world.study_id}/{number}").status_code == 404


def test_strangers_see_no_return(world: World) -> None:
    """Neither another site's people, nor who only monitors packs."""
    _, number = _packed(world, verified(world, 2))
    assert world.signed_in("pharmacist.1").get(f"/returns/shipments/{world.study_id}/{number}").status_code == 404
    monitor = world.signed_in("monitor.0")
    assert monitor.get(f"/returns/shipments/pack?site={world.sites[0][1]}").status_code == 403
    assert "Close the boxes" not in monitor.get("/returns/shipments").text


def test_the_same_over_the_api(world: World) -> None:
    """Packed, sent, listed at both ends, received."""
    kits = verified(world, 2)
    site = System.of(world, "pharmacist.0")
    box = {"seal": "SEAL-1", "kits": kits}
    done = site.booked("/returns/pack", site=world.sites[0][0], depot=_depot(world), boxes=[box])
    number = done["number"]
    assert site.booked("/returns/send", number=number, waybill="W-1")["status"] == "in_transit"
    assert [one["number"] for one in site.asks_study("/returns").json()["items"]] == [number]
    assert site.asks_study(f"/returns/{number}").json()["boxes"][0]["seal"] == "SEAL-1"
    world.office.hire("dora", ("depot", {"study_id": world.study_id, "depot_id": depot_of(world)}))
    depot = System.of(world, "dora")
    assert [one["number"] for one in depot.asks_study("/depot-returns").json()["items"]] == [number]
    assert depot.asks_study(f"/depot-returns/{number}").json()["line"]["kits"] == 2
    assert depot.booked("/returns/receive", number=number, received=kits)["status"] == "received"
