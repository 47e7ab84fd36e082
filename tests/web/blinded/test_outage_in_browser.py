"""Outage and temperature in a real browser: what axe finds at both widths, and a form by keyboard."""

import pytest
from playwright.sync_api import expect

from tests.web.api.live import served
from tests.web.blinded.test_jobs_in_browser import WIDTHS, enter, examine
from tests.web.blinded.test_outage import issued_pack
from tests.web.blinded.test_storage import log_of, named_fridge, stored
from tests.web.preview.browser import browser
from tests.web.world import World

pytestmark = pytest.mark.browser
PAGES = ("/outage", "{pack}", "{pack}/enter/dispensing", "{pack}/enter/code_break", "{pack}/close", "{pack}/recall")


def test_the_pages_of_an_outage_and_of_temperature(world: World) -> None:
    """Every page at both widths; the name of a unit is typed and sent by keyboard."""
    _, pack = issued_pack(world)
    stored(named_fridge(world), log_of(world, *[5.0] * 30, 9.0, 5.0))
    with served(world) as home, browser() as chromium:
        tab = enter(chromium, home, "investigator.0", 375)
        for address in (*(page.format(pack=pack) for page in PAGES), "/temperature", "/temperature/1"):
            tab.goto(f"{home}{address}")
            expect(tab.locator("h1")).to_be_visible()
            examine(tab, address, *WIDTHS)
        tab.goto(f"{home}/temperature")
        tab.get_by_label("Site", exact=True).select_option(index=1)
        tab.get_by_label("Name", exact=True).fill("Freezer 1")
        tab.get_by_label("What is stored in it").select_option("frozen")
        tab.get_by_role("button", name="Name it").press("Enter")
        expect(tab.get_by_role("link", name="Freezer 1")).to_be_visible()
