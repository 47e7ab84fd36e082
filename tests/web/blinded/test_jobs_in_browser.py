"""Jobs, items, done work and attempts in a real browser: what axe finds, and a job watched to its end."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cast import PASSWORD
from tests.web.api.live import served
from tests.web.blinded.test_items import ITEMS, with_bags
from tests.web.browser import Browser as Forms
from tests.web.preview.barriers import barriers
from tests.web.preview.browser import browser
from tests.web.unblinded.people import statistician
from tests.web.ward import randomized, treated
from tests.web.world import World

pytestmark = pytest.mark.browser

WIDTHS = (1280, 375)
"""A desk and a phone."""
FLOWS = (1280, pytest.param(375, marks=pytest.mark.slow))
"""Where a way through pages is walked; each page on it is examined at both widths all the same."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all."""
    with browser() as running:
        yield running


def enter(chromium: Browser, address: str, username: str, width: int = 1280) -> Page:
    """A tab of somebody who signed in before, by the same form without drawing it."""
    with httpx.Client(base_url=address, follow_redirects=True) as client:
        somebody = Forms(client)
        somebody.sign_in(username, PASSWORD)
        assert somebody.answer.status_code == 200, somebody.text
        cookies = [{"name": name, "value": value, "url": address} for name, value in client.cookies.items()]
    context = chromium.new_context(viewport={"width": width, "height": 900})
    context.add_cookies(cookies)  # type: ignore[arg-type]  # of these three keys
    return context.new_page()


def examine(tab: Page, path: str, *widths: int, alike: int = 2) -> None:
    """No barrier, and nothing scrolls sideways, at each of these widths; the tab is then as wide as before.

    Its own width comes first: there all is measured, elsewhere the contrast of what looks otherwise.
    """
    before = tab.viewport_size
    assert before is not None
    for n, width in enumerate(sorted(widths, key=lambda width: width != before["width"])):
        tab.set_viewport_size({"width": width, "height": before["height"]})
        found = barriers(tab, again=n > 0, alike=alike)
        assert found.violations_count == 0, (path, width, found.generate_report())
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    tab.set_viewport_size(before)


def test_a_job_is_watched_to_its_end(chromium: Browser, world: World) -> None:
    """The page asks by itself; when the worker has done it, the outcome stands there without a click."""
    with served(world) as address:
        tab = enter(chromium, address, "inspector.all")
        tab.goto(f"{address}/history")
        tab.get_by_role("button", name="Verify everything").press("Enter")
        expect(tab.get_by_text("Waits its turn")).to_be_visible()
        examine(tab, "/jobs/waiting", 1280)
        world.works()
        expect(tab.get_by_text("every signature hold")).to_be_visible()
        expect(tab.locator("#job[hx-get]")).to_have_count(0)
        tab.get_by_role("link", name="Show").press("Enter")
        expect(tab.get_by_text("Last verified as a whole")).to_be_visible()
        tab.context.close()


def test_pages_have_no_barriers(chromium: Browser, world: World) -> None:
    """With something on each, at both widths."""
    with_bags(world)
    treated(world)
    randomized(world)
    statistician(world)
    bags = world.signed_in("bea")
    bags.get(ITEMS)
    bags.press(ITEMS, act="receive", item="BAG", lot="B-77", quantity="20", expiry="2026-03-18")
    job = world.signed_in("pharmacist.0")
    job.get("/history")
    job.press("/history/verify")
    world.works()
    with served(world) as address:
        for username, paths in {
            "pharmacist.0": ["/jobs", job.path, "/history", "/worklist/done", "/worklist/day-sheet"],
            "bea": [ITEMS],
            "ada": ["/people/attempts"],
            "independent": ["/randomization"],
        }.items():
            tab = enter(chromium, address, username)
            for path in paths:
                tab.goto(address + path)
                expect(tab.locator("h1")).to_be_visible()
                examine(tab, path, *WIDTHS)
            tab.context.close()
