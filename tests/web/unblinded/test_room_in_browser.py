"""The statistician's room in a real browser: what axe finds at two widths, and a design assessed by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.web.api.live import served
from tests.web.blinded.test_jobs_in_browser import FLOWS, WIDTHS, enter, examine
from tests.web.preview.browser import browser
from tests.web.unblinded.people import statistician
from tests.web.ward import randomized
from tests.web.world import World

pytestmark = pytest.mark.browser

ROOM = "/randomization"
WORDS = ("allocations", "predictability", "responses", "designs", "documents")
PAGES = [ROOM, *(f"{ROOM}/{word}" for word in WORDS)]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all."""
    with browser() as running:
        yield running


def furnished(world: World) -> None:
    """Subjects, a note, and a paper of each kind."""
    for site in (0, 1, 0, 1, 0):
        randomized(world, site)
    someone = statistician(world)
    someone.get(f"{ROOM}/allocations")
    someone.press(
        f"{ROOM}/allocations/annotate",
        **{"number": "2", "kind": "wrong_stratum", "factor-ldl": "GE85", "text": "Typed from last year"},
    )
    someone.get(f"{ROOM}/designs")
    someone.press(f"{ROOM}/designs/compare", n="20", trials="20")
    someone.get(f"{ROOM}/predictability")
    someone.press(f"{ROOM}/predictability/ask", also="1")
    world.works()


def test_pages_have_no_barriers(chromium: Browser, world: World) -> None:
    """With something on each, at both widths; nothing scrolls sideways."""
    furnished(world)
    with served(world) as address:
        tab = enter(chromium, address, "independent")
        for path in [*PAGES, f"{ROOM}/designs/1", f"{ROOM}/designs/2"]:
            tab.goto(address + path)
            expect(tab.locator("h1")).to_be_visible()
            examine(tab, path, *WIDTHS)
        tab.context.close()


def test_a_design_is_assessed_by_keyboard(chromium: Browser, world: World) -> None:
    """Method, settings, Assess, and the job until its answer is there."""
    statistician(world)
    with served(world) as address:
        tab = enter(chromium, address, "independent")
        tab.goto(f"{address}{ROOM}/designs")
        tab.get_by_label("Method").select_option("big_stick")
        expect(tab).to_have_url(f"{address}{ROOM}/designs?method=big_stick")
        tab.get_by_label("Largest imbalance (MTI)").focus()
        tab.keyboard.type("3")
        tab.get_by_role("button", name="Assess").press("Enter")
        expect(tab.get_by_role("button", name="Cancel")).to_be_visible()
        world.works()
        tab.get_by_role("link", name="Show").press("Enter")
        expect(tab.get_by_role("heading", name="big stick, mti 3, n = 100")).to_be_visible()
        examine(tab, "assessment", 1280)
        tab.context.close()


@pytest.mark.parametrize("width", FLOWS)
def test_the_table_of_an_escalation_has_no_barriers(chromium: Browser, world: World, width: int) -> None:
    """Filled in by keyboard; table and recommended dose stand beside the form, and can be printed."""
    statistician(world)
    with served(world) as address:
        tab = enter(chromium, address, "independent", width)
        tab.goto(f"{address}{ROOM}/dose-finding")
        examine(tab, "dose finding, empty", *WIDTHS)
        tab.get_by_label("Doses").fill("10 mg, 20 mg, 40 mg")
        tab.get_by_label("Target").fill("0.3")
        observed = "dose,subjects,toxicities\n10 mg,3,0\n20 mg,6,1\n40 mg,6,3\n"
        tab.get_by_label("What was observed").fill(observed)
        tab.get_by_label("Target").press("Enter")
        expect(tab.get_by_text("Recommended: 20 mg.")).to_be_visible()
        expect(tab.get_by_role("button", name="Print")).to_be_visible()
        examine(tab, "dose finding", *WIDTHS)
        tab.context.close()
