"""The help desk's page: why somebody cannot get in."""

import pytest

from irt.blinding.roles import Role
from tests.web.browser import Browser
from tests.web.world import World


@pytest.fixture
def browser(world: World) -> Browser:
    """The help desk of the study, signed in."""
    world.office.hire("hedda", (Role.HELP_DESK, {"study_id": world.study_id}))
    browser = world.signed_in("hedda")
    assert browser.get("/").url.path == "/help-desk"
    return browser


def test_a_pause_is_found_and_explained(world: World, browser: Browser) -> None:
    """After five wrong passwords; the attempts are listed."""
    for _ in range(5):
        world.office.tries("pharmacist.0", "a guess")
    browser.get("/help-desk?username=Pharmacist.0")
    assert "signing in is paused" in browser.text
    assert browser.text.count("Wrong") == 5


def test_a_locked_account_and_one_without_fault(world: World, browser: Browser) -> None:
    """Each with its advice."""
    assert "Nothing stands in the way" in browser.get("/help-desk?username=monitor.0").text
    world.close_account("monitor.0")
    assert "The account is locked" in browser.get("/help-desk?username=monitor.0").text


def test_people_of_no_study_of_theirs_are_nobody(world: World, browser: Browser) -> None:
    """As are names that do not exist: both read the same."""
    world.office.hire("stranger")
    pages = [browser.get(f"/help-desk?username={name}").text for name in ("stranger", "nobody")]
    assert all("Nobody here has this user name" in page for page in pages)


def test_the_help_desk_sees_no_trial(browser: Browser) -> None:
    """Neither stock nor history nor figures."""
    for address in ("/stock", "/history", "/people", "/enrolment"):
        assert browser.get(address).status_code == 403


def test_others_do_not_look_people_up(world: World) -> None:
    """403."""
    assert world.signed_in("supply_manager.all").get("/help-desk?username=ada").status_code == 403
