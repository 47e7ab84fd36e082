"""The page Passkeys and the sign-in with one, through HTTP with a device made of software."""

from dataclasses import replace

from tests.cast import PASSWORD
from tests.irt.services.authenticator import Authenticator
from tests.web.browser import Browser
from tests.web.world import SETTINGS, World

PAGE, ORIGIN = "/account/passkeys", "https://irt.example.org"


def with_passkey(world: World) -> tuple[Browser, Authenticator]:
    """The monitor's browser, and the passkey made with it."""
    world.settings = replace(SETTINGS, address=ORIGIN)
    browser, device = world.signed_in("monitor.0"), Authenticator(ORIGIN)
    browser.get(PAGE)
    fields = {**browser.form(PAGE).fields, "label": "my phone", "password": PASSWORD}
    options = browser.client.post(f"{PAGE}/options", data=fields)
    browser.send(PAGE, {**fields, "passkey": device.creates(options.text)})
    assert "The passkey is made." in browser.text, browser.text
    return browser, device


def test_it_is_made_asked_for_and_removed(world: World) -> None:
    """The code page asks for it; wrong answers are told in the one sentence; removed, it asks no more."""
    browser, device = with_passkey(world)
    assert "my phone" in browser.text
    other = world.browser()
    other.sign_in("monitor.0", PASSWORD)
    assert other.path == "/sign-in/code"
    assert 'id="f-code"' not in other.text
    fields = other.form("/sign-in/passkey").fields
    options = other.client.post("/sign-in/passkey/options", data=fields).text
    assert "These details do not match." in other.send("/sign-in/passkey", {**fields, "passkey": "noise"}).text
    options = other.client.post("/sign-in/passkey/options", data=fields).text
    other.send("/sign-in/passkey", {**fields, "passkey": device.answers(options)})
    assert "Monitor.0 Holm" in other.text
    browser.press(f"{PAGE}/remove", password="another")
    assert "These details do not match" in browser.text
    browser.press(f"{PAGE}/remove", password=PASSWORD)
    assert "The passkey is removed." in browser.text
    assert world.browser().sign_in("monitor.0", PASSWORD).url.path != "/sign-in/code"


def test_refusals_are_pages(world: World) -> None:
    """A wrong password makes no question, no answer makes no passkey, and no signature waits."""
    browser, _ = with_passkey(world)
    fields = {**browser.form(PAGE).fields, "label": "two", "password": "another"}
    answer = browser.client.post(f"{PAGE}/options", data=fields)
    assert (answer.status_code, "These details do not match" in answer.text) == (403, True)
    assert "The device gave no answer." in browser.send(PAGE, fields).text
    assert "has no name" in browser.send(PAGE, {**fields, "label": " "}).text
    assert browser.send(f"{PAGE}/question", fields).status_code == 404
    assert world.browser().client.post("/sign-in/passkey/options", data=fields).status_code in (401, 403)


def test_without_an_address_there_are_none(world: World) -> None:
    """The page says so; codes work as ever."""
    page = world.signed_in("monitor.0").get(PAGE).text
    assert "This installation has no passkeys" in page
    assert "Make a passkey" not in page
