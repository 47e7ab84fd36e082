"""Versions, sites and lanes in a real browser: what axe finds at both widths, and a proposal by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.web.api.live import served
from tests.web.blinded.test_jobs_in_browser import WIDTHS, enter, examine
from tests.web.blinded.test_network import CONTACT
from tests.web.blinded.test_versions import a_draft, amended
from tests.web.parcels import house_of
from tests.web.preview.browser import browser
from tests.web.world import World

pytestmark = pytest.mark.browser

MANAGER = "supply_manager.all"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all."""
    with browser() as running:
        yield running


def test_pages_have_no_barriers(chromium: Browser, world: World) -> None:
    """Every page of the room, with something on it, at both widths; none is wider than the screen."""
    house, study, site = house_of(world), world.study_id, world.sites[0][0]
    house.amend(amended())
    browser_ = world.signed_in(MANAGER)
    browser_.get(f"/network/{study}/sites/{site}")
    browser_.press(f"/network/{study}/sites/{site}/contact", **CONTACT)
    change = browser_.path
    paths = [
        f"/versions/{study}",
        f"/versions/{study}/2",
        f"/versions/{study}/sites/{site}",
        f"/network/{study}",
        f"/network/{study}/lanes/change?origin=NLD&target=GB",
        f"/network/{study}/sites/new",
        f"/network/{study}/sites/{site}",
        change,
        f"/supply/versions/{study}/2",
    ]
    with served(world) as address:
        tab = enter(chromium, address, MANAGER)
        for path in paths:
            tab.goto(address + path)
            expect(tab.locator("h1")).to_be_visible()
            examine(tab, path, *WIDTHS)
        tab.context.close()


def test_a_lane_is_proposed_by_keyboard(chromium: Browser, world: World) -> None:
    """From the list to the proposal with Tab, typing and Enter."""
    with served(world) as address:
        tab = enter(chromium, address, MANAGER)
        tab.goto(f"{address}/network/{world.study_id}/lanes/change?origin=NLD&target=GB")
        tab.get_by_label("Lead time, days").focus()
        tab.keyboard.press("ControlOrMeta+a")
        tab.keyboard.type("6")
        tab.get_by_label("Reason").focus()
        tab.keyboard.type("Another carrier")
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        expect(tab.get_by_text("You proposed this change")).to_be_visible()
        tab.context.close()


def test_the_signature_panel_of_a_draft(chromium: Browser, world: World) -> None:
    """The manager reads the draft and is offered no signature."""
    a_draft(world)
    with served(world) as address:
        tab = enter(chromium, address, MANAGER)
        tab.goto(f"{address}/versions/{world.study_id}/2")
        expect(tab.get_by_text("Draft", exact=True)).to_be_visible()
        expect(tab.get_by_role("button", name="Sign")).to_have_count(0)
        tab.context.close()
