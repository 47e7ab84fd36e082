"""The site's pages in a real browser: a day's work by keyboard alone, and what axe finds at every width."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.api.live import served
from tests.web.blinded.test_jobs_in_browser import examine as seen_at
from tests.web.keyboard import scan, sign_in
from tests.web.preview.barriers import ALL
from tests.web.preview.browser import browser
from tests.web.ward import Assigned, assigned, at, free_kit, ordered, randomized, screened, treated
from tests.web.world import World

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all."""
    with browser() as running:
        yield running


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    """A fresh tab at desk width."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def enter(tab: Page, address: str, username: str) -> None:
    """Signs in and stands before the worklist."""
    sign_in(tab, address, username, "/worklist")


def test_two_kits_are_handed_over_with_three_interactions(tab: Page, world: World) -> None:
    """Two scans and Enter, from the worklist on; then Enter again leads back to it."""
    given = assigned(world)
    with served(world) as address:
        enter(tab, address, "pharmacist.0")
        scan(tab, given.kits[0])
        expect(tab.get_by_text(f"{given.kits[0]} is right. One more kit.", exact=True)).to_be_visible()
        expect(tab.locator("#scan")).to_be_focused()
        scan(tab, given.kits[1])
        expect(tab.locator("#confirm")).to_be_focused()
        tab.keyboard.press("Enter")
        expect(tab.get_by_text("2 kits handed over at")).to_be_visible()
        tab.keyboard.press("Enter")
        expect(tab).to_have_url(f"{address}/worklist?")


def test_a_wrong_scan_needs_no_click_to_go_on(tab: Page, world: World) -> None:
    """The focus stays in the field; the button that cannot work yet says why and sends nothing."""
    given = assigned(world)
    with served(world) as address:
        enter(tab, address, "pharmacist.0")
        tab.goto(address + given.address)
        scan(tab, free_kit(world))
        expect(tab.get_by_text("is not one of this visit's kits").first).to_be_visible()
        expect(tab.locator("#scan")).to_be_focused()
        tab.locator("#confirm").click(force=True)
        expect(tab.locator("#announce")).to_contain_text("Not possible yet")
        tab.locator("#scan").focus()
        scan(tab, given.kits[0])
        expect(tab.get_by_text("One more kit.").first).to_be_visible()


def test_a_subject_is_randomized_by_keyboard(tab: Page, world: World) -> None:
    """Answers, Check, Confirm: k + 2 interactions from the form on."""
    subject = screened(world)
    with served(world) as address:
        enter(tab, address, "coordinator.0")
        tab.goto(address + at(world, subject, "randomize"))
        tab.get_by_label("below 85 mg/dL").press("Space")
        tab.get_by_label("Every two weeks").press("Space")
        tab.keyboard.press("Enter")
        expect(tab.get_by_role("button", name="Confirm")).to_be_focused()
        tab.keyboard.press("Enter")
        expect(tab.get_by_text("Randomized at")).to_be_visible()
        tab.reload()
        expect(tab.get_by_text("Randomized at")).to_be_visible()


def test_a_returned_kit_is_found_by_its_scan(tab: Page, world: World) -> None:
    """The focus goes to what came back of it."""
    given = treated(world)
    with served(world) as address:
        enter(tab, address, "pharmacist.0")
        tab.goto(address + at(world, given.subject, "returns"))
        scan(tab, given.kits[1])
        expect(tab.locator(f"#f-fate-{given.kits[1]}")).to_be_focused()


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 834, 390])
def test_axe_finds_nothing(chromium: Browser, world: World, width: int, theme: str) -> None:
    """WCAG 2.2 A and AA and axe's best practices on every page of a site, and nothing scrolls sideways."""
    examine(chromium, world, (width,), theme, _pages(world), alike=ALL)


def test_axe_finds_nothing_where_most_work_is_done(chromium: Browser, world: World) -> None:
    """The worklist, a subject and a dispensing, on a phone."""
    given = assigned(world)
    examine(chromium, world, (390,), "light", ["/worklist", at(world, given.subject), given.address])


def examine(
    chromium: Browser, world: World, widths: tuple[int, ...], theme: str, pages: list[str], *, alike: int = 2
) -> None:
    """Somebody at work looks at each of these."""
    look: Any = {"viewport": {"width": widths[0], "height": 900}, "color_scheme": theme}
    context = chromium.new_context(**look)
    tab = context.new_page()
    with served(world) as address:
        enter(tab, address, "investigator.0")
        for page in pages:
            tab.goto(address + page)
            seen_at(tab, page, *widths, alike=alike)
    context.close()


def _pages(world: World) -> list[str]:
    """Every page of subjects, dispensing, orders and returns, with something on it."""
    had: Assigned = treated(world)
    given = assigned(world)
    subject, waiting, ready = screened(world), randomized(world), ordered(world)
    return [
        "/worklist",
        "/worklist?kind=receive",
        "/worklist/day-sheet",
        "/subjects",
        "/subjects/screen",
        at(world, had.subject),
        at(world, had.subject, "change"),
        at(world, had.subject, "skip"),
        at(world, had.subject, "unscheduled"),
        at(world, had.subject, "returns"),
        at(world, had.subject, "dispense", had.dispensing_id),
        *(at(world, had.subject, "steps", step) for step in ("hold", "dose", "stop", "withdraw")),
        at(world, subject),
        at(world, subject, "randomize"),
        at(world, subject, "steps", "screen-fail"),
        at(world, waiting, "randomize"),
        at(world, waiting, "order?visit=D1"),
        at(world, waiting, "dispense?visit=D1"),
        at(world, ready, "order?visit=D1"),
        at(world, ready, "dispense?visit=D1"),
        given.address,
        *(f"{given.address}/{way}" for way in ("replace", "misallocation", "fewer", "not-done", "sheet")),
        "/returns",
    ]
