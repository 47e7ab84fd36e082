"""The way to an emergency code break, with and without the six-digit code."""

import pytest

from tests.cast import PASSWORD
from tests.irt.services.devices import enrolled
from tests.web.browser import Browser
from tests.web.world import World


@pytest.fixture
def half_open(world: World) -> Browser:
    """An investigator gave the password; the device is at home."""
    enrolled(world.office, "investigator.0")
    browser = world.browser()
    browser.sign_in("investigator.0", PASSWORD)
    assert browser.path == "/sign-in/code"
    return browser


def _way_on(browser: Browser, address: str) -> str:
    browser.client.follow_redirects = False
    return browser.get(address).headers.get("location", "")


def test_the_code_page_leads_there(half_open: Browser) -> None:
    """The link stands below the code, and the page opens without one."""
    assert 'href="/code-break"' in half_open.text
    answer = half_open.get("/code-break")
    assert answer.status_code == 200
    assert "Which subject?" in answer.text


def test_it_goes_on_to_the_subject(world: World, half_open: Browser) -> None:
    """The number leads to that subject's own page, whatever was typed around it."""
    address = f"/code-break?study={world.study_id}&subject=%201001-0001%20"
    assert _way_on(half_open, address) == f"/studies/{world.study_id}/subjects/1001-0001/code-break"
    strange = _way_on(half_open, f"/code-break?study={world.study_id}&subject=..%2F..%2Faccount")
    assert strange == f"/studies/{world.study_id}/subjects/..%2F..%2Faccount/code-break"


def test_nothing_else_is_open(half_open: Browser) -> None:
    """No navigation is offered, and no other page opens."""
    half_open.get("/code-break")
    assert "irt-nav" not in half_open.text
    for address in ("/", "/history", "/account"):
        half_open.get(address)
        assert half_open.path == "/sign-in"


def test_it_closes_after_five_minutes(world: World, half_open: Browser) -> None:
    """A password alone does not stay good for long."""
    world.wait(minutes=5)
    half_open.get("/code-break")
    assert half_open.path == "/sign-in"


def test_a_role_without_the_right_is_told_whom_to_call(world: World) -> None:
    """Pharmacists do not break codes."""
    browser = world.signed_in("pharmacist.0")
    assert "Your role cannot break a code." in browser.get("/code-break").text
    assert "+45 00 00 00 00" in browser.text


def test_strangers_sign_in_first(world: World) -> None:
    """And come back here."""
    browser = world.browser()
    browser.get("/code-break")
    assert browser.form("/sign-in").fields["next"] == "/code-break"
