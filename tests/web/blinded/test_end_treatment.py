"""The buttons that end treatment or participation, each at its own address."""

import pytest

from tests.web.ward import ask_one, at, count, fill, intrude, treated
from tests.web.world import World


@pytest.mark.parametrize(
    ("step", "status", "words"),
    [
        ("stop", "off_treatment", "ended treatment."),
        ("complete", "completed", "completed the study."),
        ("withdraw", "withdrawn", "the subject withdrew."),
        ("lose-contact", "lost_to_follow_up", "contact with the subject was lost."),
    ],
)
def test_it_books_the_step_with_its_reason(world: World, step: str, status: str, words: str) -> None:
    """Kits the subject still has are told on the way."""
    subject = treated(world).subject
    browser = world.signed_in("investigator.0")
    assert "The subject has 2 kits" in browser.get(at(world, subject, "steps", step)).text
    page = browser.press(at(world, subject, "steps", step), reason="As the protocol says").text
    assert words in page
    assert "Reason: As the protocol says" in page
    assert ask_one(world, "SELECT status FROM subject") == status


def test_rare_steps_stand_on_a_page_of_their_own(world: World) -> None:
    """Each with what it means."""
    page = world.signed_in("investigator.0").get(at(world, treated(world).subject, "change")).text
    for words in ("Skip a visit", "Completed", "Withdrawn", "Contact lost"):
        assert words in page


def test_it_books_once(world: World) -> None:
    """A double press is one event; the same step again is refused in words."""
    subject = treated(world).subject
    browser = world.signed_in("investigator.0")
    action = at(world, subject, "steps", "stop")
    browser.get(action)
    form = fill(browser, action, reason="As the protocol says")
    for _ in range(2):
        assert browser.send(action, form).status_code == 200
    assert browser.send(action, {**form, "command_key": "another form"}).status_code == 409
    assert count(world, "subject_event WHERE kind = 'stop_treatment'") == 1


def test_it_refuses_who_does_not_decide_and_a_stranger(world: World) -> None:
    """A pharmacist does not end treatment; another site's investigator finds no such subject."""
    action = at(world, treated(world).subject, "steps", "withdraw")
    assert intrude(world.signed_in("pharmacist.0"), action, reason="x").status_code == 403
    assert intrude(world.signed_in("investigator.1"), action, reason="x").status_code == 404
