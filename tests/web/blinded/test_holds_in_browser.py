"""Holds in a real browser: opened by keyboard, no barriers, and fit for a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.cast import PASSWORD
from tests.web.api.live import served
from tests.web.blinded.test_jobs_in_browser import FLOWS, WIDTHS, enter, examine
from tests.web.preview.browser import browser
from tests.web.world import World

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all."""
    with browser() as running:
        yield running


@pytest.mark.parametrize("width", FLOWS)
def test_a_recall_by_keyboard(chromium: Browser, world: World, width: int) -> None:
    """The form, the job and the page of the hold, without a barrier and without scrolling sideways."""
    with served(world) as address:
        tab = enter(chromium, address, "quality.all", width)
        tab.goto(f"{address}/holds")
        examine(tab, "/holds", *WIDTHS)
        tab.get_by_label("Recall: the kits are never used again").press("Space")
        tab.get_by_label("Over").select_option("lot")
        tab.get_by_label("Number").fill("L1")
        tab.get_by_label("Reason").fill("Sterility failure")
        tab.get_by_label("Password").fill(PASSWORD)
        tab.get_by_label("Password").press("Enter")
        expect(tab.get_by_text("Waits its turn")).to_be_visible()
        world.works()
        tab.get_by_role("link", name="Show").press("Enter")
        expect(tab.get_by_text("Where they were found")).to_be_visible()
        examine(tab, "/holds/1/H-0001", *WIDTHS)
        tab.goto(f"{address}/holds")
        expect(tab.get_by_text("In force")).to_be_visible()
        examine(tab, "/holds", *WIDTHS)
        tab.context.close()
