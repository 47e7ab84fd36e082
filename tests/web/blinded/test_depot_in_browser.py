"""The depot's messages and manifest in a real browser: what axe finds, at both widths."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.web.api.live import served
from tests.web.blinded.test_depot_messages import a_conversation
from tests.web.keyboard import sign_in
from tests.web.parcels import kits_of
from tests.web.preview.browser import browser
from tests.web.unblinded.people import depot_worker
from tests.web.world import World

pytestmark = pytest.mark.browser

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("width", [1280, 375])
def test_pages_have_no_barriers(world: World, width: int) -> None:
    """Messages with an outcome, a refusal and a gap; and a shipment whose manifest can be taken away."""
    number = a_conversation(world)
    worker, address = depot_worker(world), f"/depot/{world.study_id}/{number}"
    worker.get(address)
    worker.press(f"{address}/pick", picked=",".join(kits_of(world, number)))
    with served(world) as home, browser() as chromium:
        tab = chromium.new_context(viewport={"width": width, "height": 900}).new_page()
        sign_in(tab, home, "picker", "/depot")
        for path in ("/depot", "/depot/messages", address):
            tab.goto(home + path)
            expect(tab.locator("h1")).to_be_visible()
            found = Axe().run(tab, options={"runOnly": {"type": "tag", "values": WCAG}})
            assert found.violations_count == 0, (path, found.generate_report())
            assert tab.evaluate("document.documentElement.scrollWidth") <= width, path
        tab.context.close()
