"""The buttons Sign out, Sign out everywhere, and Stay signed in."""

from tests.web.browser import Browser
from tests.web.world import World


def _is_in(browser: Browser) -> bool:
    browser.get("/switch")
    return browser.path == "/switch"


def test_it_signs_out(world: World) -> None:
    """The page says so, and the cookie opens nothing any more, even where somebody kept it."""
    browser = world.signed_in("pharmacist.0")
    token = browser.client.cookies["irt_session"]
    browser.press("/sign-out")
    assert "You are signed out." in browser.text
    assert not _is_in(browser)
    browser.client.cookies.set("irt_session", token)
    assert not _is_in(browser)


def test_other_devices_stay(world: World) -> None:
    """Signing out here leaves the other window alone."""
    here, there = world.signed_in("pharmacist.0"), world.signed_in("pharmacist.0")
    here.press("/sign-out")
    assert _is_in(there)


def test_it_signs_out_everywhere(world: World) -> None:
    """One button ends every session of the person, and of nobody else."""
    here, there, other = (world.signed_in(name) for name in ("pharmacist.0", "pharmacist.0", "monitor.0"))
    here.get("/account")
    here.press("/account/sign-out-everywhere")
    assert [_is_in(browser) for browser in (here, there, other)] == [False, False, True]


def test_the_session_ends_after_idle_time(world: World) -> None:
    """Fifteen minutes without a request, and the next one leads to signing in, and back."""
    browser = world.signed_in("pharmacist.0")
    world.wait(minutes=14)
    assert _is_in(browser)
    world.wait(minutes=15)
    browser.get("/history")
    assert browser.path == "/sign-in"
    assert browser.form("/sign-in").fields["next"] == "/history"


def test_it_stays_signed_in(world: World) -> None:
    """The answer to the idle warning is worth another fifteen minutes."""
    browser = world.signed_in("pharmacist.0")
    fields = {"_csrf_token": browser.form("/session/keep").fields["_csrf_token"]}
    for _ in range(3):
        world.wait(minutes=14)
        assert browser.send("/session/keep", fields).status_code == 204
    assert _is_in(browser)


def test_a_session_ends_after_a_working_day(world: World) -> None:
    """Twelve hours, however busy."""
    browser = world.signed_in("pharmacist.0")
    for _ in range(12 * 6):
        assert _is_in(browser)
        world.wait(minutes=10)
    assert not _is_in(browser)


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(world: World) -> None:
    """Where the session ended, htmx is told to leave the page, and to come back to it afterwards."""
    browser = world.browser()
    page = "http://testserver.local/history?person=Holm"
    answer = browser.get("/history/part", **{"hx-request": "true", "hx-current-url": page})
    assert answer.status_code == 404
    answer = browser.get("/history", **{"hx-request": "true", "hx-current-url": page})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/sign-in?next=/history%3Fperson%3DHolm")
    assert answer.text == ""


def test_a_button_pressed_too_late_leads_back_to_its_page(world: World) -> None:
    """The form cannot be sent again by itself, so the page it stood on comes back."""
    browser = world.signed_in("pharmacist.0")
    browser.get("/account")
    fields = browser.form("/account/password").fields
    world.wait(minutes=15)
    browser.send("/account/password", fields, referer="http://testserver.local/account")
    assert browser.form("/sign-in").fields["next"] == "/account"


def test_a_closed_account_is_out_at_once(world: World) -> None:
    """Shutting a person out ends the session they are in."""
    browser = world.signed_in("pharmacist.0")
    world.close_account("pharmacist.0")
    assert not _is_in(browser)
