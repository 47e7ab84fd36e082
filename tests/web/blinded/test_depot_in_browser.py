"""The depot's messages and manifest in a real browser: what axe finds, at both widths."""

import pytest
from playwright.sync_api import expect

from tests.web.api.live import served
from tests.web.blinded.test_depot_messages import a_conversation
from tests.web.blinded.test_jobs_in_browser import WIDTHS, examine
from tests.web.keyboard import sign_in
from tests.web.parcels import kits_of
from tests.web.preview.browser import browser
from tests.web.unblinded.people import depot_worker
from tests.web.world import World

pytestmark = pytest.mark.browser


def test_pages_have_no_barriers(world: World) -> None:
    """Messages with an outcome, a refusal and a gap; and a shipment whose manifest can be taken away."""
    number = a_conversation(world)
    worker, address = depot_worker(world), f"/depot/{world.study_id}/{number}"
    worker.get(address)
    worker.press(f"{address}/pick", picked=",".join(kits_of(world, number)))
    with served(world) as home, browser() as chromium:
        tab = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
        sign_in(tab, home, "picker", "/depot")
        for path in ("/depot", "/depot/messages", address):
            tab.goto(home + path)
            expect(tab.locator("h1")).to_be_visible()
            examine(tab, path, *WIDTHS)
        tab.context.close()
