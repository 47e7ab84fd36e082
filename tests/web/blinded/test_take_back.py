"""The button Save the counts."""

import pytest

from tests.web.ward import ask_one, at, count, fill, intrude, treated
from tests.web.world import World


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
