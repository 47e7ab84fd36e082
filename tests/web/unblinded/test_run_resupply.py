"""The buttons of the supply manager's shipments: Run resupply now, Approve, Book it."""

import pytest

from irt.tables.shipment import Shipment
from tests.web.browser import Browser
from tests.web.parcels import house_of, parcel, raise_levels
from tests.web.world import World

RUN = "/supply/shipments/run"


def _open(world: World) -> Browser:
    raise_levels(world, 3)
    browser = world.signed_in("supply_manager.all")
    browser.get("/supply/shipments")
    return browser


def _run(world: World, browser: Browser, **typed: str) -> None:
    """Presses Run resupply now, and lets a worker do it."""
    browser.get("/supply/shipments")
    browser.press(RUN, **typed)
    world.works()
    browser.get(browser.path)


def _newest(world: World) -> dict[str, object]:
    return house_of(world).rows(Shipment)[-1]


def _address(world: World, number: object) -> str:
    return f"/supply/shipments/{world.study_id}/{number}"


def test_it_runs_once_and_tells_the_reasons(world: World) -> None:
    """One shipment for the site that is low; its page says what was counted. A second press runs nothing."""
    browser = _open(world)
    fields = browser.form(RUN).fields
    browser.send(RUN, fields)
    assert "Waits its turn" in browser.text
    job = browser.path
    world.works()
    browser.send(RUN, fields)
    assert browser.path == job
    assert world.works() == 0
    assert "1 shipment was made" in browser.text
    assert 'href="/supply/shipments"' in browser.text
    assert len(house_of(world).rows(Shipment)) == 3
    page = browser.get(_address(world, _newest(world)["number"])).text
    assert "What is on site and on the way counts." in page
    assert "Topped up with its blinding group" in page


def test_a_second_run_needs_nothing(world: World) -> None:
    """What is on the way counts, so nothing follows, and the page says so."""
    browser = _open(world)
    _run(world, browser)
    _run(world, browser)
    assert "No shipment was needed" in browser.text


def test_a_proposal_waits_and_is_approved(world: World) -> None:
    """With the box ticked the shipment waits; Approve sends it to the depot."""
    browser = _open(world)
    _run(world, browser, needs_approval="yes")
    shipment = _newest(world)
    assert shipment["status"] == "awaiting_approval"
    assert str(shipment["number"]) in browser.get("/supply/shipments?state=waiting").text
    address = _address(world, shipment["number"])
    browser.get(address)
    browser.press(f"{address}/approve")
    assert _newest(world)["status"] == "requested"


def test_a_cancelled_shipment_frees_its_kits(world: World) -> None:
    """Needs what happened and a reason; both are asked for in words."""
    browser = _open(world)
    _run(world, browser)
    address = _address(world, _newest(world)["number"])
    browser.get(address)
    assert browser.press(f"{address}/act", reason="x").status_code == 400
    assert browser.press(f"{address}/act", act="cancel").status_code == 400
    assert "Give a reason" in browser.text
    browser.press(f"{address}/act", act="cancel", reason="Site closes")
    assert _newest(world)["status"] == "cancelled"
    assert "Site closes" in browser.text


def test_a_lost_shipment_is_marked(world: World) -> None:
    """From the carrier's hands only."""
    number = parcel(world, delivered=False)
    browser, address = world.signed_in("supply_manager.all"), _address(world, number)
    browser.get(address)
    browser.press(f"{address}/act", act="lose", reason="The van burnt")
    assert _newest(world)["status"] == "lost"


@pytest.mark.parametrize("person", ["pharmacist.0", "supply_planner.all", "inspector.all"])
def test_others_cannot(world: World, person: str) -> None:
    """Neither the page of a shipment nor its buttons."""
    number = parcel(world)
    browser, address = world.signed_in(person), _address(world, number)
    assert browser.get(address).status_code == 403
    browser.get("/switch")
    token = browser.form("/sign-out").fields["_csrf_token"]
    fields = {"_csrf_token": token, "command_key": "k", "study": str(world.study_id)}
    for form in (RUN, f"{address}/approve", f"{address}/act"):
        assert browser.send(form, fields).status_code == 403


def test_an_unknown_shipment_reads_as_none(world: World) -> None:
    """404 in words."""
    answer = world.signed_in("supply_manager.all").get(_address(world, "S-99999"))
    assert (answer.status_code, "No such shipment" in answer.text) == (404, True)
