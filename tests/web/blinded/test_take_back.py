"""The button Save the counts."""

from dataclasses import replace
from datetime import date

import pytest

from irt.reads.blinded_returns import SubjectReturnsView
from irt.supply.returns import Returned, account_of
from tests.web.ward import ask_one, at, count, fill, intrude, treated
from tests.web.world import World
from web.blinded.returns import SubjectReturnsPage


@pytest.mark.parametrize(
    ("fate", "custody", "accountability"),
    [
        ("unused", "site", "returned"),
        ("used", "site", "returned"),
        ("damaged", "site", "damaged_by_subject"),
        ("lost", "unknown", "lost_by_subject"),
    ],
)
def test_it_books_what_became_of_a_kit(world: World, fate: str, custody: str, accountability: str) -> None:
    """Whole kits, as this study counts; kits without an answer stay with the subject."""
    given = treated(world)
    browser = world.signed_in("pharmacist.0")
    action = at(world, given.subject, "returns")
    page = browser.get(action).text
    assert "2 kits with the subject" in page
    page = browser.press(action, **{f"fate-{given.kits[0]}": fate}).text
    assert "The counts are booked." in page
    assert "1 kit with the subject" in page
    kit = "SELECT {} FROM kit WHERE number = :number"
    assert ask_one(world, kit.format("custody"), number=given.kits[0]) == custody
    assert ask_one(world, kit.format("accountability"), number=given.kits[0]) == accountability
    assert ask_one(world, kit.format("custody"), number=given.kits[1]) == "subject"
    assert ask_one(world, "SELECT fate FROM kit_return") == fate
    assert f"1 {fate}" in page
    assert "Given 2 kits:" in page
    assert "1 still with the subject." in page
    assert f"{fate.capitalize()}: {given.kits[0]}." in browser.get(at(world, given.subject)).text


def test_a_scanned_kit_has_the_focus(world: World) -> None:
    """From the list of everybody's kits a scan opens the right subject."""
    given = treated(world)
    browser = world.signed_in("pharmacist.0")
    assert given.subject in browser.get("/returns").text
    page = browser.press("/worklist/scan", code=given.kits[1]).text
    assert browser.path == at(world, given.subject, "returns")
    assert f'name="fate-{given.kits[1]}" autofocus' in page
    assert "is not a kit this subject has" in browser.get(at(world, given.subject, "returns?kit=99999")).text


def test_nothing_entered_books_nothing(world: World) -> None:
    """The page says so."""
    given = treated(world)
    browser = world.signed_in("pharmacist.0")
    action = at(world, given.subject, "returns")
    browser.get(action)
    answer = browser.press(action)
    assert answer.status_code == 400
    assert "Nothing was entered." in answer.text
    assert browser.press(action, **{f"fate-{given.kits[0]}": "eaten"}).status_code == 400
    assert count(world, "kit_return") == 0


def test_it_books_once(world: World) -> None:
    """A double press is one count; a kit that is back already is refused in words."""
    given = treated(world)
    browser = world.signed_in("pharmacist.0")
    action = at(world, given.subject, "returns")
    browser.get(action)
    form = fill(browser, action, **{f"fate-{given.kits[0]}": "used"})
    for _ in range(2):
        assert browser.send(action, form).status_code == 200
    again = browser.send(action, {**form, "command_key": "another form"})
    assert again.status_code == 409
    assert "was not handed over to this subject" in again.text
    assert count(world, "kit_return") == 1


def test_it_refuses_a_monitor_and_a_stranger(world: World) -> None:
    """403 for a role that may look only, 404 for another site."""
    given = treated(world)
    typed = {f"fate-{given.kits[0]}": "used"}
    action = at(world, given.subject, "returns")
    assert intrude(world.signed_in("monitor.0"), action, **typed).status_code == 403
    assert intrude(world.signed_in("pharmacist.1"), action, **typed).status_code == 404


def test_the_account_is_told_as_the_study_counts() -> None:
    """In kits by fate or in units; what the sum lacks is named, and nothing where it holds."""
    used = [Returned(None, 2, 5, 0, 1)]
    found = SubjectReturnsView(
        study_id=1,
        site_id=1,
        study="LARKSPUR-3",
        zone="Europe/London",
        today=date(2026, 3, 2),
        address="",
        subject="1001-0001",
        counted_in="units",
        out=(),
        back=(),
        account=account_of("units", 3, 1, used),
    )
    page = SubjectReturnsPage(found, "key", {})
    told = "Given 3 kits: 1 came back (2 left, 5 used, 0 lost, 1 damaged units), 1 still with the subject."
    assert page.account_words == told
    assert page.missing_words == "Not counted: 1 kit. Look in the stock."
    whole = replace(found, account=account_of("units", 2, 1, used))
    assert SubjectReturnsPage(whole, "key", {}).missing_words == ""
