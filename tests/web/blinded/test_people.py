"""The list of people and the button Make the account."""

import pytest

from irt.tables.people import Account
from tests.web.parcels import house_of
from tests.web.world import World

NEW = {"username": "Nils.Berg", "printed_name": "Nils Berg", "password": "a boat on the lake", "trained": "yes"}


def test_everybody_is_listed_and_found_by_name(world: World) -> None:
    """By user name; the installation's own account is nobody to manage."""
    browser = world.signed_in("ada")
    assert browser.get("/").url.path == "/people"
    assert "pharmacist.0" in browser.text
    assert ">system<" not in browser.text
    browser.get("/people?search=Monitor.1")
    assert "monitor.1" in browser.text
    assert "pharmacist.0" not in browser.text
    assert "Nobody’s name matches" in browser.get("/people?search=%25").text


def test_an_account_is_made_once(world: World) -> None:
    """The new person's page opens; a second press makes no second account."""
    browser = world.signed_in("ada")
    browser.get("/people/new")
    fields = {**browser.form("/people/new").fields, **NEW}
    browser.send("/people/new", fields)
    assert "The account is made" in browser.text
    assert "Nils Berg" in browser.text
    browser.send("/people/new", fields)
    (made,) = house_of(world).rows(Account, username="nils.berg")
    assert made["password_temporary"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"username": " "}, "is missing"),
        ({"printed_name": "x" * 101}, "at most 100 characters"),
        ({"username": "ada"}, "never given again"),
        ({"password": "short"}, "12"),
    ],
)
def test_a_wrong_account_is_refused_in_words(world: World, changed: dict[str, str], words: str) -> None:
    """What was typed stays, but for the password."""
    browser = world.signed_in("ada")
    browser.get("/people/new")
    answer = browser.press("/people/new", **{**NEW, **changed})
    assert answer.status_code in (400, 409)
    assert words in answer.text
    assert NEW["password"] not in answer.text


@pytest.mark.parametrize("address", ["/people", "/people/new", "/people/3"])
def test_nobody_else_sees_people(world: World, address: str) -> None:
    """403 for everybody without the role."""
    assert world.signed_in("supply_manager.all").get(address).status_code == 403
