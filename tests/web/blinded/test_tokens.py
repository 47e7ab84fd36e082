"""The buttons Make the token and Stop it, of one's own account."""

import re

import pytest

from irt.tables.people import ApiToken
from tests.web.api.system import System
from tests.web.parcels import house_of
from tests.web.world import World

TOKENS = "/account/tokens"


def test_a_token_is_shown_once_and_works_until_stopped(world: World) -> None:
    """The same form sent again shows no second one."""
    browser = world.signed_in("pharmacist.0")
    browser.get(TOKENS)
    fields = {**browser.form(TOKENS).fields, "scope-view_stock": "yes", "days": "30"}
    browser.send(TOKENS, fields)
    (token,) = re.findall(r"irt_[0-9a-f]{12}_[0-9a-f]{64}", browser.text)
    assert browser.send(TOKENS, fields).status_code == 409
    assert token not in browser.text
    system = System(world, browser.client, token)
    assert system.asks_study(f"/sites/{world.sites[0][0]}/kits").status_code == 200
    browser.get(TOKENS)
    browser.press(f"{TOKENS}/stop")
    assert "The token is stopped" in browser.text
    assert system.asks_study(f"/sites/{world.sites[0][0]}/kits").status_code == 401


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "at least one act"),
        ({"scope-manage_accounts": "yes"}, "at least one act"),
        ({"scope-view_stock": "yes", "days": "0"}, "from 1 to 366 days"),
        ({"scope-view_stock": "yes", "days": "many"}, "is not a whole number"),
    ],
)
def test_a_wrong_token_is_refused_in_words(world: World, typed: dict[str, str], words: str) -> None:
    """Scopes beyond one's roles are not there to choose."""
    browser = world.signed_in("pharmacist.0")
    browser.get(TOKENS)
    answer = browser.press(TOKENS, **typed)
    assert answer.status_code == 400
    assert words in answer.text
    assert house_of(world).rows(ApiToken) == []
