"""The button Open the visit again, for visits marked in error."""

import pytest

from tests.web.visitors import skipped, visiting
from tests.web.ward import at, count, fill, intrude
from tests.web.world import World

WRONG = {"visit": "W4~0", "reason": "It was another subject"}


def test_a_skipped_visit_waits_again(visits_world: World) -> None:
    """The history keeps both, the visit is due again, and nothing is left to correct."""
    subject = visiting(visits_world)
    browser = visits_world.signed_in("pharmacist.0")
    form = at(visits_world, subject, "correct")
    assert "Correct a visit" not in browser.get(at(visits_world, subject, "change")).text
    visits_world.wait(days=28)
    skipped(visits_world, subject)
    browser = visits_world.signed_in("pharmacist.0")
    assert "Correct a visit" in browser.get(at(visits_world, subject, "change")).text
    assert "Week 4: skipped" in browser.get(form).text
    page = browser.press(form, **WRONG).text
    assert "marked Week 4 as skipped." in page
    assert "corrected Week 4: it was marked skipped in error." in page
    assert "Reason: It was another subject" in page
    assert "Due now" in page
    assert "No visit can be corrected." in browser.get(form).text


@pytest.mark.parametrize("lacking", ["visit", "reason"])
def test_it_wants_a_visit_and_a_reason(visits_world: World, lacking: str) -> None:
    """Each is named where it is missing."""
    subject = visiting(visits_world)
    skipped(visits_world, subject)
    browser = visits_world.signed_in("pharmacist.0")
    form = at(visits_world, subject, "correct")
    browser.get(form)
    assert browser.press(form, **{**WRONG, lacking: ""}).status_code == 400
    assert count(visits_world, "visit_step") == 1


def test_kits_that_were_given_are_a_fact(visits_world: World) -> None:
    """The first day is no choice, and sending it nevertheless is refused in words."""
    subject = visiting(visits_world)
    skipped(visits_world, subject)
    browser = visits_world.signed_in("pharmacist.0")
    form = at(visits_world, subject, "correct")
    assert "Day 1:" not in browser.get(form).text
    refused = browser.press(form, **{**WRONG, "visit": "D1~0"})
    assert refused.status_code == 409
    assert "Kits were handed over at this visit" in refused.text


def test_it_books_once(visits_world: World) -> None:
    """A double press is one step."""
    subject = visiting(visits_world)
    skipped(visits_world, subject)
    browser = visits_world.signed_in("pharmacist.0")
    form = at(visits_world, subject, "correct")
    browser.get(form)
    fields = fill(browser, form, **WRONG)
    assert [browser.send(form, fields).status_code for _ in range(2)] == [200, 200]
    assert count(visits_world, "visit_step") == 2


def test_it_refuses_a_monitor_and_a_stranger(visits_world: World) -> None:
    """403 for a role that may look only, 404 for another site."""
    subject = visiting(visits_world)
    skipped(visits_world, subject)
    form = at(visits_world, subject, "correct")
    assert intrude(visits_world.signed_in("monitor.0"), form, **WRONG).status_code == 403
    assert intrude(visits_world.signed_in("pharmacist.1"), form, **WRONG).status_code == 404
