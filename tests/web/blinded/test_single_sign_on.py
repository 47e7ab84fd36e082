"""Single sign-on: it opens the account that the provider knows, and whatever does not fit opens none."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from irt.errors import BadInput
from irt.services.sign_in_by_provider import REFUSED
from irt.tables.identity import AccountIdentity
from irt.tables.people import Account, RoleGrant
from tests.irt.services.devices import enrolled
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.provider import Provider, key_of, provided
from tests.web.world import SETTINGS, World
from web.single_sign_on import SingleSignOn, single_sign_on_from

ADDRESS = "https://irt.example.org"
IN_VAIN = "Signing in there did not work."


@pytest.fixture
def provider(world: World) -> Iterator[Provider]:
    """A provider this world knows; the monitor has the address it verified."""
    with provided(world.now.timestamp()) as running:
        sso = SingleSignOn(running.issuer, "irt", "open", "Example ID")
        world.settings = replace(SETTINGS, address=ADDRESS, sso=sso)
        with world.store.writing() as connection:
            connection.exec_driver_sql("UPDATE account SET email = 'Ivo@example.org' WHERE username = 'monitor.0'")
        yield running


def goes(world: World, provider: Provider, **told: str) -> Browser:
    """A browser goes there and comes back."""
    browser = world.browser()
    page = browser.get("/sign-in?next=/stock")
    assert "Sign in with Example ID" in page.text
    left = browser.client.get("/sign-in/sso?next=/stock", follow_redirects=False)
    back = provider.visited(left.headers["location"])
    browser.answer = browser.client.get("/sign-in/sso/back", params={**back, **told})
    return browser


def test_it_opens_the_account_with_the_verified_address(world: World, provider: Provider) -> None:
    """The first time by the address, later by the subject alone; nothing is made and no role is given."""
    before = len(house_of(world).rows(RoleGrant))
    browser = goes(world, provider)
    assert browser.path == "/stock"
    assert "Monitor.0 Holm" in browser.text
    assert provider.asked["code_challenge_method"] == "S256"
    provider.claims = {"email": "other@example.org"}
    assert goes(world, provider).path == "/stock"
    (linked,) = house_of(world).rows(AccountIdentity)
    assert linked["account_id"] == world.office.account("monitor.0").account_id
    assert len(house_of(world).rows(RoleGrant)) == before


def test_a_second_factor_is_asked_for_all_the_same(world: World, provider: Provider) -> None:
    """The provider replaces the password, and nothing else."""
    enrolled(world.office, "monitor.0")
    provider.now = world.now.timestamp()
    assert goes(world, provider).path == "/sign-in/code"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@example.org"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": None},
    ],
)
def test_whoever_is_not_known_gets_one_sentence(world: World, provider: Provider, claims: dict[str, Any]) -> None:
    """No address, one that was not verified, one that no account has: no account comes to be."""
    before = len(house_of(world).rows(Account))
    provider.claims = claims
    browser = goes(world, provider)
    assert REFUSED in browser.text
    assert len(house_of(world).rows(Account)) == before
    assert house_of(world).rows(AccountIdentity) == []


def test_a_locked_account_stays_locked(world: World, provider: Provider) -> None:
    """In the same sentence, also for somebody who was linked before."""
    goes(world, provider)
    world.close_account("monitor.0")
    assert REFUSED in goes(world, provider).text


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"nonce": "another"},
        {"exp": 1},
        {"nonce": None},
        {"sub": None},
    ],
)
def test_a_token_that_does_not_fit_opens_nothing(world: World, provider: Provider, claims: dict[str, Any]) -> None:
    """Of another issuer, for another client, for another way, too old."""
    provider.claims = claims
    assert IN_VAIN in goes(world, provider).text


def test_a_forged_signature_opens_nothing(world: World, provider: Provider) -> None:
    """Signed by a key that is not the provider's."""
    provider.signs_with = key_of("somebody else")
    assert IN_VAIN in goes(world, provider).text


@pytest.mark.parametrize("told", [{"state": "another"}, {"code": "c-2"}])
def test_another_way_back_opens_nothing(world: World, provider: Provider, told: dict[str, str]) -> None:
    """A state that this browser never took along, a code that was not given out."""
    assert IN_VAIN in goes(world, provider, **told).text
    assert IN_VAIN in world.browser().get("/sign-in/sso/back?code=c-1&state=x").text


def test_it_is_off_by_default(world: World) -> None:
    """No button, and its addresses lead to our own page."""
    browser = world.browser()
    assert "/sign-in/sso" not in browser.get("/sign-in").text
    for address in ("/sign-in/sso", "/sign-in/sso/back"):
        assert browser.get(address).url.path == "/sign-in"
    assert single_sign_on_from({}) is None


@pytest.mark.parametrize("missing", ["IRT_ADDRESS", "IRT_OIDC_CLIENT_ID", "IRT_OIDC_CLIENT_SECRET"])
def test_settings_are_whole_or_refused(missing: str) -> None:
    """By the variable's name; an issuer without https is refused too."""
    whole = {"IRT_OIDC_ISSUER": "https://id.example.org", "IRT_ADDRESS": ADDRESS}
    whole |= {"IRT_OIDC_CLIENT_ID": "irt", "IRT_OIDC_CLIENT_SECRET": "open"}
    assert single_sign_on_from(whole) is not None
    with pytest.raises(BadInput, match=missing):
        single_sign_on_from({name: value for name, value in whole.items() if name != missing})
    with pytest.raises(BadInput, match="https"):
        single_sign_on_from({**whole, "IRT_OIDC_ISSUER": "http://id.example.org"})
