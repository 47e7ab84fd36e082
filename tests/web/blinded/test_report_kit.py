"""The button Book the report of a kit's page."""

import pytest
from sqlalchemy import text

from tests.web.blinded.test_stock import KIT_LINK
from tests.web.browser import Browser
from tests.web.world import World


def _a_kit(world: World, browser: Browser) -> tuple[str, str]:
    number = KIT_LINK.findall(browser.get("/stock").text)[0]
    return number, f"/stock/{world.study_id}/kits/{number}"


def _movements(world: World, number: str) -> list[str]:
    question = text(
        "SELECT event FROM movement JOIN kit ON kit.id = movement.kit_id"
        " WHERE kit.number = :number ORDER BY movement.id"
    )
    with world.store.reading() as connection:
        return [row[0] for row in connection.execute(question, {"number": number})]


@pytest.mark.parametrize(
    ("report", "event", "state"),
    [("damaged", "damage", "Damaged"), ("missing", "go_missing", "Missing")],
)
def test_it_books_the_report_once(world: World, report: str, event: str, state: str) -> None:
    """The kit changes its state, the reason stays readable, and a second press books nothing more."""
    browser = world.signed_in("pharmacist.0")
    number, page = _a_kit(world, browser)
    browser.get(page)
    fields = {**browser.form(f"{page}/report").fields, "report": report, "reason": "Box was crushed"}
    answer = browser.send(f"{page}/report", fields)
    browser.send(f"{page}/report", fields)
    assert "Your report is booked" in answer.text
    assert f"{state}</span>" in answer.text
    assert "Box was crushed" in answer.text
    assert _movements(world, number)[-1] == event
    assert _movements(world, number).count(event) == 1


def test_a_missing_kit_is_found_into_quarantine(world: World) -> None:
    """The page of a missing kit offers only that it is found."""
    browser = world.signed_in("pharmacist.0")
    number, page = _a_kit(world, browser)
    browser.get(page)
    browser.press(f"{page}/report", report="missing", reason="not on the shelf")
    assert 'value="damaged"' not in browser.text
    browser.press(f"{page}/report", report="found", reason="behind the box")
    assert "Quarantined" in browser.text
    assert _movements(world, number)[-2:] == ["go_missing", "find_at_site"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"report": "", "reason": "x"}, "Say what happened to the kit"), ({"report": "damaged"}, "reason")],
)
def test_it_is_refused_in_words(world: World, typed: dict[str, str], words: str) -> None:
    """Without the fact or the reason nothing is booked, and what was typed stays."""
    browser = world.signed_in("pharmacist.0")
    number, page = _a_kit(world, browser)
    browser.get(page)
    answer = browser.press(f"{page}/report", **typed)
    assert answer.status_code == 400
    assert words in answer.text
    assert _movements(world, number)[-1] == "receive"


def test_a_monitor_sees_the_kit_and_cannot_report_it(world: World) -> None:
    """No form on the page, and no way around it."""
    browser = world.signed_in("monitor.0")
    number, page = _a_kit(world, browser)
    assert f"{page}/report" not in browser.get(page).text
    token = browser.form("/sign-out").fields["_csrf_token"]
    fields = {"_csrf_token": token, "command_key": "k", "report": "damaged", "reason": "x"}
    assert browser.send(f"{page}/report", fields).status_code == 403
    assert _movements(world, number)[-1] == "receive"
