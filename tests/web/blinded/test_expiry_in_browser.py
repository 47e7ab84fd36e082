"""Dates, expiring stock and destruction in a real browser: by keyboard, and what axe finds at both widths."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from irt.blinding.roles import Role
from tests.cast import PASSWORD
from tests.web.api.live import served
from tests.web.blinded.test_jobs_in_browser import FLOWS, WIDTHS, enter, examine
from tests.web.extended import dated
from tests.web.preview.browser import browser
from tests.web.spent import verified
from tests.web.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", FLOWS)
def test_a_date_is_changed_by_keyboard(world: World, width: int) -> None:
    """A later one, approved for a second country; then the stock near the date that still holds."""
    dated(world, world.now.date() + timedelta(days=60))
    world.office.hire("quinn", (Role.QUALIFIED_PERSON, {"study_id": world.study_id}))
    with served(world) as home, browser() as chromium:
        tab = enter(chromium, home, "quinn", width)
        tab.goto(f"{home}/expiry")
        expect(tab.locator("h1")).to_be_visible()
        tab.get_by_role("link", name="Change the date of lot L1").press("Enter")
        expect(tab.get_by_label("New last day of use")).to_be_visible()
        examine(tab, "/expiry/lot", *WIDTHS)
        tab.get_by_label("New last day of use").fill("2028-06-30")
        tab.get_by_label("United Kingdom").press("Space")
        tab.get_by_label("Reason").fill("Re-test")
        tab.get_by_label("Password").fill(PASSWORD)
        tab.get_by_label("Password").press("Enter")
        expect(tab.get_by_text("The date is changed")).to_be_visible()
        examine(tab, "/expiry", *WIDTHS)
        tab.get_by_role("link", name="Approve a country").press("Enter")
        expect(tab.get_by_text("Approve one more country")).to_be_visible()
        examine(tab, "/expiry/approve", *WIDTHS)
        tab.context.close()
        planner = enter(chromium, home, "supply_planner.all", width)
        planner.goto(f"{home}/supply/expiring")
        expect(planner.locator("h1")).to_be_visible()
        examine(planner, "/supply/expiring", *WIDTHS)
        planner.context.close()


@pytest.mark.parametrize("width", FLOWS)
def test_a_destruction_by_keyboard(world: World, width: int, tmp_path: Path) -> None:
    """A kit ticked, the certificate chosen and signed."""
    kits, paper = verified(world), tmp_path / "c-77.pdf"
    paper.write_bytes(b"%PDF-1.7 burnt")
    with served(world) as home, browser() as chromium:
        tab = enter(chromium, home, "quality.all", width)
        tab.goto(f"{home}/quality/destruction")
        expect(tab.locator("h1")).to_be_visible()
        examine(tab, "/quality/destruction", *WIDTHS)
        tab.get_by_label(kits[0], exact=True).press("Space")
        tab.get_by_role("button", name="Enter the certificate").press("Enter")
        tab.get_by_label("Number of the certificate").fill("C-77")
        tab.get_by_label("Destroyer").fill("Remex")
        tab.get_by_label("The certificate", exact=True).set_input_files(paper)
        examine(tab, "/quality/destruction/book", *WIDTHS)
        tab.get_by_label("Password").fill(PASSWORD)
        tab.get_by_label("Password").press("Enter")
        expect(tab.get_by_text("The destruction is booked")).to_be_visible()
        examine(tab, "/quality/destruction booked", *WIDTHS)
        tab.context.close()
