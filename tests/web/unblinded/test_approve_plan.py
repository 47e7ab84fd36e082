"""The button Sign under a plan: what leaves today and tomorrow becomes shipments, once, for whoever may."""

from irt.tables.plan import PlanApproval
from irt.tables.shipment import Shipment
from tests.cast import PASSWORD
from tests.web.parcels import house_of
from tests.web.planned import a_kept_plan
from tests.web.world import World


def test_a_signed_plan_becomes_shipments(world: World) -> None:
    """Hash, meaning and password; both consignments are asked of the depot, and the plan says who signed."""
    number = a_kept_plan(world)
    house = house_of(world)
    before = len(house.rows(Shipment))
    browser, address = world.signed_in("supply_manager.all"), f"/supply/optimizer/{number}"
    page = browser.get(f"{address}/approve").text
    assert all(words in page for words in ("2 consignments", "Approve and sign", "Record hash"))
    browser.press(f"{address}/approve", password=PASSWORD)
    raised = house.rows(Shipment)[before:]
    assert "Plan 1 is approved" in browser.text
    assert all(row["number"] in browser.text for row in raised)
    assert "stayed behind" not in browser.text
    assert [row["raised_by"] for row in raised] == ["plan", "plan"]
    assert raised[0]["number"] in browser.get(f"{address}/consignments").text
    assert "Approve …" not in browser.text


def test_a_wrong_password_or_another_hash_signs_nothing(world: World) -> None:
    """The page says so, and the panel stays."""
    number = a_kept_plan(world)
    browser, address = world.signed_in("supply_manager.all"), f"/supply/optimizer/{number}/approve"
    browser.get(address)
    assert browser.press(address, password="not this one").status_code == 403
    assert "Approve and sign" in browser.text
    assert browser.press(address, password=PASSWORD, digest="0" * 64).status_code == 409
    assert "Nothing was signed" in browser.text
    assert house_of(world).rows(PlanApproval) == []
