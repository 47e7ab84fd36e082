"""The button Sign in of the page for the six-digit code."""

import pytest

from tests.cast import PASSWORD
from tests.irt.services.devices import code_of, enrolled
from tests.web.browser import Browser
from tests.web.world import World


@pytest.fixture
def device(world: World) -> str:
    """The pharmacist's device: its secret."""
    return enrolled(world.office, "pharmacist.0")


@pytest.fixture
def browser(world: World, device: str) -> Browser:
    """The right password was given; the code is missing."""
    browser = world.browser()
    browser.get("/sign-in?next=/switch")
    browser.press("/sign-in", username="pharmacist.0", password=PASSWORD)
    assert browser.path == "/sign-in/code"
    return browser


def test_it_signs_in(world: World, browser: Browser, device: str) -> None:
    """The code of this moment leads to the wished page."""
    browser.press("/sign-in/code", code=code_of(device, world.now))
    assert browser.path == "/switch"
    assert "Pharmacist.0 Holm" in browser.text


def test_the_password_alone_opens_nothing(browser: Browser) -> None:
    """Without the code every page leads back to signing in."""
    for address in ("/", "/switch", "/history", "/account"):
        browser.get(address)
        assert browser.path == "/sign-in"


def test_it_refuses_a_wrong_code(world: World, browser: Browser) -> None:
    """A wrong code counts as a wrong password does, and the page stays."""
    answer = browser.press("/sign-in/code", code="000000")
    assert answer.status_code == 401
    assert "4 tries left" in answer.text
    assert browser.form("/sign-in/code").fields["next"] == "/switch"


def test_a_code_is_taken_once(world: World, browser: Browser, device: str) -> None:
    """Whoever looks over the shoulder comes too late."""
    code = code_of(device, world.now)
    browser.press("/sign-in/code", code=code)
    other = world.browser()
    other.sign_in("pharmacist.0", PASSWORD)
    assert other.press("/sign-in/code", code=code).status_code == 401


def test_it_waits_five_minutes(world: World, browser: Browser, device: str) -> None:
    """Afterwards the page leads back to name and password."""
    world.wait(minutes=5)
    answer = browser.press("/sign-in/code", code=code_of(device, world.now))
    assert answer.status_code == 401
    assert "Sign in again" in answer.text
    assert browser.form("/sign-in").fields["next"] == "/switch"


def test_the_page_needs_a_password_first(world: World) -> None:
    """Nobody asks for codes of nobody."""
    browser = world.browser()
    browser.get("/sign-in/code")
    assert browser.path == "/sign-in"
