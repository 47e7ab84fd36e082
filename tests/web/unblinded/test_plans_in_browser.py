"""Plans in a real browser: what axe finds at two widths; a run's page follows its steps by itself."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from irt.services.optimization_runs import Step, note_step, run_asked
from tests.web.api.live import served
from tests.web.blinded.test_jobs_in_browser import WIDTHS, enter, examine
from tests.web.planned import a_kept_plan, a_run
from tests.web.preview.browser import browser
from tests.web.world import World

pytestmark = pytest.mark.browser

LIST = "/supply/optimizer"
WORDS = (
    "/consignments",
    "/consignments/0",
    "/stock",
    "/expiry",
    "/network",
    "/reasons",
    "/approve",
)
WIDE = ("", "/compare")
"""What stands side by side on a desk, and below each other on a phone."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all."""
    with browser() as running:
        yield running


def test_pages_have_no_barriers(chromium: Browser, world: World) -> None:
    """Two plans and a run under way, on a phone and where it matters on a desk; nothing scrolls sideways."""
    first = a_kept_plan(world)
    second = a_kept_plan(world, days=(1, 3), parent=first)
    running = a_run(world)
    with served(world) as address:
        tab = enter(chromium, address, "supply_manager.all", 375)
        wide = [LIST, f"{LIST}/runs/{running}", *(f"{LIST}/{second}{word}" for word in WIDE)]
        for path in [*wide, *(f"{LIST}/{second}{word}" for word in WORDS)]:
            tab.goto(address + path)
            expect(tab.locator("h1")).to_be_visible()
            examine(tab, path, *(WIDTHS if path in wide else (375,)))
        tab.context.close()
        planner = enter(chromium, address, "supply_planner.all")
        blinded = f"/supply/plans/{second}"
        for path in ("/supply/plans", blinded, *(f"{blinded}/{word}" for word in ("stock", "network", "compare"))):
            planner.goto(address + path)
            examine(planner, path, *WIDTHS)
        planner.context.close()


def test_a_run_is_followed_by_its_page(chromium: Browser, world: World) -> None:
    """A better plan shows without a click; the button stops the run."""
    number = a_run(world)
    with served(world) as address:
        tab = enter(chromium, address, "supply_manager.all")
        tab.goto(f"{address}{LIST}/runs/{number}")
        expect(tab.get_by_text("3.28 %").first).to_be_visible()
        with world.store.writing() as connection:
            run = run_asked(connection, world.study_id, number)
            assert run is not None
            note_step(connection, run, Step(0.9, 62_000, 62_310, "closing the gap"))
        expect(tab.get_by_text("0.50 %").first).to_be_visible()
        tab.get_by_role("button", name="Stop, and keep the best plan").press("Enter")
        expect(tab.get_by_text("It stops at its next step")).to_be_visible()
        tab.context.close()
