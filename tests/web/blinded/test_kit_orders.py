"""The buttons Preview the order and Order the kits: sets for everybody, kit types for the unblinded alone."""

import pytest

from irt.tables.shipment import Shipment
from tests.web.parcels import house_of
from tests.web.world import World

PAGE = "/kit-orders"
ORDER = {"site": "1001", "group": "PEN", "sets": "2", "reason": "The fridge failed"}


def orders(world: World) -> list[str]:
    """Status of the shipments ordered by hand."""
    rows = house_of(world).rows(Shipment)
    return [row["status"] for row in rows if row["raised_by"] in ("manual", "emergency")]


def test_a_planner_looks_and_then_orders(world: World) -> None:
    """Product, lot, kits and days are shown and nothing is booked; then the depot has the request."""
    browser = world.signed_in("supply_planner.all")
    browser.get(PAGE)
    form = browser.form(PAGE)
    looked = browser.send(f"{PAGE}/look", {**form.fields, **ORDER, "reason": ""})
    assert "of 12 kits from depot NLD" in looked.text
    assert orders(world) == []
    assert not any(secret in looked.text for secret in ("PEN-A", "PEN-P"))
    browser.press(PAGE, **ORDER)
    assert "12 kits ordered for site 1001" in browser.text
    assert orders(world) == ["requested"]


def test_an_emergency_of_a_site_waits_for_supply(world: World) -> None:
    """The pharmacist's site is filled in; the order is urgent, and still needs the supply manager."""
    browser = world.signed_in("pharmacist.0")
    assert "Order kits" in browser.get("/shipments").text
    browser.get(PAGE)
    assert browser.form(PAGE).fields["site"] == "1001"
    browser.press(PAGE, **ORDER, emergency="yes")
    assert "waits for the supply manager" in browser.text
    assert orders(world) == ["awaiting_approval"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"site": "9999"}, "not a site that you order for"),
        ({"sets": "99"}, "1 to 20 sets"),
        ({"sets": "x"}, "not a whole number"),
        ({"group": "VIAL"}, "blinding group"),
        ({"reason": " "}, "reason is missing"),
    ],
)
def test_an_order_that_cannot_be_says_why(world: World, typed: dict[str, str], said: str) -> None:
    """Everything typed stays, and nothing is booked."""
    browser = world.signed_in("supply_planner.all")
    browser.get(PAGE)
    answer = browser.press(PAGE, **{**ORDER, **typed})
    assert (answer.status_code in (400, 404), said in answer.text) == (True, True)
    assert orders(world) == []


def test_the_unblinded_team_orders_by_type(world: World) -> None:
    """Looked at by type and lot, then ordered; a planner is turned away."""
    page = f"/supply/orders/{world.study_id}"
    assert world.signed_in("supply_planner.all").get(page).status_code == 403
    browser = world.signed_in("supply_manager.all")
    browser.get(f"{page}?site=1001")
    fields = {**browser.form(page).fields, "kits_PEN-A": "3", "reason": "Needed"}
    assert "3 of 3 kits from depot NLD" in browser.send(f"{page}/look", fields).text
    browser.send(page, fields)
    assert "3 kits ordered for site 1001" in browser.text
    assert orders(world) == ["requested"]
    browser.get(page)
    assert browser.press(page, site="1001", reason="x").status_code == 400
