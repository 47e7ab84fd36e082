"""The buttons Release and Approve one more country, of the qualified person."""

import pytest

from irt.blinding.roles import Role
from irt.tables.kit import BlindedLot, Kit, LotApproval
from tests.builders_supply import a_lot
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World


@pytest.fixture
def browser(world: World) -> Browser:
    """The qualified person, signed in, while a second lot waits."""
    lots = [
        a_lot(lot="A2", blinded_lot="L2", kits=30),
        a_lot(lot="P2", blinded_lot="L2", kit_type="PEN-P", kits=20),
    ]
    house_of(world).load(lots, release=False)
    world.office.hire("quinn", (Role.QUALIFIED_PERSON, {"study_id": world.study_id}))
    return world.signed_in("quinn")


def _quality(world: World, lot: str) -> set[str]:
    house = house_of(world)
    (row,) = house.rows(BlindedLot, number=lot)
    return {kit["quality"] for kit in house.rows(Kit, blinded_lot_id=row["id"])}


def test_what_waits_is_named_with_its_contents(browser: Browser, world: World) -> None:
    """Waiting lots first; the page of one says what it was made from."""
    assert browser.get("/").url.path == "/lots"
    assert browser.text.index("L2") < browser.text.index("L1")
    assert "UNBLINDED" in browser.text
    page = browser.get(f"/lots/{world.study_id}/L2").text
    assert all(words in page for words in ("PEN-A", "PEN-P", "A2", "P2", "30", "20", "depot NLD"))
    assert "no-store" in browser.answer.headers["cache-control"]


def test_a_lot_is_released_under_a_signature(browser: Browser, world: World) -> None:
    """For the countries ticked; another one is approved afterwards with a signature of its own."""
    address = f"/lots/{world.study_id}/L2"
    browser.get(address)
    wrong = browser.press(address, password="a guess", **{"country-NL": "yes"})
    assert wrong.status_code == 403
    assert 'name="country-NL" value="yes" checked' in wrong.text
    assert _quality(world, "L2") == {"unreleased"}
    browser.press(address, password=PASSWORD, **{"country-NL": "yes"})
    assert "The lot is released" in browser.text
    assert "meaning: I release this lot" in browser.text
    assert _quality(world, "L2") == {"released"}
    browser.press(address, password=PASSWORD, country="GB")
    assert "The country is approved" in browser.text
    (lot,) = house_of(world).rows(BlindedLot, number="L2")
    uses = house_of(world).rows(LotApproval, blinded_lot_id=lot["id"])
    assert [use["country"] for use in uses] == ["NL", "GB"]
    assert len({use["signature_id"] for use in uses}) == 2


def test_a_second_press_releases_nothing_twice(browser: Browser, world: World) -> None:
    """The same form sent again gives the first answer."""
    address = f"/lots/{world.study_id}/L2"
    browser.get(address)
    fields = {**browser.form(address).fields, "password": PASSWORD}
    for _ in range(2):
        browser.send(address, fields)
        assert "The lot is released" in browser.text
    (lot,) = house_of(world).rows(BlindedLot, number="L2")
    assert len(house_of(world).rows(LotApproval, blinded_lot_id=lot["id"])) == 1


@pytest.mark.parametrize("person", ["pharmacist.0", "supply_manager.all", "quality.all", "inspector.all"])
def test_nobody_else_sees_or_releases_lots(world: World, person: str) -> None:
    """403, and no word of what is inside."""
    browser = world.signed_in(person)
    address = f"/lots/{world.study_id}/L1"
    assert browser.get(address).status_code == 403
    assert "PEN-A" not in browser.text
    fields = {**browser.form("/sign-out").fields, "command_key": "k", "password": PASSWORD}
    assert browser.send(address, fields).status_code == 403


def test_an_unknown_lot_reads_as_such(browser: Browser, world: World) -> None:
    """404."""
    assert browser.get(f"/lots/{world.study_id}/L9").status_code == 404
