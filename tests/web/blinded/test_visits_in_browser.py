"""Visits in a real browser: by keyboard alone, and what axe finds on the pages about them."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.api.live import served
from tests.web.blinded.test_in_browser import chromium, enter, examine, tab
from tests.web.visitors import in_run_in, skipped, visiting, weighed
from tests.web.ward import at, screened
from tests.web.world import World

pytestmark = pytest.mark.browser
__all__ = ["chromium", "tab"]


def test_a_call_is_recorded_with_two_interactions(tab: Page, visits_world: World) -> None:
    """From the worklist its row, then Enter."""
    subject = visiting(visits_world)
    visits_world.wait(days=14)
    with served(visits_world) as address:
        enter(tab, address, "pharmacist.0")
        tab.locator('a[href*="/record?visit=CALL"]').press("Enter")
        expect(tab.get_by_role("button", name="Record as done")).to_be_focused()
        tab.keyboard.press("Enter")
        expect(tab).to_have_url(address + at(visits_world, subject))
        expect(tab.get_by_text("recorded Phone call as done on").first).to_be_visible()


def test_a_weight_is_confirmed_by_keyboard(tab: Page, visits_world: World) -> None:
    """The field has the focus; Enter confirms, and Enter again has the kits assigned."""
    subject = visiting(visits_world)
    visits_world.wait(days=28)
    weighed(visits_world, subject)
    with served(visits_world) as address:
        enter(tab, address, "pharmacist.0")
        tab.goto(f"{address}{at(visits_world, subject, 'weight')}?visit=W4&occurrence=0")
        expect(tab.locator("#f-weight")).to_be_focused()
        tab.keyboard.type("57.5")
        tab.keyboard.press("Enter")
        expect(tab.get_by_text("This is not the weight that was entered first.")).to_be_visible()
        expect(tab.locator("#f-weight")).to_be_focused()
        tab.keyboard.type("75,5")
        tab.keyboard.press("Enter")
        expect(tab.get_by_role("button", name="Assign kits")).to_be_focused()
        tab.keyboard.press("Enter")
        expect(tab.locator("#scan")).to_be_focused()


def test_axe_finds_nothing_on_pages_about_visits(chromium: Browser, visits_world: World) -> None:
    """Run-in, a call to record, a visit to correct, a weight to enter and to confirm; nothing scrolls sideways."""
    subject, other = visiting(visits_world), visiting(visits_world)
    visits_world.wait(days=28)
    skipped(visits_world, subject, "CALL")
    weighed(visits_world, other)
    waiting, started = screened(visits_world), in_run_in(visits_world)
    pages = [
        "/worklist",
        at(visits_world, waiting, "steps", "run-in"),
        at(visits_world, started),
        at(visits_world, started, "randomize"),
        at(visits_world, started, "steps", "run-in-fail"),
        at(visits_world, subject, "record"),
        at(visits_world, subject, "correct"),
        at(visits_world, subject, "weight?visit=W4"),
        at(visits_world, other, "weight?visit=W4"),
        at(visits_world, other, "dispense?visit=W4"),
    ]
    examine(chromium, visits_world, (1280, 375), "light", pages)
