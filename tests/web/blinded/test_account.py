"""The buttons of the account page: a new password, a device for codes."""

import re

import pytest

from tests.cast import PASSWORD, TEMPORARY
from tests.irt.services.devices import code_of, enrolled
from tests.web.browser import Browser
from tests.web.world import World

NEW = "a bridge over the river"


@pytest.fixture
def browser(world: World) -> Browser:
    """A pharmacist looks at their account."""
    browser = world.signed_in("pharmacist.0")
    browser.get("/account")
    return browser


def test_the_page_tells_who_one_is_and_where(world: World, browser: Browser) -> None:
    """Name, user name, roles and places."""
    for words in ("Pharmacist.0 Holm", "user name pharmacist.0", f"Site {world.sites[0][0]}", "Pharmacist"):
        assert words in browser.text


def test_it_changes_the_password(world: World, browser: Browser) -> None:
    """The new one opens, the old one does not any more."""
    browser.press("/account/password", old=PASSWORD, new=NEW, again=NEW)
    assert "Your new password is in force." in browser.text
    assert world.browser().sign_in("pharmacist.0", PASSWORD).status_code == 401
    assert world.browser().sign_in("pharmacist.0", NEW).status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "again", "status", "words"),
    [
        ("another one", NEW, NEW, 403, "The old password does not match."),
        (PASSWORD, "short", "short", 400, "too easy to guess"),
        (PASSWORD, "pharmacist.0 at the river", "pharmacist.0 at the river", 400, "too easy to guess"),
        (PASSWORD, NEW, f"{NEW}s", 400, "typed in two ways"),
        (PASSWORD, PASSWORD, PASSWORD, 400, "is the old one"),
        (PASSWORD, "", "", 400, "too easy to guess"),
    ],
)
def test_it_refuses_and_keeps_no_password_on_the_page(
    browser: Browser, old: str, new: str, again: str, status: int, words: str
) -> None:
    """Each refusal says why; nothing typed comes back."""
    answer = browser.press("/account/password", old=old, new=new, again=again)
    assert answer.status_code == status
    assert words in answer.text
    assert not [typed for typed in (old, new, again) if typed and f'value="{typed}"' in answer.text]


def test_a_temporary_password_is_no_warning_any_more_once_changed(world: World) -> None:
    """The warning goes with its reason."""
    world.new_account("newcomer")
    browser = world.browser()
    browser.sign_in("newcomer", TEMPORARY)
    assert "set by somebody else" in browser.get("/account").text
    browser.press("/account/password", old=TEMPORARY, new=NEW, again=NEW)
    assert "set by somebody else" not in browser.text


def test_it_sets_up_a_device(world: World, browser: Browser) -> None:
    """The square is shown, the first code confirms it, and from then on signing in asks for codes."""
    browser.press("/account/device", password=PASSWORD)
    assert "<svg" in browser.text
    found = re.search(r'<p class="irt-id" translate="no">([A-Z2-7]{32})</p>', browser.text)
    assert found
    assert browser.press("/account/device/confirm", code="000000").status_code == 403
    assert found[1] not in browser.text
    browser.press("/account/device/confirm", code=code_of(found[1], world.now))
    assert browser.path == "/sign-in"
    world.wait(seconds=30)
    browser.sign_in("pharmacist.0", PASSWORD)
    assert browser.path == "/sign-in/code"
    browser.press("/sign-in/code", code=code_of(found[1], world.now))
    assert "/sign-in" not in browser.path


def test_it_needs_the_password(browser: Browser) -> None:
    """Whoever finds an open window cannot set up a device."""
    answer = browser.press("/account/device", password="another")
    assert answer.status_code == 403
    assert "Nothing was changed." in answer.text
    assert 'translate="no">' not in answer.text.split("<main")[1]


def test_another_device_needs_the_code_of_the_first(world: World) -> None:
    """The password alone cannot move the codes elsewhere."""
    secret = enrolled(world.office, "pharmacist.0")
    browser = world.browser()
    browser.sign_in("pharmacist.0", PASSWORD)
    browser.press("/sign-in/code", code=code_of(secret, world.now))
    browser.get("/account")
    assert browser.press("/account/device", password=PASSWORD, code="000000").status_code == 403
    world.wait(seconds=30)
    browser.get("/account")
    assert "<svg" in browser.press("/account/device", password=PASSWORD, code=code_of(secret, world.now)).text


def test_a_secret_is_shown_once(browser: Browser) -> None:
    """Pressing the button again with the same form does not show it again."""
    fields = {**browser.form("/account/device").fields, "password": PASSWORD}
    browser.send("/account/device", fields)
    answer = browser.send("/account/device", fields)
    assert answer.status_code == 409
    assert "a secret is shown once" in answer.text
