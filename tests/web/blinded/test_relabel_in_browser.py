"""New labels in a real browser: scanned and counted by keyboard, checked by a colleague, no barriers."""

import pytest
from playwright.sync_api import expect

from irt.tables.kit import Kit
from tests.cast import PASSWORD
from tests.web.api.live import served
from tests.web.blinded.test_jobs_in_browser import FLOWS, WIDTHS, enter, examine
from tests.web.extended import extended
from tests.web.keyboard import scan
from tests.web.parcels import house_of
from tests.web.preview.browser import browser
from tests.web.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", FLOWS)
def test_labels_by_keyboard(world: World, width: int) -> None:
    """Two kits scanned, three labels counted; a colleague signs; nothing scrolls sideways."""
    extended(world)
    shelf = house_of(world).rows(Kit, custody="site", place_id=world.sites[0][1])
    with served(world) as home, browser() as chromium:
        tab = enter(chromium, home, "pharmacist.0", width)
        tab.goto(f"{home}/relabel")
        expect(tab.locator("h1")).to_be_visible()
        examine(tab, "/relabel", *WIDTHS)
        tab.get_by_role("link", name="Relabel").press("Enter")
        for kit in shelf[:2]:
            scan(tab, kit["number"])
            expect(tab.get_by_text(f"{kit['number']} has its label")).to_be_visible()
        examine(tab, "labels", *WIDTHS)
        tab.get_by_label("Labels issued").fill("3")
        tab.get_by_label("Spoiled").fill("1")
        tab.get_by_label("Spoiled").press("Enter")
        expect(tab.get_by_text("The labels are booked")).to_be_visible()
        examine(tab, "/relabel booked", *WIDTHS)
        tab.context.close()
        other = enter(chromium, home, "coordinator.0", width)
        other.goto(f"{home}/relabel")
        other.get_by_role("link", name="Check labels B-0001").press("Enter")
        expect(other.get_by_text("Sign the check")).to_be_visible()
        examine(other, "check", *WIDTHS)
        other.get_by_label("Password").fill(PASSWORD)
        other.get_by_label("Password").press("Enter")
        expect(other.get_by_text("The labels are checked")).to_be_visible()
        other.context.close()
