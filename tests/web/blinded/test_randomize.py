"""The buttons Check, Change and Confirm of a randomization."""

import re

import pytest

from tests.web.browser import Browser
from tests.web.ward import at, count, fill, intrude, screened
from tests.web.world import World

ANSWERS = {"factor-ldl": "LT85", "dose_level": "QM"}


def checked(world: World, subject: str, browser: Browser) -> Browser:
    """The confirmation page."""
    browser.get(at(world, subject, "randomize"))
    browser.press(at(world, subject, "randomize", "check"), **ANSWERS)
    return browser


def test_nothing_is_preselected(world: World) -> None:
    """Every answer is the person's own, and `unknown` is offered only where the study has it."""
    page = world.signed_in("coordinator.0").get(at(world, screened(world), "randomize")).text
    assert "below 85 mg/dL" in page
    assert not re.search(r"<input[^>]*type=\"radio\"[^>]* checked", page)
    assert "unknown" not in page.lower()


def test_the_confirmation_says_every_answer(world: World) -> None:
    """One sentence, and nothing is drawn by it."""
    subject = screened(world)
    page = checked(world, subject, world.signed_in("coordinator.0")).text
    assert f"You are about to randomize {subject}." in page
    assert "LDL cholesterol at the end of screening: below 85 mg/dL. Dose level to start on: Monthly." in page
    assert "This cannot be undone." in page
    assert count(world, "randomization") == 0


@pytest.mark.parametrize("left_out", sorted(ANSWERS))
def test_a_missing_answer_is_named(world: World, left_out: str) -> None:
    """The questions come back with what was answered."""
    subject = screened(world)
    browser = world.signed_in("coordinator.0")
    browser.get(at(world, subject, "randomize"))
    given = {name: value for name, value in ANSWERS.items() if name != left_out}
    answer = browser.press(at(world, subject, "randomize", "check"), **given)
    assert answer.status_code == 400
    assert "Choose an answer" in answer.text
    assert len(re.findall(r'type="radio"[^>]* checked', answer.text)) == 1


def test_an_answer_that_is_no_choice_counts_as_none(world: World) -> None:
    """Nobody enters a level the study does not have."""
    subject = screened(world)
    browser = world.signed_in("coordinator.0")
    browser.get(at(world, subject, "randomize"))
    answer = browser.press(at(world, subject, "randomize", "check"), **{**ANSWERS, "factor-ldl": "unknown"})
    assert answer.status_code == 400


def test_change_leads_back_with_the_answers(world: World) -> None:
    """What was answered stays ticked."""
    subject = screened(world)
    browser = checked(world, subject, world.signed_in("coordinator.0"))
    forms = browser.text.split("<form")
    assert any("Change</button>" in form and 'value="LT85"' in form for form in forms)
    answer = browser.press(at(world, subject, "randomize", "check"))
    assert answer.status_code == 200
    assert len(re.findall(r'type="radio"[^>]* checked', answer.text)) == 2


def test_it_randomizes(world: World) -> None:
    """The result has the randomization number, the time and the next step."""
    subject = screened(world)
    browser = checked(world, subject, world.signed_in("coordinator.0"))
    answer = browser.press(at(world, subject, "randomize"))
    assert answer.status_code == 200
    assert re.search(r'irt-kit-large" translate="no">\d{6}<', answer.text)
    assert "Dispense Day 1" in answer.text
    assert browser.path == at(world, subject, "randomize")


def test_a_second_press_and_a_reload_show_the_same_result(world: World) -> None:
    """Nothing is done twice, neither with the same key nor with another form."""
    subject = screened(world)
    browser = checked(world, subject, world.signed_in("coordinator.0"))
    form = fill(browser, at(world, subject, "randomize"))
    first = browser.send(at(world, subject, "randomize"), form)
    again = browser.send(at(world, subject, "randomize"), form)
    other = browser.send(at(world, subject, "randomize"), {**form, "command_key": "another form"})
    number = re.search(r'irt-kit-large" translate="no">(\d{6})<', first.text)
    assert number is not None
    assert all(number.group(1) in answer.text for answer in (again, other, browser.get(browser.path)))
    assert count(world, "randomization") == 1


def test_it_refuses_a_role_without_the_right(world: World) -> None:
    """A monitor sees the subject and may not randomize it."""
    subject = screened(world)
    browser = world.signed_in("monitor.0")
    assert browser.get(at(world, subject, "randomize")).status_code == 403
    assert intrude(browser, at(world, subject, "randomize"), **ANSWERS).status_code == 403
    assert count(world, "randomization") == 0


def test_another_sites_subject_reads_as_not_found(world: World) -> None:
    """No word tells whether there is such a subject."""
    mine, other = screened(world), screened(world, site=1)
    browser = world.signed_in("coordinator.0")
    assert browser.get(at(world, mine, "randomize")).status_code == 200
    hidden = browser.get(at(world, other, "randomize"))
    missing = browser.get(at(world, "1009-0099", "randomize"))
    assert hidden.status_code == missing.status_code == 404
    assert hidden.text.count("No such subject") == missing.text.count("No such subject") == 1
    assert intrude(browser, at(world, other, "randomize"), **ANSWERS).status_code == 404
