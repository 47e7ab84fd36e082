"""The button Change the dose."""

from tests.web.ward import ask_one, at, count, fill, intrude, treated
from tests.web.world import World


def test_it_moves_the_subject_to_another_level(world: World) -> None:
    """Only moves of the study are offered; the page tells old and new."""
    subject = treated(world).subject
    browser = world.signed_in("investigator.0")
    page = browser.get(at(world, subject, "steps", "dose")).text
    assert "Change to monthly (Monthly)" in page
    assert "Change to every two weeks" not in page
    page = browser.press(at(world, subject, "steps", "dose"), choice="QM", reason="The subject prefers it").text
    assert "changed the dose from Every two weeks to Monthly." in page


def test_a_level_without_a_move_is_refused(world: World) -> None:
    """Nothing is booked."""
    subject = treated(world).subject
    browser = world.signed_in("investigator.0")
    browser.get(at(world, subject, "steps", "dose"))
    answer = browser.press(at(world, subject, "steps", "dose"), choice="Q2W", reason="Because")
    assert answer.status_code == 409
    assert ask_one(world, "SELECT dose_level FROM subject") == "Q2W"


def test_it_books_once(world: World) -> None:
    """A double press is one change."""
    subject = treated(world).subject
    browser = world.signed_in("investigator.0")
    action = at(world, subject, "steps", "dose")
    browser.get(action)
    form = fill(browser, action, choice="QM", reason="The subject prefers it")
    for _ in range(2):
        assert browser.send(action, form).status_code == 200
    assert count(world, "audit_entry WHERE act = 'dose_changed'") == 1


def test_it_refuses_who_does_not_decide_and_a_stranger(world: World) -> None:
    """A pharmacist does not change doses; another site's investigator finds no such subject."""
    action = at(world, treated(world).subject, "steps", "dose")
    assert intrude(world.signed_in("pharmacist.0"), action, choice="QM", reason="x").status_code == 403
    assert intrude(world.signed_in("investigator.1"), action, choice="QM", reason="x").status_code == 404
