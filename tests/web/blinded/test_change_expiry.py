"""The button Sign of another date and of one more country, by the qualified person."""

import re

import pytest

from irt.blinding.roles import Role
from irt.tables.expiry import ExpiryApproval, ExpiryChange
from irt.tables.kit import Kit
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.extended import LATER, extended
from tests.web.parcels import house_of
from tests.web.world import World


def _lot(world: World) -> str:
    return f"/expiry/{world.study_id}/L1"


def _qualified(world: World) -> Browser:
    world.office.hire("quinn", (Role.QUALIFIED_PERSON, {"study_id": world.study_id}))
    return world.signed_in("quinn")


def _signed(browser: Browser, lot: str, **typed: str) -> Browser:
    """Another date typed and signed."""
    browser.get(lot)
    browser.press(lot, **{"reason": "Re-test", "password": PASSWORD, **typed})
    return browser


def test_an_earlier_date_holds_for_every_kit(world: World) -> None:
    """From the lots to the signature; the reason and what is inside stand nowhere."""
    browser = _qualified(world)
    assert 'href="/expiry"' in browser.get("/lots").text
    assert f'href="{_lot(world)}"' in browser.get("/expiry").text
    _signed(browser, _lot(world), expiry="2026-09-30")
    assert "The date is changed" in browser.text
    assert "30 Sep 2026" in browser.text
    assert {row["expiry"].isoformat() for row in house_of(world).rows(Kit)} == {"2026-09-30"}
    page = browser.get(_lot(world)).text
    assert "E-0001" in page
    assert not re.search(r"PEN-[AP]|Re-test", page)


def test_a_later_date_is_approved_country_by_country(world: World) -> None:
    """No kit has it before its label; the approved country is offered no more."""
    browser = _signed(_qualified(world), _lot(world), expiry=LATER.isoformat(), **{"country-GB": "yes"})
    assert "E-0001: GB" in browser.text
    approve = f"{_lot(world)}/approve"
    page = browser.get(approve).text
    assert ('value="NL"' in page, 'value="GB"' in page) == (True, False)
    browser.press(approve, country="NL", password=PASSWORD)
    assert "The country is approved" in browser.text
    assert "E-0001: GB, NL" in browser.text
    assert LATER not in {row["expiry"] for row in house_of(world).rows(Kit)}
    assert len(house_of(world).rows(ExpiryApproval)) == 2


@pytest.mark.parametrize(
    ("typed", "words", "status"),
    [
        ({"expiry": ""}, "The new date is missing", 400),
        ({"expiry": "2027-12-31"}, "already", 409),
        ({"expiry": "2026-09-30", "country-GB": "yes"}, "Name no country", 400),
        ({"reason": " "}, "The reason is missing", 400),
        ({"password": "a guess"}, "Nothing was signed", 403),
    ],
)
def test_another_date_is_refused_in_words(world: World, typed: dict[str, str], words: str, status: int) -> None:
    """What was typed stays, but for the password; nothing changes."""
    browser = _signed(_qualified(world), _lot(world), **{"expiry": LATER.isoformat(), **typed})
    assert (browser.answer.status_code, words in browser.text) == (status, True)
    assert not {PASSWORD, "a guess"} & set(re.findall(r'value="([^"]*)"', browser.text))
    assert house_of(world).rows(ExpiryChange) == []


def test_a_lot_without_an_extension_has_no_country_to_approve(world: World) -> None:
    """Nor has an unknown lot a page."""
    browser = _qualified(world)
    assert "There is no later date to approve" in browser.get(f"{_lot(world)}/approve").text
    assert browser.get(f"/expiry/{world.study_id}/L9").status_code == 404


@pytest.mark.parametrize("person", ["pharmacist.0", "quality.all", "supply_manager.all"])
def test_nobody_else_changes_a_date(world: World, person: str) -> None:
    """403 for the list, the page and the button."""
    extended(world)
    browser = world.signed_in(person)
    pages = ("/expiry", _lot(world), f"{_lot(world)}/approve")
    assert [browser.get(page).status_code for page in pages] == [403] * 3
    fields = {**browser.form("/sign-out").fields, "command_key": "k", "expiry": "2026-09-30", "reason": "r"}
    assert browser.send(_lot(world), {**fields, "password": PASSWORD}).status_code == 403
