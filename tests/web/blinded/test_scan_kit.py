"""The button Check of a dispensing: one scan, one answer."""

import pytest

from tests.web.browser import Browser
from tests.web.ward import Assigned, assigned, count, fill, free_kit, intrude
from tests.web.world import World


def scan(browser: Browser, given: Assigned, code: str, **headers: str) -> str:
    """Scans on the dispensing's page."""
    browser.get(given.address)
    form = fill(browser, f"{given.address}/scan", code=code)
    return browser.send(f"{given.address}/scan", form, **headers).text


def test_a_right_kit_is_ticked(world: World) -> None:
    """The answer says what is next."""
    given = assigned(world)
    page = scan(world.signed_in("pharmacist.0"), given, given.kits[0])
    assert f"{given.kits[0]} is right. One more kit." in page
    assert "1 of 2 checked." in page
    assert 'aria-disabled="true" aria-describedby="why-not"' in page
    assert f"Not possible yet: not checked yet: {given.kits[1]}." in page


def test_after_the_last_scan_the_button_has_the_focus(world: World) -> None:
    """One interaction is left: Enter."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    scan(browser, given, given.kits[0])
    page = scan(browser, given, given.kits[1])
    assert "All kits are checked." in page
    confirm = page[page.index('id="confirm"') :]
    assert "autofocus" in confirm[: confirm.index(">")]
    assert page.count(" autofocus") == 1


@pytest.mark.parametrize("written", ["{}", " {} ", "(01)05712345678901(21){}", "]d20105712345678901" + "21{}"])
def test_a_scanner_may_send_more_than_the_number(world: World, written: str) -> None:
    """Blanks and GS1 text are read as the kit number."""
    given = assigned(world)
    page = scan(world.signed_in("pharmacist.0"), given, written.format(given.kits[0]))
    assert f"{given.kits[0]} is right." in page


def test_a_wrong_kit_is_never_booked(world: World) -> None:
    """The answer names the kits to take, and leads to what was handed over if it is too late."""
    given = assigned(world)
    wrong = free_kit(world)
    page = scan(world.signed_in("pharmacist.0"), given, wrong)
    assert f"{wrong} is not one of this visit&#39;s kits" in page
    assert "You can go straight on scanning." in page
    assert f"misallocation?given={wrong}" in page
    assert "0 of 2 checked." in page


def test_what_is_no_kit_number_says_so(world: World) -> None:
    """A wrong card or a slip of the hand."""
    given = assigned(world)
    page = scan(world.signed_in("pharmacist.0"), given, "hello")
    assert "This is not a kit number" in page
    assert count(world, "scan") == 1


def test_a_part_of_the_page_answers_a_part(world: World) -> None:
    """With htmx only the dispensing comes back, and the answer is announced."""
    given = assigned(world)
    page = scan(world.signed_in("pharmacist.0"), given, given.kits[0], **{"hx-request": "true"})
    assert "<html" not in page
    assert 'id="dispensing"' in page
    assert 'hx-swap-oob="innerHTML"' in page


def test_the_confirm_card_hands_over_and_the_cancel_card_leaves(world: World) -> None:
    """Both cards are ordinary scans."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    assert "of the kits are not checked" in scan(browser, given, "CONFIRM")
    for kit in given.kits:
        scan(browser, given, kit)
    scan(browser, given, "CANCEL")
    assert browser.path == "/worklist"
    assert "2 kits handed over at" in scan(browser, given, "confirm")


def test_one_form_may_send_two_scans(world: World) -> None:
    """A second scan that leaves before the first answer is there is not taken for the first."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get(given.address)
    form = fill(browser, f"{given.address}/scan")
    browser.send(f"{given.address}/scan", {**form, "code": given.kits[0]})
    page = browser.send(f"{given.address}/scan", {**form, "code": given.kits[1]}).text
    assert "All kits are checked." in page
    browser.send(f"{given.address}/scan", {**form, "code": given.kits[1]})
    assert count(world, "scan") == 2


def test_it_refuses_a_monitor_and_a_stranger(world: World) -> None:
    """403 for a role that may look only, 404 for another site and for another subject's address."""
    given, other = assigned(world), assigned(world)
    action = f"{given.address}/scan"
    assert intrude(world.signed_in("monitor.0"), action, code=given.kits[0]).status_code == 403
    assert intrude(world.signed_in("pharmacist.1"), action, code=given.kits[0]).status_code == 404
    mixed = given.address.replace(given.subject, other.subject)
    assert world.signed_in("pharmacist.0").get(mixed).status_code == 404
    assert count(world, "scan") == 0
