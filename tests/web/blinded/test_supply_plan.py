"""The blinded planner's buttons: Run resupply now and Approve."""

import re

from irt.tables.shipment import Shipment
from tests.web.parcels import house_of, parcel, raise_levels
from tests.web.world import World

PLAN = "/supply/plan"


def test_the_planner_sees_blinding_groups_alone(world: World) -> None:
    """Totals and stock by group; no kit type, no manufacturing lot."""
    number = parcel(world)
    page = world.signed_in("supply_planner.all").get(PLAN).text
    assert all(words in page for words in (number, "Pen 140 mg/mL", "Usable kits at sites"))
    assert not any(secret in page for secret in ("PEN-A", "PEN-P", "irt-unblinded-tag"))


def test_each_shipment_says_why_in_sums_of_its_group(world: World) -> None:
    """How many were ordered, beside how many were there or coming; nothing of types or levels."""
    raise_levels(world, 3)
    browser = world.signed_in("supply_planner.all")
    browser.get(PLAN)
    browser.press(f"{PLAN}/run")
    world.works()
    page = browser.get(PLAN).text
    assert re.search(r"Stock was low\. Pen 140 mg/mL: \d+ ordered, \d+ there or coming", page)


def test_a_run_waits_for_approval(world: World) -> None:
    """The shipment waits; Approve sends it once."""
    raise_levels(world, 3)
    browser = world.signed_in("supply_planner.all")
    browser.get(PLAN)
    browser.press(f"{PLAN}/run")
    world.works()
    browser.get(browser.path)
    number = house_of(world).rows(Shipment)[-1]["number"]
    assert "1 shipment waits for approval" in browser.text
    browser.get("/supply/shipments")
    assert browser.path == PLAN
    address = f"{PLAN}/{number}/approve"
    fields = browser.form(address).fields
    browser.send(address, fields)
    browser.send(address, fields)
    assert house_of(world).rows(Shipment)[-1]["status"] == "requested"


def test_site_staff_do_not_plan(world: World) -> None:
    """403 in words."""
    assert world.signed_in("pharmacist.0").get(PLAN).status_code == 403
