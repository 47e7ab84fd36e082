"""The page of attempts to sign in."""

import pytest

from tests.web.api.system import System
from tests.web.world import World

ATTEMPTS = "/people/attempts"


def test_failures_are_seen(world: World) -> None:
    """Whose name, when, from where; newest first."""
    world.browser().sign_in("pharmacist.0", "not the password")
    world.wait(minutes=1)
    browser = world.signed_in("ada")
    assert f'href="{ATTEMPTS}"' in browser.get("/people").text
    page = browser.get(ATTEMPTS).text
    assert "1 of 2 failed" in page
    assert page.index(">ada<") < page.index(">pharmacist.0<")
    told = System.of(world, "ada").asks("/sign-in-attempts").json()["items"]
    assert [(one["username"], one["succeeded"]) for one in told] == [("ada", True), ("pharmacist.0", False)]


@pytest.mark.parametrize("person", ["pharmacist.0", "inspector.all"])
def test_others_do_not_see_them(world: World, person: str) -> None:
    """Neither page nor list."""
    assert world.signed_in(person).get(ATTEMPTS).status_code in (403, 404)
    assert System.of(world, person).asks("/sign-in-attempts").status_code in (403, 404)
