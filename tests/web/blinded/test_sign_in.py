"""The button Continue of the sign-in page."""

import pytest

from tests.cast import PASSWORD, TEMPORARY
from tests.web.browser import Browser
from tests.web.world import World

ONE_MESSAGE = "These details do not match. 4 tries left before a 15-minute pause."
ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example",
    "/\\elsewhere.example",
    "javascript:alert(1)",
    "\t//x",
]


@pytest.fixture
def browser(world: World) -> Browser:
    """A browser in which nobody is signed in."""
    return world.browser()


def test_it_signs_in(world: World) -> None:
    """Name and password lead on, with the person's name in the frame."""
    assert "Pharmacist.0 Holm" in world.signed_in("pharmacist.0").text


@pytest.mark.parametrize(
    ("username", "password"),
    [("pharmacist.0", "another"), ("nobody.here", PASSWORD), ("pharmacist.0", ""), ("", "")],
)
def test_it_has_one_message_for_every_failure(browser: Browser, username: str, password: str) -> None:
    """A wrong password and an unknown name read the same, and nobody is signed in."""
    answer = browser.sign_in(username, password)
    assert answer.status_code == 401
    assert ONE_MESSAGE in answer.text
    assert "irt_session" not in browser.client.cookies


def test_it_keeps_the_typed_name_and_forgets_the_password(browser: Browser) -> None:
    """What may stay on the page stays."""
    browser.sign_in("pharmacist.0", "not the password")
    assert 'value="pharmacist.0"' in browser.text
    assert "not the password" not in browser.text


def test_it_locks_out(world: World, browser: Browser) -> None:
    """After five wrong passwords the right one does not help for fifteen minutes, and the page says so."""
    for _ in range(5):
        browser.sign_in("pharmacist.0", "another")
    assert "paused for 15 minutes" in browser.text
    assert browser.sign_in("pharmacist.0", PASSWORD).status_code == 401
    world.wait(minutes=15)
    browser.get("/sign-in?next=/switch")
    browser.press("/sign-in", username="pharmacist.0", password=PASSWORD)
    assert browser.path == "/switch"


def test_a_network_that_tries_too_often_waits(world: World, browser: Browser) -> None:
    """Many names from one address are slowed down together, whoever they are."""
    for number in range(30):
        browser.sign_in(f"guess.{number}", "another")
    answer = browser.sign_in("pharmacist.0", PASSWORD)
    assert answer.status_code == 429
    assert "Wait one minute" in answer.text
    world.wait(seconds=60)
    assert browser.sign_in("guess.31", "another").status_code == 401


def test_a_whole_hospital_may_share_an_address(browser: Browser) -> None:
    """Success is not counted."""
    for _ in range(31):
        assert browser.sign_in("pharmacist.0", PASSWORD).status_code == 200


def test_it_returns_to_the_wished_page(browser: Browser) -> None:
    """Whoever was sent to sign in goes on where they wanted to be, filters included."""
    browser.get("/history?person=Holm")
    assert browser.path == "/sign-in"
    browser.press("/sign-in", username="pharmacist.0", password=PASSWORD)
    assert (browser.path, browser.answer.url.query) == ("/history", b"person=Holm")


@pytest.mark.parametrize("wished", ELSEWHERE)
def test_it_leads_nobody_elsewhere(browser: Browser, wished: str) -> None:
    """Only pages of this application are returned to."""
    browser.get("/sign-in")
    browser.client.follow_redirects = False
    answer = browser.press("/sign-in", username="pharmacist.0", password=PASSWORD, next=wished)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_the_page_tells_whom_to_call(browser: Browser) -> None:
    """Below the form: the emergency code break, and the help line."""
    browser.get("/sign-in")
    assert "Emergency code break" in browser.text
    assert 'href="tel:+4500000000"' in browser.text


def test_whoever_has_a_temporary_password_chooses_their_own_first(world: World, browser: Browser) -> None:
    """A password that somebody else knows leads to the account page."""
    world.new_account("newcomer")
    browser.sign_in("newcomer", TEMPORARY)
    assert browser.path == "/account"
    assert "set by somebody else" in browser.text
