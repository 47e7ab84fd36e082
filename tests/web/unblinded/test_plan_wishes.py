"""The button Lay down: consignments that the next plan keeps, leaves out, or decides again."""

from irt.tables.plan import PlanEdit
from tests.web.parcels import house_of
from tests.web.planned import a_kept_plan
from tests.web.world import World


def test_ticked_consignments_are_kept_or_left_out(world: World) -> None:
    """Each tick is one wish with the reason; a later one takes its place."""
    number = a_kept_plan(world)
    browser, address = world.signed_in("supply_manager.all"), f"/supply/optimizer/{number}"
    browser.get(f"{address}/consignments")
    both = {"one-0": "yes", "one-1": "yes"}
    browser.press(f"{address}/edits", kind="fixed", reason="Courier is booked", **both)
    assert browser.text.count("Kept in the next plan") == 2
    browser.get(f"{address}/consignments/1")
    browser.press(f"{address}/edits", kind="forbidden", reason="Site is shut")
    assert browser.text.count("Kept in the next plan") == 1
    assert "Left out of the next plan" in browser.text
    assert "2 wishes laid down" in browser.text
    rows = house_of(world).rows(PlanEdit)
    assert [row["kind"] for row in rows] == ["fixed", "fixed", "forbidden"]
    assert "Site is shut" in browser.get(address).text
    assert "Leave out" in browser.text


def test_a_wish_needs_a_tick_a_kind_and_a_reason(world: World) -> None:
    """Otherwise nothing is changed, and the page says what is missing."""
    number = a_kept_plan(world)
    browser, address = world.signed_in("supply_manager.all"), f"/supply/optimizer/{number}"
    for typed, words in (
        ({"kind": "fixed", "reason": "why"}, "No consignment is ticked"),
        ({"reason": "why", "one-0": "yes"}, "Say what the next plan is to do"),
        ({"kind": "fixed", "one-0": "yes"}, "The reason is missing"),
        ({"kind": "fixed", "reason": "why", "one-77": "yes"}, "no such consignment"),
    ):
        browser.get(f"{address}/consignments")
        answer = browser.press(f"{address}/edits", **typed)
        assert answer.status_code == 400
        assert words in answer.text
    assert house_of(world).rows(PlanEdit) == []
