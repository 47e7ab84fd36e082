"""Returns verified in a real browser: by keyboard, by the site and then the monitor, without barriers."""

import pytest
from playwright.sync_api import expect

from tests.cast import PASSWORD
from tests.web.api.live import served
from tests.web.blinded.test_jobs_in_browser import FLOWS, WIDTHS, enter, examine
from tests.web.preview.browser import browser
from tests.web.spent import rejected
from tests.web.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", FLOWS)
def test_verified_by_keyboard(world: World, width: int) -> None:
    """A kit is ticked with the space bar; the monitor takes all that are shown."""
    kits = rejected(world)
    with served(world) as home, browser() as chromium:
        site = enter(chromium, home, "pharmacist.0", width)
        site.goto(f"{home}/returns/verify")
        expect(site.locator("h1")).to_be_visible()
        examine(site, "/returns/verify", *WIDTHS)
        site.get_by_label(kits[0], exact=True).press("Space")
        site.get_by_role("button", name="Verify the kits ticked").press("Enter")
        expect(site.get_by_text("Sign the verification")).to_be_visible()
        examine(site, "/returns/verify/sign", *WIDTHS)
        site.get_by_label("Password").fill(PASSWORD)
        site.get_by_label("Password").press("Enter")
        expect(site.get_by_text("The kits are verified")).to_be_visible()
        site.context.close()
        monitor = enter(chromium, home, "monitor.0", width)
        monitor.goto(f"{home}/returns/verify")
        examine(monitor, "/returns/verify for the monitor", *WIDTHS)
        monitor.get_by_role("button", name="Verify all shown").press("Enter")
        monitor.get_by_label("Password").fill(PASSWORD)
        monitor.get_by_label("Password").press("Enter")
        expect(monitor.get_by_text("The kits are verified")).to_be_visible()
        monitor.context.close()
