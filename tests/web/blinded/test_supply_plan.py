"""The blinded planner's buttons: Run resupply now and Approve."""

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
