"""The buttons of the depot: Acknowledge, Confirm the pick, Packed, Dispatch, Reject the request."""

import re

import pytest

from irt.tables.kit import Kit
from irt.tables.shipment import Shipment
from tests.web.browser import Browser
from tests.web.parcels import house_of, kits_of, requested_parcel
from tests.web.unblinded.people import depot_worker
from tests.web.world import World


def _opened(world: World) -> tuple[Browser, str, str, list[str]]:
    number = requested_parcel(world)
    browser, address = depot_worker(world), f"/depot/{world.study_id}/{number}"
    browser.get(address)
    return browser, number, address, kits_of(world, number)


def _status(world: World, number: str) -> str:
    return str(house_of(world).rows(Shipment, number=number)[0]["status"])


def test_a_request_goes_to_the_carrier(world: World) -> None:
    """Acknowledge, each kit by scan, packed, waybill and monitor: the site awaits it."""
    browser, number, address, kits = _opened(world)
    assert number in browser.get("/depot").text
    browser.get(address)
    browser.press(f"{address}/acknowledge")
    for kit in kits:
        browser.press(f"{address}/scan", code=kit)
    assert "All kits are picked." in browser.text
    browser.press(f"{address}/pick")
    browser.press(f"{address}/pack")
    browser.press(f"{address}/dispatch", waybill="W-9", monitor="TM-9")
    assert (browser.path, _status(world, number)) == ("/depot", "in_transit")
    assert "Nothing is to be sent." in browser.text
    assert "W-9" in world.signed_in("pharmacist.0").get(f"/shipments/{world.study_id}/{number}").text


def test_the_pick_list_follows_the_warehouse_and_tells_no_type(world: World) -> None:
    """By sequence, on this page alone; the packing list is by kit number and without it."""
    browser, _, address, kits = _opened(world)
    page = browser.press(f"{address}/acknowledge").text
    sequences = [int(one) for one in re.findall(r'<td class="irt-num">(\d+)</td>', page)]
    assert sequences == sorted(sequences)
    assert len(sequences) == len(kits)
    paper = browser.get(f"{address}/packing-list").text
    assert re.findall(r'irt-kit" translate="no">(\d+)<', paper) == kits
    assert not any(secret in page + paper for secret in ("PEN-A", "PEN-P"))
    assert "Sequence" not in paper


def test_a_wrong_kit_is_put_back(world: World) -> None:
    """Nothing else may go into the parcel, and the pick is not complete without each kit."""
    browser, number, address, kits = _opened(world)
    browser.press(f"{address}/acknowledge")
    assert "99999 is not in this order" in browser.press(f"{address}/scan", code="99999").text
    assert "This is not a kit number" in browser.press(f"{address}/scan", code="x").text
    browser.press(f"{address}/scan", code=kits[0])
    assert "was picked before" in browser.press(f"{address}/scan", code=kits[0]).text
    answer = browser.press(f"{address}/pick")
    assert (answer.status_code, "Not every kit is picked" in answer.text) == (400, True)
    assert _status(world, number) == "acknowledged"


def test_a_dispatch_needs_waybill_and_monitor(world: World) -> None:
    """Both, and a second press dispatches nothing twice."""
    browser, number, address, kits = _opened(world)
    for step, typed in (("acknowledge", {}), ("pick", {"picked": ",".join(kits)}), ("pack", {})):
        browser.press(f"{address}/{step}", **typed)
    answer = browser.press(f"{address}/dispatch", waybill="W-9", monitor="")
    assert (answer.status_code, 'value="W-9"' in answer.text) == (400, True)
    fields = {**browser.form(f"{address}/dispatch").fields, "waybill": "W-9", "monitor": "TM-9"}
    browser.send(f"{address}/dispatch", fields)
    assert browser.send(f"{address}/dispatch", fields).status_code == 200
    assert _status(world, number) == "in_transit"


def test_a_request_is_rejected_with_its_reason(world: World) -> None:
    """The kits are free again."""
    browser, number, address, _ = _opened(world)
    assert browser.press(f"{address}/reject", reason=" ").status_code == 400
    browser.press(f"{address}/reject", reason="Cold store is down")
    assert _status(world, number) == "rejected_by_depot"


def test_a_step_out_of_turn_is_refused(world: World) -> None:
    """The page shows the current state and says so."""
    browser, number, address, _ = _opened(world)
    fields = browser.form(f"{address}/acknowledge").fields
    answer = browser.send(f"{address}/pack", fields)
    assert (answer.status_code, "This step is not possible now" in answer.text) == (409, True)
    assert browser.send(f"{address}/burn", {**fields, "command_key": "other"}).status_code == 400
    assert _status(world, number) == "requested"


def test_another_depots_shipment_reads_as_none(world: World) -> None:
    """Neither on the page nor in the inbox."""
    number = requested_parcel(world)
    browser = depot_worker(world, elsewhere=True)
    assert not re.search(rf"\b{number}\b", browser.get("/depot").text)
    assert browser.get(f"/depot/{world.study_id}/{number}").status_code == 404


@pytest.mark.parametrize("person", ["pharmacist.0", "supply_manager.all"])
def test_only_depots_fulfil(world: World, person: str) -> None:
    """Sites and supply have pages of their own."""
    number = requested_parcel(world)
    browser = world.signed_in(person)
    assert browser.get("/depot").status_code == 403
    assert browser.get(f"/depot/{world.study_id}/{number}").status_code == 403


def test_a_kit_that_is_not_there_is_left_out(world: World) -> None:
    """Another stands in, the pick list says so at once, and what is lacking cannot be picked."""
    browser, number, address, kits = _opened(world)
    browser.send(f"{address}/acknowledge", browser.form(f"{address}/acknowledge").fields)
    form = browser.form(f"{address}/short")
    assert browser.send(form.action, {**form.fields, "kit": "", "why": ""}).status_code == 400
    form = browser.form(f"{address}/short")
    page = browser.send(form.action, {**form.fields, "kit": kits[0], "why": "damaged"}).text
    now = set(re.findall(r'<option value="(\d+)"', page))
    assert (len(now), kits[0] in now, set(kits[1:]) <= now) == (len(kits), False, True)
    assert house_of(world).rows(Kit, number=kits[0])[0]["quality"] == "damaged"
    assert _status(world, number) == "acknowledged"
